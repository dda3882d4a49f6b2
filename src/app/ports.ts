import type {Evidence} from '../model/evidence.js';
import type {ListedRun} from '../model/run-summary.js';
import type {ModeObject} from '../model/mode.js';
import type {Service} from '../model/service.js';
import type {ChainCheck, RunDocuments} from '../model/run-documents.js';
import type {RunKind} from '../model/run-summary.js';

/** The stored runs, as far as use cases read them. Methods throw OperatorError. */
export interface StoredRuns {
  /** Every run, newest first, finished or not. */
  list(): Promise<readonly ListedRun[]>;
  /** The id meant by an id, the start of one, or `latest`. */
  resolve(word: string, kind?: RunKind): Promise<string>;
  load<S extends keyof RunDocuments>(
    run: string,
    schema: S,
  ): Promise<{readonly finished: boolean; readonly document: RunDocuments[S]}>;
  /** What the hosts said in a run (or those of them), one after the other. */
  evidence(run: string, hosts?: readonly string[]): AsyncIterable<Evidence>;
  /** File names of the evidence a run has, without reading it. */
  evidenceFiles(run: string): Promise<ReadonlySet<string>>;
  /** The plan an apply run carries out, as text; undefined when the run has none. */
  planText(run: string): Promise<string | undefined>;
  /** Whether a run got as far as storing its document. */
  hasDocument(run: string): Promise<boolean>;
  verifyChain(): Promise<ChainCheck>;
  /** The runs each of these makes no sense without. */
  needs(runs: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Unfinished runs whose writer is alive. */
  beingWritten(runs: readonly string[]): Promise<ReadonlySet<string>>;
  /** Runs an interrupted pruning left over. */
  recordedRuns(): Promise<ReadonlySet<string>>;
}

/** Says something on stderr that is not the result. */
export type Note = (text: string) => void;

/** What use cases have of the world; src/cli/world.ts gives it. */
export interface Deps {
  readonly store: StoredRuns;
  /** What messages name files relative to. */
  readonly folder: string;
  readonly version: string;
  /** user@machine */
  readonly operator: string;
  readonly note: Note;
  /** The knowledge base, without any policy. */
  services(): Promise<readonly Service[]>;
  /** The package's objects that give a program a buffer mode; none where it was not built. */
  modeObjects(): readonly ModeObject[];
  /** ISO 8601 UTC. */
  now(): string;
}
