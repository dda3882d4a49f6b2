import type {ReadRecord} from '../collect/record.js';
import type {Asked, AuditedHost, AuditRun} from '../model/audit-run.js';
import type {Evidence} from '../model/evidence.js';
import type {Failure, MetFailure, Result} from '../model/failure.js';
import type {Host} from '../model/host.js';

import {inOrder} from '../text/in-order.js';

import type {JudgeDeps} from './audit.js';
import type {Shelf} from './evidence/packed-hosts.js';
import {packHosts, ShelvedHosts} from './evidence/packed-hosts.js';
import {assembleRun, judgeHost, unreached} from './audit.js';

/** A host, and what was brought of it. */
export interface Brought {
  readonly host: Host;
  /** The file, as messages call it; absent: there is none of this host. */
  readonly file?: string;
}

export interface IngestOptions {
  readonly run: string;
  readonly version: string;
  readonly asked: Asked;
}

export interface IngestDeps extends JudgeDeps {
  read(host: string): Promise<Result<ReadRecord>>;
  /** Stores the evidence and returns its hash. */
  keep(evidence: Evidence): Promise<string>;
  /** Where what was judged is until the run is stored. */
  readonly shelf: Shelf;
}

/**
 * A run of what others collected: judged as if zbufctl had asked the hosts. A record that cannot be
 * used makes its host unknown, and says where it is wrong. Holds some records at a time: the disk
 * takes long to say that it has one, and has several in the time of one.
 */
export async function ingest(
  brought: readonly Brought[],
  {run, version, asked}: IngestOptions,
  deps: IngestDeps,
): Promise<AuditRun> {
  const shelved = new ShelvedHosts(deps.shelf);
  const begun = deps.now();
  // The run began when the first of the hosts was asked, by whoever did.
  let startedAt = begun;
  const work = (one: Brought): Promise<Ingested> => ingestHost(one, {...deps, now: () => begun});
  for await (const {host, at = begun} of inOrder(brought, work, AT_ONCE)) {
    shelved.add(packHosts([host]));
    if (at < startedAt) startedAt = at;
  }
  return assembleRun(shelved.hosts, {
    run,
    version,
    startedAt,
    finishedAt: deps.now(),
    interrupted: false,
    asked,
    origin: 'ingested',
  });
}

const AT_ONCE = 16;

interface Ingested {
  readonly host: AuditedHost;
  /** When it was collected; absent: nothing usable was brought. */
  readonly at?: string;
}

async function ingestHost({host, file}: Brought, deps: IngestDeps): Promise<Ingested> {
  if (file === undefined) return {host: unreached(host, NO_RECORD, 0)};
  const read = await deps.read(host.name);
  if (!read.ok) return {host: unreached(host, inFile(file, read.error), 0)};
  const {value} = read;
  if (value.form === 'unreached')
    return {host: {...unreached(host, value.failure, 0), record: value.form}, at: value.at};
  const {evidence, form} = value;
  const evidenceHash = await deps.keep(evidence);
  return {
    host: {...judgeHost(host, evidence, deps), evidenceHash, record: form, durationMs: 0},
    at: evidence.collectedAt,
  };
}

/** Of a host that gave a record it is known that it is there, whatever the record says. */
const inFile = (file: string, {kind, line, message, ...rest}: MetFailure): MetFailure => ({
  ...rest,
  kind: kind === 'protocol' ? 'cut' : kind,
  message: `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
});

const NO_RECORD: Failure = {
  kind: 'no-record',
  message: 'nothing was brought of this host',
  fix: 'Collect it and ingest again, or look why it could not be collected.',
};
