/*
 * Texts and numbers that stand in documents, each with what it may be. The compiler takes them for
 * plain strings and numbers; their tags are what the published JSON Schemas demand.
 */

/** @asType integer */
export type Integer = number;

/**
 * @asType integer
 * @minimum 0
 */
export type Count = number;

/**
 * At least one, or counted from one.
 * @asType integer
 * @minimum 1
 */
export type Ordinal = number;

/**
 * A count a C program gives: what a JSON number holds without loss.
 * @asType integer
 * @minimum 0
 * @maximum 9007199254740991
 */
export type ExactCount = number;

/**
 * A value of net.bpf.zerocopy_enable, an int of the kernel.
 * @asType integer
 * @minimum -2147483648
 * @maximum 2147483647
 */
export type ZerocopyValue = number;

/**
 * With fractions where there are some.
 * @minimum 0
 */
export type Amount = number;

/**
 * Of all, 0 to 1.
 * @minimum 0
 * @maximum 1
 */
export type Share = number;

/** @minLength 1 */
export type SomeText = string;

/**
 * ISO 8601, UTC.
 * @format date-time
 * @pattern ^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$
 */
export type Time = string;

/**
 * ISO 8601 calendar date, UTC.
 * @format date
 */
export type Day = string;

/**
 * SHA-256, hex.
 * @pattern ^[0-9a-f]{64}$
 */
export type Sha256 = string;

/**
 * Sorts by start time.
 * @pattern ^[0-9]{8}T[0-9]{6}Z-[a-z]+-[0-9a-f]{4}$
 */
export type RunId = string;

/** @pattern ^[0-9]{8}T[0-9]{6}Z-audit-[0-9a-f]{4}$ */
export type AuditRunId = string;

/** @pattern ^[0-9]{8}T[0-9]{6}Z-apply-[0-9a-f]{4}$ */
export type ApplyRunId = string;

/** @pattern ^[0-9]{8}T[0-9]{6}Z-(apply|rollback)-[0-9a-f]{4}$ */
export type ChangeRunId = string;

/**
 * Whose locks and journals hosts keep: user@controller.
 * @pattern ^[A-Za-z0-9._+@-]{1,120}$
 */
export type Operator = string;

/**
 * Of a rule about hosts.
 * @pattern ^ZBUF-[0-9]{3}$
 */
export type RuleId = string;

/** What made a document. */
export interface Tool {
  readonly name: 'zbufctl';
  /**
   * @minLength 1
   * @maxLength 100
   */
  readonly version: string;
}
