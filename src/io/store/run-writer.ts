import {chmod, mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';

import type {Evidence} from '../../model/evidence.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import type {RunSummary} from '../../model/run-summary.js';
import type {ChainHead, RunDocument} from '../../model/stored-run.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {canonicalParts} from '../../text/json-parts.js';
import {fileNameFor} from '../../text/file-name.js';
import {chainRun, hashing, headOf, sha256} from '../../text/hash-chain.js';
import type {ChainDocument} from '../../text/hash-chain.js';
import type {Parts} from '../../text/pieces.js';
import {piecesOf} from '../../text/pieces.js';
import {kindOfRun} from '../../text/run-id.js';
import {syncDirectory, writeFileAtomically} from '../files/atomic-write.js';
import {readChainHead, writeChainHead} from './chain-head.js';
import {errorCode, explained} from '../files/io-error.js';
import {withLock} from './lock-file.js';
import type {LockOptions} from './lock-file.js';
import {makeFolder} from '../files/make-folder.js';
import type {RunPaths} from './run-paths.js';

/** The plan of an apply run, below the run's directory. */
export const PLAN_NAME = 'plan.json';

/** Where a host's evidence stands, below the run's directory. */
export const evidenceName = (host: string): string => `evidence/${fileNameFor(host)}.json`;

/**
 * One run on its way into the store. Evidence goes to disk as it comes, so that a run of hundreds
 * of hosts takes little memory and a crash loses none of it; the run counts as finished only when
 * `finish` has put chain.json in place.
 */
export class RunWriter {
  private readonly documents: ChainDocument[] = [];
  private readonly names = new Set<string>();

  /** Over a run that is this process's own: see `begin`, and resume-run.ts. */
  constructor(
    private readonly paths: RunPaths,
    readonly run: string,
    private readonly lock: LockOptions,
  ) {}

  /**
   * Makes the run's directory. Throws OperatorError when the state directory cannot be written, or
   * has the run already.
   *
   * @param purpose JSON that is there until the run is finished, for whoever goes on with it
   */
  static async begin(
    paths: RunPaths,
    run: string,
    lock: LockOptions,
    purpose?: unknown,
  ): Promise<RunWriter> {
    return explained(`cannot store runs in ${paths.runs}`, async () => {
      await makeFolder(paths.runs);
      await chmod(paths.runs, 0o700);
      try {
        await mkdir(paths.run(run), {mode: 0o700});
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
        throw new OperatorError(
          `there is a run ${run} already in ${paths.runs}`,
          'Start the command again.',
          5,
        );
      }
      await RunWriter.claim(paths, run, purpose);
      await mkdir(paths.evidence(run), {mode: 0o700});
      await syncDirectory(paths.runs);
      return new RunWriter(paths, run, lock);
    });
  }

  /** Says that the run is unfinished, and that this process writes it. */
  static async claim(paths: RunPaths, run: string, purpose: unknown): Promise<void> {
    const claim = {schema: 'zbufctl.run-unfinished/1', run, pid: process.pid, purpose};
    await writeFileAtomically(paths.unfinished(run), canonicalJson(claim));
  }

  /** Stores what one host said and returns its hash (AuditedHost.evidenceHash). Once a host. */
  async keepEvidence(evidence: Evidence): Promise<string> {
    return this.keep(this.nameOnce(evidence.host), canonicalJson(evidence), evidence.host);
  }

  /** Evidence that another process stored in this run, as it stands: part of the run again. */
  adopt(host: string, text: string): string {
    const document = sha256(text);
    this.documents.push({name: this.nameOnce(host), document, host});
    return document;
  }

  private nameOnce(host: string): string {
    const name = evidenceName(host);
    if (this.names.has(name)) throw new Error(`evidence of ${host} stored twice in ${this.run}`);
    this.names.add(name);
    return name;
  }

  /**
   * Stores the plan a run carries out: --resume and rollback need it, whatever becomes of the file
   * it came from.
   */
  async keepPlan(plan: Plan): Promise<void> {
    await this.keep(PLAN_NAME, canonicalJson(plan));
    await syncDirectory(this.paths.run(this.run));
  }

  /**
   * Puts the run in place as it stands, on disk when this returns, so that a crash leaves the
   * truth. It counts as unfinished until `finish`, and is not in the chain before.
   */
  async saveDraft(document: Omit<RunDocument, 'finishedAt'>): Promise<void> {
    await explained(`cannot store run ${this.run}`, async () => {
      await writeFileAtomically(this.paths.document(this.run), canonicalParts(document));
      await syncDirectory(this.paths.run(this.run));
    });
  }

  /** Stores the run itself and adds it to the chain. Returns its head, which a report prints. */
  async finish(document: RunDocument): Promise<ChainHead> {
    if (document.run !== this.run) throw new Error(`${document.run} finished as ${this.run}`);
    await this.keep('run.json', canonicalParts(document));
    await this.keep('summary.json', canonicalJson(summarize(document)));
    return explained(`cannot store run ${this.run}`, async () => {
      await syncDirectory(this.paths.evidence(this.run));
      return withLock(this.paths.lock, this.lock, () => this.commit());
    });
  }

  /** Takes back a run that nothing was asked for: as if it had never been begun. */
  async abandon(): Promise<void> {
    await rm(this.paths.run(this.run), {recursive: true, force: true});
  }

  private async keep(name: string, text: Parts, host?: string): Promise<string> {
    const passed = hashing(piecesOf(text));
    await explained(`cannot store ${name} of run ${this.run}`, () =>
      writeFileAtomically(join(this.paths.run(this.run), name), passed.parts),
    );
    const document = passed.digest();
    this.documents.push({name, document, ...(host === undefined ? {} : {host})});
    return document;
  }

  /**
   * Announce, write chain.json, make it the head: a crash in between is settled by the next reader.
   */
  private async commit(): Promise<ChainHead> {
    const {paths, run} = this;
    const previous = await readChainHead(paths);
    const chain = chainRun(run, previous, this.documents);
    await writeChainHead(paths, previous, run);
    await writeFileAtomically(paths.chain(run), canonicalJson(chain));
    await syncDirectory(paths.run(run));
    await writeChainHead(paths, headOf(chain));
    await rm(paths.unfinished(run), {force: true});
    await syncDirectory(paths.runs);
    return headOf(chain);
  }
}

/** What the list of runs shows of a document. */
export function summarize(document: RunDocument): RunSummary {
  const totals: Record<string, number> = {};
  for (const host of document.hosts) {
    const word = host.posture ?? host.result ?? (host.error === undefined ? 'done' : 'failed');
    totals[word] = (totals[word] ?? 0) + 1;
  }
  if (document.removed !== undefined) totals['removed'] = document.removed.length;
  return {
    schema: 'zbufctl.run-summary/1',
    run: document.run,
    kind: kindOfRun(document.run) ?? 'unknown',
    document: document.schema,
    startedAt: document.startedAt,
    finishedAt: document.finishedAt,
    interrupted: document.interrupted === true,
    ...(document.asked === undefined ? {} : {asked: document.asked}),
    ...(document.shard === undefined
      ? {}
      : {shard: {part: document.shard.part, of: document.shard.of}}),
    ...(document.origin === undefined ? {} : {origin: document.origin}),
    hosts: document.hosts.length,
    ...(kindOfRun(document.run) === 'probe'
      ? {probed: document.hosts.flatMap(({host}) => host ?? [])}
      : {}),
    totals,
  };
}
