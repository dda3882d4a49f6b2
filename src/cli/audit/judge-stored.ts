import {basename} from 'node:path';

import {assembleRun, judgeHost} from '../../app/audit.js';
import {openLookups} from '../../app/judging.js';
import {baseOfRecord} from '../../inventory/record-name.js';
import {loadSchema} from '../../io/package/schemas.js';
import {readStoredFiles} from '../../io/store/stored-evidence.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host, Inventory} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import {listComplaints} from '../../text/list-complaints.js';
import type {World} from '../world.js';

import {waive} from './audit-hosts.js';

export interface JudgedStored {
  readonly run: AuditRun;
  readonly hosts: readonly Host[];
}

/**
 * `zbufctl audit --from`: judges evidence that was collected before. The run is not stored: nothing
 * new was seen. Throws OperatorError naming every file that cannot be read.
 */
export async function judgeStored(
  names: readonly string[],
  paths: readonly string[],
  inventory: Inventory,
  world: World,
): Promise<JudgedStored> {
  const evidence = (await readEvidenceFiles(paths, world.folder)).filter(
    ({host}) => names.length === 0 || names.includes(host),
  );
  if (evidence.length === 0)
    throw new OperatorError('no evidence of the hosts named', 'Check the names.');
  const pairs = evidence.map((one) => ({evidence: one, host: hostOf(one, inventory)}));
  const hosts = pairs.map(({host}) => host);
  const lookups = await openLookups(hosts, world);
  const startedAt = world.now();
  const judged = pairs.map(({evidence: one, host}) => ({
    ...judgeHost(host, one, {...lookups, now: () => startedAt}),
    durationMs: 0,
  }));
  const run = assembleRun(judged, {
    run: world.newRun('audit'),
    version: world.version,
    startedAt,
    finishedAt: world.now(),
    interrupted: false,
    asked: 'named',
  });
  return {run: waive(run, hosts, lookups.waivers), hosts};
}

async function readEvidenceFiles(
  paths: readonly string[],
  folder: string,
): Promise<readonly Evidence[]> {
  const files = await readStoredFiles(paths);
  const schema = loadSchema('collect/evidence');
  // Brings the schema validator with it, which an audit of hosts does without.
  const {readEvidence} = await import('../../collect/stored-evidence.js');
  const read = files.map((file) => {
    const name = baseOfRecord(basename(file.path));
    const meta = {name, readAt: new Date().toISOString()};
    return {file, result: readEvidence(file.bytes, meta, schema)};
  });
  const refused = read.flatMap(({file, result}) =>
    result.ok
      ? []
      : [{file: file.path, line: 0, message: result.error.message, fix: result.error.fix}],
  );
  if (refused.length > 0) throw new OperatorError(listComplaints(refused, folder), '');
  return read.flatMap(({result}) => (result.ok ? [result.value] : []));
}

const hostOf = (one: Evidence, inventory: Inventory): Host =>
  inventory.hosts.find((host) => host.name === one.host) ??
  bareHost(one.host, one.address, inventory);

/** A host the inventory does not name: it gets what the group `all` gives. */
export function bareHost(name: string, address: string, inventory: Inventory): Host {
  const none = {become: 'none', identityFiles: [], knownHosts: [], policy: {}} as const;
  const origin = {file: '', line: 0};
  return {...none, ...inventory.defaults, name, address, groups: ['all'], origin};
}
