import {assembleRun} from '../../app/audit.js';
import type {Asked, AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {ExitCode} from '../exit-codes.js';
import {exitCodeOfAudit} from '../exit-codes.js';
import {probePayloads} from '../probe/probe-payloads.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {parseOutputs} from '../terminal/output.js';
import type {Terminal} from '../terminal/terminal.js';
import type {World} from '../world.js';

import type {AuditFlags} from './audit-flags.js';
import {auditHosts} from './audit-hosts.js';
import {judgeStored} from './judge-stored.js';
import type {Target} from './targets.js';
import {overSsh, thisMachine, unfinishedRun} from './targets.js';
import {AUDIT_FORMATS, writeResults} from './write-results.js';

/** `zbufctl audit`: audits hosts, this machine or stored evidence, and shows the run. */
export async function auditCommand(
  names: readonly string[],
  flags: AuditFlags,
  world: World,
): Promise<ExitCode> {
  const {terminal, folder} = world;
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  if (flags.local && names.length > 0)
    throw new OperatorError(
      '--local audits this machine and takes no host',
      'Leave the hosts or --local out.',
    );
  if (flags.resume !== undefined && names.length > 0)
    throw new OperatorError('--resume takes no host', 'The run says whom it was to ask.');
  const {run, hosts} =
    flags.from === undefined
      ? await auditNow(await targetOf(names, flags, world), flags, world)
      : await judgeStored(names, flags.from, await world.inventory(flags, true), world);
  await writeResults(run, outputs, terminal, {hosts, folder, failOn: flags['fail-on']});
  const code = tellExitCode(run, flags['fail-on'], terminal);
  if (outputs.some(({format, file}) => format === 'table' && file === undefined))
    for (const line of nextSteps(run)) terminal.note(line);
  return code;
}

function targetOf(names: readonly string[], flags: AuditFlags, world: World): Promise<Target> {
  if (flags.resume !== undefined) return unfinishedRun(flags.resume, flags, world);
  return flags.local ? thisMachine(flags, world) : overSsh(names, flags, world);
}

async function auditNow(
  target: Target,
  flags: AuditFlags,
  world: World,
): Promise<{readonly run: AuditRun; readonly hosts: readonly Host[]}> {
  // An empty shard is stored, for the whole it is a part of; nothing to ask again is no audit.
  if (target.hosts.length === 0 && target.shard === undefined)
    return {run: nothingAsked(target.asked, world), hosts: []};
  const run = await auditHosts(
    {
      ...target,
      flags,
      stopping: 'Stopping: what is finished will be shown and stored.',
      ...(flags['with-helper'] || target.withHelper === true
        ? {helper: probePayloads(flags.program, world.terminal)}
        : {}),
    },
    world,
  );
  return {run, hosts: target.hosts};
}

function nothingAsked(asked: Asked, world: World): AuditRun {
  const at = world.now();
  return assembleRun([], {
    run: world.newRun('audit'),
    version: world.version,
    startedAt: at,
    finishedAt: at,
    interrupted: false,
    asked,
  });
}

/** What people do after an audit: change what fails, and have explained what they do not know. */
function nextSteps({hosts}: AuditRun): readonly string[] {
  const isOpen = hosts.some(({posture}) => !['compliant', 'not-applicable'].includes(posture));
  const isFailing = hosts.some(({posture}) => ['broken', 'at-risk', 'drift'].includes(posture));
  return isOpen
    ? [
        `Next: ${isFailing ? 'zbufctl plan (decides what to change; changes nothing); ' : ''}zbufctl explain WORD (any word above).`,
      ]
    : [];
}

/** The exit code of an audit, told in words on stderr. */
export function tellExitCode(run: AuditRun, failOn: Severity, terminal: Terminal): ExitCode {
  const code = exitCodeOfAudit(run, failOn);
  const open = run.hosts.filter(({posture}) => posture === 'unknown' || posture === 'unreachable');
  const fails = run.hosts.some(({findings}) =>
    findings.some(({verdict, waived}) => verdict === 'fail' && waived === undefined),
  );
  noteExitCode(
    code,
    open.map(({host}) => host),
    fails,
    terminal,
  );
  return code;
}
