import {basename} from 'node:path';

import {sharing} from '../../app/alike.js';
import {assembleRun, judgeHost} from '../../app/audit.js';
import type {NotEvidence} from '../../collect/stored-evidence.js';
import {openLookups} from '../../app/judging.js';
import {baseOfRecord} from '../../inventory/record-name.js';
import {loadSchema} from '../../io/package/schemas.js';
import type {StoredRecord} from '../../io/store/stored-evidence.js';
import {storedRecords} from '../../io/store/stored-evidence.js';
import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Result} from '../../model/failure.js';
import type {Complaint, Host, Inventory} from '../../model/host.js';
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
 * new was seen. Throws OperatorError naming everything that cannot be read.
 */
export async function judgeStored(
  names: readonly string[],
  paths: readonly string[],
  inventory: Inventory,
  world: World,
): Promise<JudgedStored> {
  const hostOf = hostsOf(inventory);
  const hosts: Host[] = [];
  const refused: Complaint[] = [];
  // Whom it is of has to be known before the first is judged; little is kept, much is read again.
  let kept: Evidence[] | undefined = [];
  let size = 0;
  for await (const {record, result} of readRecords(paths)) {
    if (!result.ok) refused.push(complaintOf(record, result.error));
    else if (names.length === 0 || names.includes(result.value.host)) {
      hosts.push(hostOf(result.value));
      size += record.bytes.length;
      if (size > KEPT_BYTES) kept = undefined;
      kept?.push(result.value);
    }
  }
  if (refused.length > 0) throw new OperatorError(listComplaints(refused, world.folder), '');
  if (hosts.length === 0)
    throw new OperatorError('no evidence of the hosts named', 'Check the names.');
  const lookups = await openLookups(hosts, world);
  const startedAt = world.now();
  const alike = sharing();
  const judged: AuditedHost[] = [];
  for await (const one of kept ?? readAgain(paths, names)) {
    const host = hosts[judged.length];
    if (host?.name !== one.host)
      throw new OperatorError('the evidence changed while it was judged', 'Run it again.');
    const result = judgeHost(host, one, {...lookups, now: () => startedAt});
    judged.push(alike({...result, durationMs: 0}));
  }
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

/** Bytes of documents that are not read twice; in memory they are a few times as large. */
const KEPT_BYTES = 8 * 1024 * 1024;

interface ReadRecord {
  readonly record: StoredRecord;
  readonly result: Result<Evidence, NotEvidence>;
}

async function* readRecords(paths: readonly string[]): AsyncIterable<ReadRecord> {
  const schema = loadSchema('collect/evidence');
  // Brings the schema validator with it, which an audit of hosts does without.
  const {readEvidence} = await import('../../collect/stored-evidence.js');
  for await (const record of storedRecords(paths)) {
    const name = baseOfRecord(basename(record.path));
    const meta = {name, readAt: new Date().toISOString()};
    yield {record, result: readEvidence(record.bytes, meta, schema)};
  }
}

/** What could be read a moment ago. */
async function* readAgain(
  paths: readonly string[],
  names: readonly string[],
): AsyncIterable<Evidence> {
  for await (const {result} of readRecords(paths))
    if (result.ok && (names.length === 0 || names.includes(result.value.host))) yield result.value;
}

const complaintOf = ({path: file, line}: StoredRecord, {message, fix}: NotEvidence): Complaint => ({
  file,
  line,
  message,
  fix,
});

function hostsOf(inventory: Inventory): (one: Evidence) => Host {
  const known = new Map<string, Host>();
  for (const host of inventory.hosts) if (!known.has(host.name)) known.set(host.name, host);
  return (one) => known.get(one.host) ?? bareHost(one.host, one.address, inventory);
}

/** A host the inventory does not name: it gets what the group `all` gives. */
export function bareHost(name: string, address: string, inventory: Inventory): Host {
  const none = {become: 'none', identityFiles: [], knownHosts: [], policy: {}} as const;
  const origin = {file: '', line: 0};
  return {...none, ...inventory.defaults, name, address, groups: ['all'], origin};
}
