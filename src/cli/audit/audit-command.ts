import {assembleRun} from '../../app/audit.js';
import type {HelperDeps} from '../../app/helper.js';
import type {Asked, AuditRun} from '../../model/audit-run.js';
import {OperatorError} from '../../model/operator-error.js';
import type {ExitCode} from '../exit-codes.js';
import {parseOutputs} from '../terminal/output.js';
import type {World} from '../world.js';

import type {AuditFlags} from './audit-flags.js';
import {auditHosts} from './audit-hosts.js';
import type {Target} from './targets.js';
import {overSsh, thisMachine, unfinishedRun} from './targets.js';
import {notifiersMeant} from './notify.js';
import {auditSince} from './since.js';
import type {Audited} from './tell-results.js';
import {tellResults} from './tell-results.js';
import {AUDIT_FORMATS} from './write-results.js';

/** `zbufctl audit`: audits hosts, this machine or stored evidence, and shows the run. */
export async function auditCommand(
  names: readonly string[],
  flags: AuditFlags,
  world: World,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  if (flags.local && names.length > 0)
    throw new OperatorError(
      '--local audits this machine and takes no host',
      'Leave the hosts or --local out.',
    );
  if (flags.resume !== undefined && names.length > 0)
    throw new OperatorError('--resume takes no host', 'The run says whom it was to ask.');
  const audited =
    flags.from === undefined
      ? await auditNow(await targetOf(names, flags, world), flags, world)
      : await judgeFrom(names, flags.from, flags, world);
  return tellResults(audited, outputs, flags['fail-on'], world);
}

async function judgeFrom(
  names: readonly string[],
  paths: readonly string[],
  flags: AuditFlags,
  world: World,
): Promise<Audited> {
  const inventory = await world.inventory(flags, true);
  const notifiers = notifiersMeant(flags.notify ?? [], inventory.notifiers ?? []);
  const {judgeStored} = await import('./judge-stored.js');
  return {...(await judgeStored(names, paths, inventory, world)), notifiers};
}

function targetOf(names: readonly string[], flags: AuditFlags, world: World): Promise<Target> {
  if (flags.resume !== undefined) return unfinishedRun(flags.resume, flags, world);
  return flags.local ? thisMachine(flags, world) : overSsh(names, flags, world);
}

async function auditNow(target: Target, flags: AuditFlags, world: World): Promise<Audited> {
  const notifiers = notifiersMeant(flags.notify ?? [], target.notifiers);
  // An empty shard is stored, for the whole it is a part of; nothing to ask again is no audit.
  if (target.hosts.length === 0 && target.shard === undefined)
    return {run: nothingAsked(target.asked, world), hosts: () => [], notifiers};
  const before = flags.since === undefined ? undefined : await auditSince(flags.since, world);
  const isHelped = flags['with-helper'] || target.withHelper === true;
  // What reads documents brings the schema validator with it: it is loaded where it is needed.
  const helper = isHelped ? await helperPayloads(flags, world) : undefined;
  const run = await auditHosts(
    {
      ...target,
      flags,
      stopping: 'Stopping: what is finished will be shown and stored.',
      ...(helper === undefined ? {} : {helper}),
    },
    world,
  );
  return {run, hosts: () => target.hosts, notifiers, ...(before === undefined ? {} : {before})};
}

async function helperPayloads({program}: AuditFlags, {terminal}: World): Promise<HelperDeps> {
  const {probePayloads} = await import('../probe/probe-payloads.js');
  return probePayloads(program, terminal);
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
