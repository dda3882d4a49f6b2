import type {Asked, RunOrigin, Shard} from './audit-run.js';
import type {Ordinal, RunId, Sha256, Time} from './values.js';

/** What every document of a run has in common: the store needs no more. */
export interface RunDocument {
  /** zbufctl.<kind>/<version> */
  readonly schema: string;
  readonly run: string;
  readonly startedAt: Time;
  readonly finishedAt: Time;
  /** True when the operator stopped the run before every host was finished; absent: no. */
  readonly interrupted?: boolean;
  /** Of an audit. */
  readonly asked?: Asked;
  /** Of an audit that was one part of another. */
  readonly shard?: Shard;
  /** Of an audit that others collected. */
  readonly origin?: RunOrigin;
  /** An audit's hosts have a posture, an apply's a result, a probe's maybe an error. */
  readonly hosts: readonly {
    readonly host?: string;
    readonly posture?: string;
    readonly result?: string;
    readonly error?: unknown;
  }[];
  /** Of the record of a pruning: the runs that were removed. */
  readonly removed?: readonly unknown[];
}

/** One stored document and the hash that ties it to everything stored before it. */
export interface ChainLink {
  /**
   * Path below the run's directory.
   * @pattern ^(evidence/)?[A-Za-z0-9%._-]+[.]json$
   */
  readonly name: string;
  /** The host, when the document is a host's evidence. */
  readonly host?: string;
  /**
   * Of the document as canonical JSON, which is also how it is stored: `sha256sum` gives the same.
   */
  readonly document: Sha256;
  /** Of this link: of the link before, the name and the document. */
  readonly link: Sha256;
}

/** The head of a run in the chain. */
export interface ChainHead {
  /** 1 for the first run ever stored in this state directory. */
  readonly sequence: Ordinal;
  readonly run: RunId;
  /** The run's last link. */
  readonly head: Sha256;
}

/** chain.json of a run. Its presence is what makes a run a finished one. */
export interface RunChain {
  readonly schema: 'zbufctl.chain/1';
  readonly run: RunId;
  readonly sequence: Ordinal;
  /** The run stored before this one; null for the first. */
  readonly previous: ChainHead | null;
  readonly links: readonly ChainLink[];
  readonly head: Sha256;
}
