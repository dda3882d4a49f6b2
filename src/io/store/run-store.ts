import type {Evidence} from '../../model/evidence.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Pruned, PruneRecord} from '../../model/prune.js';
import type {ListedRun} from '../../model/run-summary.js';
import type {ChainCheck, RunDocuments} from '../../model/run-documents.js';
import {isRunId, kindOfRun} from '../../text/run-id.js';
import type {RunKind} from '../../model/run-summary.js';
import {sanitize} from '../../text/sanitize.js';
import {mapInBatches} from '../files/batches.js';
import {pruneRuns, recordedRuns} from './prune-runs.js';
import type {LockOptions} from './lock-file.js';
import type {ResumedRun} from './resume-run.js';
import {purposeOf, resumeRun} from './resume-run.js';
import {hasWriter, needsOf} from './run-needs.js';
import {
  evidenceFilesOf,
  evidenceOf,
  hasDocument,
  headOfRun,
  listRuns,
  loadRun,
  planTextOf,
  runIds,
} from './run-reader.js';
import {RunPaths} from './run-paths.js';
import {RunWriter} from './run-writer.js';
import {verifyChain} from './verify-runs.js';

export interface RunStoreOptions {
  /** Told about a stale lock that was removed. */
  readonly onNotice: (text: string) => void;
  /** Milliseconds to wait for another zbufctl that is storing a run; absent: half a minute. */
  readonly lockWaitMs?: number;
  /** The directory the runs stand in, when it is not `runs` of a state directory. */
  readonly runs?: string;
}

/** How many candidates an ambiguity names. */
const NAMED = 8;

/**
 * The runs below a state directory: `runs/<id>/` with run.json, summary.json, chain.json and
 * `evidence/<host>.json`. Directories are 0700, files 0600. Nothing is created until a run begins.
 * Methods throw OperatorError.
 */
export class RunStore {
  private readonly paths: RunPaths;

  constructor(
    readonly stateDir: string,
    private readonly options: RunStoreOptions,
  ) {
    this.paths = new RunPaths(stateDir, options.runs);
  }

  /** @param purpose JSON for whoever has to go on with the run; gone when it is finished */
  begin(run: string, purpose?: unknown): Promise<RunWriter> {
    if (!isRunId(run)) throw new Error(`${run} is not a run id`);
    return RunWriter.begin(this.paths, run, this.lock, purpose);
  }

  /** What an unfinished run was begun with; throws when it is finished. */
  purpose(run: string): Promise<unknown> {
    return purposeOf(this.paths, checked(run));
  }

  /** Goes on with a run whose process has ended; throws when it has not, or the run is finished. */
  resume(run: string): Promise<ResumedRun> {
    return resumeRun(this.paths, checked(run), this.lock);
  }

  private get lock(): LockOptions {
    const {onNotice, lockWaitMs = 30_000} = this.options;
    return {onNotice, waitMs: lockWaitMs};
  }

  /** Every run, newest first, finished or not. */
  list(): Promise<readonly ListedRun[]> {
    return listRuns(this.paths);
  }

  /**
   * The newest finished run (of a kind; without one, not the record of a pruning); undefined when
   * there is none.
   */
  async latest(kind?: RunKind): Promise<string | undefined> {
    const runs = await this.list();
    return runs.find(
      ({state, run}) =>
        state === 'finished' &&
        (kind === undefined ? kindOfRun(run) !== 'prune' : kindOfRun(run) === kind),
    )?.run;
  }

  /**
   * The id meant by an id, the start of one, or `latest`. Throws when there is none or more than
   * one.
   */
  async resolve(text: string, kind?: RunKind): Promise<string> {
    const wanted = sanitize(text, {limit: 80});
    if (text === 'latest') {
      const latest = await this.latest(kind);
      if (latest !== undefined) return latest;
    }
    const ids = (await runIds(this.paths)).filter(
      (id) => kind === undefined || kindOfRun(id) === kind,
    );
    const matches = text === '' ? [] : ids.filter((id) => id.startsWith(text));
    const [only] = matches;
    if (only === undefined)
      throw new OperatorError(
        `no ${kind ?? 'run'} "${wanted}" in ${this.paths.runs}`,
        'zbufctl runs lists them.',
      );
    if (matches.length === 1) return only;
    const named = matches.slice(-NAMED).join(', ');
    const more = matches.length > NAMED ? ` and ${matches.length - NAMED} older ones` : '';
    throw new OperatorError(
      `"${wanted}" is the start of ${matches.length} runs: ${named}${more}`,
      'The id is ambiguous: type more of it.',
    );
  }

  /**
   * A run's document by its full id; another version or kind is refused by name, a changed document
   * too.
   */
  load<S extends keyof RunDocuments>(
    run: string,
    schema: S,
  ): Promise<{readonly finished: boolean; readonly document: RunDocuments[S]}> {
    return loadRun(this.paths, checked(run), schema);
  }

  /**
   * A finished run's head in the hash chain, from links that follow from each other; undefined when
   * it was not finished.
   */
  head(run: string): Promise<string | undefined> {
    return headOfRun(this.paths, checked(run));
  }

  /** What the hosts said in a run (or those of them), one after the other. */
  evidence(run: string, hosts?: readonly string[]): AsyncGenerator<Evidence> {
    return evidenceOf(this.paths, checked(run), hosts);
  }

  /** Where the evidence of a run stands. */
  evidenceFolder(run: string): string {
    return this.paths.evidence(checked(run));
  }

  /** File names of the evidence a run has, without reading it: `fileNameFor(host)`.json. */
  evidenceFiles(run: string): Promise<ReadonlySet<string>> {
    return evidenceFilesOf(this.paths, checked(run));
  }

  /** The plan an apply run carries out, as text; undefined when the run has none. */
  planText(run: string): Promise<string | undefined> {
    return planTextOf(this.paths, checked(run));
  }

  /** Whether a run got as far as storing its document, finished or not. */
  hasDocument(run: string): Promise<boolean> {
    return hasDocument(this.paths, checked(run));
  }

  /** Whether a run of this id was begun here, finished or not. */
  async has(run: string): Promise<boolean> {
    return (await runIds(this.paths)).includes(run);
  }

  /** Checks everything stored against the hash chain. */
  verifyChain(): Promise<ChainCheck> {
    return verifyChain(this.paths);
  }

  /** The runs each of these makes no sense without (applies and rollbacks: others need none). */
  async needs(runs: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const all = await mapInBatches(
      runs,
      async (run) => [run, await needsOf(this.paths, checked(run))] as const,
    );
    return new Map(all);
  }

  /** Unfinished runs whose writer is alive. */
  async beingWritten(runs: readonly string[]): Promise<ReadonlySet<string>> {
    const alive = await mapInBatches(runs, (run) => hasWriter(this.paths, checked(run)));
    return new Set(runs.filter((_, i) => alive[i] === true));
  }

  /** Runs an interrupted pruning left over. */
  recordedRuns(): Promise<ReadonlySet<string>> {
    return recordedRuns(this.paths);
  }

  /** Removes runs for good, with a record of it in the chain; see prune-runs.ts. */
  prune(
    choose: () => Promise<readonly string[]>,
    record: Omit<PruneRecord, 'removed' | 'finishedAt'>,
  ): Promise<Pruned> {
    const chosen = async (): Promise<readonly string[]> => (await choose()).map(checked);
    return pruneRuns(this.paths, chosen, record, this.lock);
  }
}

/** Ids become paths: nothing else may. */
function checked(run: string): string {
  if (!isRunId(run))
    throw new OperatorError(
      `"${sanitize(run, {limit: 80})}" is not a run id`,
      'zbufctl runs lists them.',
    );
  return run;
}
