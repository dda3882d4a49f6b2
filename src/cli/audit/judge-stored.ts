import {basename} from 'node:path';

import {assembleRun} from '../../app/audit.js';
import type {StretchJudge, ToJudge} from '../../app/evidence/judge-stretch.js';
import type {PackedHosts} from '../../app/evidence/packed-hosts.js';
import {ShelvedHosts} from '../../app/evidence/packed-hosts.js';
import type {ProbesByHost} from '../../app/evidence/stored-probes.js';
import {probesByHost} from '../../app/evidence/stored-probes.js';
import type {ServicesByPolicy} from '../../app/judging.js';
import {servicesByPolicy} from '../../app/judging.js';
import type {NotEvidence} from '../../collect/stored-evidence.js';
import {baseOfRecord} from '../../inventory/record-name.js';
import {Overflow} from '../../io/files/overflow-file.js';
import {loadSchema} from '../../io/package/schemas.js';
import type {StoredRecord} from '../../io/store/stored-evidence.js';
import {storedRecords} from '../../io/store/stored-evidence.js';
import {worthwhileThreads} from '../../io/threads/thread.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Complaint, Host, Inventory} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import {inOrder} from '../../text/in-order.js';
import {lookAhead} from '../../text/look-ahead.js';
import {listComplaints} from '../../text/list-complaints.js';
import type {World} from '../world.js';

import {openJudges} from './judges.js';
import type {KeptHosts} from './kept-hosts.js';
import {keptHosts, waiversOfKept} from './kept-hosts.js';
import {stretchesOf} from './stretches.js';

export interface JudgedStored {
  readonly run: AuditRun;
  /** As the inventory has them: made when somebody asks, since there may be very many. */
  readonly hosts: () => readonly Host[];
}

/**
 * `zbufctl audit --from`: judges evidence that was collected before, a stretch at a time, so that
 * of all the documents only some are in memory. The run is not stored: nothing new was seen. Throws
 * OperatorError naming everything that cannot be read.
 */
export async function judgeStored(
  names: readonly string[],
  paths: readonly string[],
  inventory: Inventory,
  world: World,
): Promise<JudgedStored> {
  const startedAt = world.now();
  const kept = keptHosts(names, inventory);
  const services = await world.services();
  const basis = {
    services,
    modeObjects: world.modeObjects(),
    waivers: await waiversOfKept(paths, kept, inventory),
    now: startedAt,
    schema: loadSchema('collect/evidence'),
  };
  const lookups = {kept, byPolicy: servicesByPolicy(services), probes: probesByHost(world.store)};
  const shelved = new ShelvedHosts(new Overflow());
  const refused: Complaint[] = [];
  const {isMore, all} = await lookAhead(stretchesOf(storedRecords(paths)), FIRST);
  const judges = openJudges(basis, isMore ? worthwhileThreads() : 0);
  try {
    const judged = inOrder(
      all,
      // What is refused is told before anything that was judged: no need to judge the rest.
      (records) =>
        judgeStretch(judges.next(sizeOf(records)), records, lookups, () => refused.length === 0),
      judges.most,
    );
    for await (const one of judged) {
      refused.push(...one.refused);
      if (one.packed !== undefined) shelved.add(one.packed);
    }
  } finally {
    await judges.close();
  }
  if (refused.length > 0) throw new OperatorError(listComplaints(refused, world.folder), '');
  if (shelved.hosts.length === 0)
    throw new OperatorError('no evidence of the hosts named', 'Check the names.');
  lookups.byPolicy.refuse();
  const run = assembleRun(shelved.hosts, {
    run: world.newRun('audit'),
    version: world.version,
    startedAt,
    finishedAt: world.now(),
    interrupted: false,
    asked: 'named',
  });
  return {run, hosts: () => shelved.hosts.flatMap((host) => kept.of(host) ?? [])};
}

/** Stretches that are not worth a thread: it costs a third of a second. */
const FIRST = 24;

interface Lookups {
  readonly kept: KeptHosts;
  readonly byPolicy: ServicesByPolicy;
  readonly probes: ProbesByHost;
}

/** What came of a stretch of records. */
interface JudgedStretch {
  readonly packed?: PackedHosts;
  readonly refused: readonly Complaint[];
}

async function judgeStretch(
  judge: StretchJudge,
  records: readonly StoredRecord[],
  {kept, byPolicy, probes}: Lookups,
  goOn: () => boolean,
): Promise<JudgedStretch> {
  const told = await judge.read(
    records.map(({path, bytes}) => ({name: baseOfRecord(basename(path)), bytes})),
  );
  const meant = told.results.map((one) => (one.ok ? kept.of(one.value) : undefined));
  const hosts = meant.filter((host) => host !== undefined);
  const refused = told.results.flatMap((one, i) => {
    const record = records[i];
    return one.ok || record === undefined ? [] : [complaintOf(record, one.error)];
  });
  hosts.forEach(byPolicy.of);
  if (refused.length > 0 || !goOn()) {
    await told.judge([]);
    return {refused};
  }
  const probeOf = await probes(hosts.map(({name}) => name));
  const packed = await told.judge(
    meant.map((host): ToJudge | undefined => host && {host, probe: probeOf.get(host.name)}),
  );
  return {packed, refused};
}

const sizeOf = (records: readonly StoredRecord[]): number =>
  records.reduce((sum, {bytes}) => sum + bytes.length, 0);

const complaintOf = ({path: file, line}: StoredRecord, {message, fix}: NotEvidence): Complaint => ({
  file,
  line,
  message,
  fix,
});
