import type {CaptureList} from './captured.js';
import type {Failure} from './failure.js';
import type {Finding, Posture, PostureTotals} from './finding.js';
import type {RecordForm} from './record.js';
import type {
  Amount,
  AuditRunId,
  Count,
  Integer,
  Ordinal,
  Sha256,
  SomeText,
  Time,
  Tool,
} from './values.js';

/** `model`: a practice host answered, from a model of the kernel that has none of its captures. */
export const HELPER_STATES = ['answered', 'model', 'failed'] as const;

export interface HelperResult {
  readonly state: (typeof HELPER_STATES)[number];
  /** Why not, when it failed. */
  readonly why?: string;
}

/** net.bpf.zerocopy_enable. `null`: absent. `unreadable`: could not look. */
export type ValueSummary = Integer | null | 'unreadable';

export interface AuditedHost {
  /** The name in the inventory. */
  readonly host: SomeText;
  readonly address: string;
  readonly posture: Posture;
  /** Groups of the inventory, for scoping reports and waivers. */
  readonly groups: readonly string[];
  /** net.bpf.zerocopy_enable now, and what the next boot will set. */
  readonly running: ValueSummary;
  readonly boot: ValueSummary;
  readonly findings: readonly Finding[];
  /**
   * What a plan would do, as lines for a root shell on the host; a line that begins with # is for
   * the reader. Absent: nothing is to be done, nothing may be, or an older version made the run.
   */
  readonly doThis?: readonly string[];
  /**
   * Every open descriptor and its buffer mode; absent: the host gave no evidence, or the version
   * did not say.
   */
  readonly captures?: CaptureList;
  /** Present when the host could not be reached or did not finish. */
  readonly failure?: Failure;
  /** uname -r, for people; absent when not read. */
  readonly release?: string;
  readonly practice: boolean;
  /** What became of --with-helper; absent: it was not asked for. */
  readonly helper?: HelperResult;
  /** Of the stored evidence document, canonical JSON; absent without evidence. */
  readonly evidenceHash?: Sha256;
  /** Of a run that was ingested: what was brought of the host; absent: nothing, or it was asked. */
  readonly record?: RecordForm;
  /** Milliseconds from the start of the connection to the last byte. */
  readonly durationMs: Amount;
}

/**
 * Which hosts an audit was meant to ask: all of an inventory, or those that were named (by name, by
 * group, this machine). A run over named hosts says nothing about a fleet.
 */
export const ASKED = ['inventory', 'named'] as const;
export type Asked = (typeof ASKED)[number];

/**
 * Where a run's evidence came from, when zbufctl did not collect it itself. `ingested`: others did
 * (by hand, with Ansible), and `zbufctl ingest` brought it in.
 */
export const RUN_ORIGINS = ['ingested'] as const;
export type RunOrigin = (typeof RUN_ORIGINS)[number];

/** One of the parts into which several controllers share the hosts of one audit. */
export interface Shard {
  /** From 1 to `of`. */
  readonly part: Ordinal;
  readonly of: Ordinal;
}

/** The part an audit was, and what all parts together were to ask. */
export interface AuditedShard extends Shard {
  readonly asked: Asked;
}

/** A stored run that went into a merged one. */
export interface MergedSource {
  readonly run: AuditRunId;
  /** Its head in the hash chain of the store it came from (ChainHead.head). */
  readonly head: Sha256;
  readonly shard?: AuditedShard;
}

/** One audit, stored. */
export interface AuditRun {
  readonly schema: 'zbufctl.audit/1';
  readonly run: AuditRunId;
  readonly startedAt: Time;
  readonly finishedAt: Time;
  readonly tool: Tool;
  /** True when the operator stopped it before every host was finished. */
  readonly interrupted: boolean;
  /** Absent in runs of versions that did not say. */
  readonly asked?: Asked;
  /** Present when it was one part of an audit: then `asked` is `named`. */
  readonly shard?: AuditedShard;
  /** Absent: zbufctl asked the hosts itself. */
  readonly origin?: RunOrigin;
  /**
   * The runs `runs merge` made it of; absent: hosts were asked for it.
   * @minItems 1
   */
  readonly mergedFrom?: readonly MergedSource[];
  readonly hosts: readonly AuditedHost[];
  readonly totals: PostureTotals;
  /** Hosts that are unknown or unreachable: exit code 4. Absent in runs of older versions. */
  readonly notAssessed?: Count;
}
