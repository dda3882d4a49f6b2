import {hostname} from 'node:os';

import {createLocalTransport} from '../../io/local-transport.js';
import type {AuditRun, Shard} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import {plural} from '../../report/terminal/page.js';
import {isInShard, parseShard} from '../../text/shard.js';
import type {ExitCode} from '../exit-codes.js';
import {exitCodeOfAudit} from '../exit-codes.js';
import {askedOf} from '../hosts/load-hosts.js';
import {probePayloads} from '../probe/probe-payloads.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {parseOutputs} from '../terminal/output.js';
import type {Terminal} from '../terminal/terminal.js';
import type {World} from '../world.js';

import type {AuditFlags} from './audit-flags.js';
import type {AuditRequest} from './audit-hosts.js';
import {auditHosts} from './audit-hosts.js';
import {bareHost, judgeStored} from './judge-stored.js';
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
  const {run, hosts} =
    flags.from === undefined
      ? await auditNow(
          flags.local ? await thisMachine(flags, world) : await overSsh(names, flags, world),
          flags,
          world,
        )
      : await judgeStored(names, flags.from, await world.inventory(flags, true), world);
  await writeResults(run, outputs, terminal, {hosts, folder, failOn: flags['fail-on']});
  const code = tellExitCode(run, flags['fail-on'], terminal);
  if (outputs.some(({format, file}) => format === 'table' && file === undefined))
    for (const line of nextSteps(run)) terminal.note(line);
  return code;
}

type Target = Pick<AuditRequest, 'hosts' | 'asked' | 'shard' | 'reach'>;

async function auditNow(
  target: Target,
  flags: AuditFlags,
  world: World,
): Promise<{readonly run: AuditRun; readonly hosts: readonly Host[]}> {
  const run = await auditHosts(
    {
      ...target,
      flags,
      stopping: 'Stopping: what is finished will be shown and stored.',
      ...(flags['with-helper'] ? {helper: probePayloads(flags.program, world.terminal)} : {}),
    },
    world,
  );
  return {run, hosts: target.hosts};
}

async function overSsh(names: readonly string[], flags: AuditFlags, world: World): Promise<Target> {
  const {inventory, hosts} = await world.hosts(names, flags);
  const asked = askedOf(names, flags);
  const reach: Target['reach'] = (edge) => world.reach(inventory, edge);
  if (flags.shard === undefined) return {hosts, asked, reach};
  const shard = shardOf(flags.shard);
  const part = hosts.filter(({name}) => isInShard(name, shard));
  world.note(`Shard ${flags.shard}: ${part.length} of ${plural(hosts.length, 'host')}.`);
  return {hosts: part, asked, shard, reach};
}

function shardOf(text: string): Shard {
  const shard = parseShard(text);
  if (shard !== undefined) return shard;
  throw new OperatorError('--shard is not a part of a whole', 'Write e.g. --shard 2/4.');
}

/** The policy counts here, too; the inventory's hosts do not. */
async function thisMachine(flags: AuditFlags, world: World): Promise<Target> {
  const inventory = await world.inventory(flags, true);
  return {
    hosts: [bareHost(hostname(), 'localhost', inventory)],
    asked: 'named',
    reach: () => Promise.resolve(createLocalTransport(world.surroundings.user)),
  };
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
