import type {Evidence} from '../model/evidence.js';
import type {Failure, MetFailure, Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {RecordForm, UnreachedRecord} from '../model/record.js';
import {sanitize} from '../text/sanitize.js';

import {parseCollectorOutput} from './collector-output.js';
import {LIMITS} from './limits.js';
import {readEvidence, schemaDefect} from './stored-evidence.js';

/** What a record came to: evidence, or why the host could not be asked. */
export type ReadRecord =
  | {readonly form: 'collector-output' | 'evidence'; readonly evidence: Evidence}
  | {readonly form: 'unreached'; readonly at: string; readonly failure: Failure};

/** What is known of a record besides its bytes. */
export interface AboutRecord {
  readonly host: string;
  readonly address: string;
  /** When the file was written, ISO 8601 UTC: collector output does not say. */
  readonly writtenAt: string;
}

/** The schemas of the documents a record may be. */
export interface RecordSchemas {
  readonly evidence: object;
  readonly unreached: object;
}

/** More than any host may send, laid out as a document. */
export const MOST_BYTES = 4 * LIMITS.stream;

/**
 * Which form the records of a name have. A host decides what stands in the output of its collector,
 * so that a file of output is never taken for a document: there it could speak for another host.
 */
export const formsOf = (fileName: string): readonly RecordForm[] =>
  fileName.endsWith('.json') ? ['evidence', 'unreached'] : ['collector-output'];

/** A record as it was brought, read strictly; what is wrong with it is a failure of the host. */
export function readRecord(
  bytes: Uint8Array,
  fileName: string,
  about: AboutRecord,
  schemas: RecordSchemas,
): Result<ReadRecord> {
  if (bytes.byteLength > MOST_BYTES)
    return fail(damaged(`it has more than ${MOST_BYTES} bytes`, undefined, 'flooded'));
  return formsOf(fileName).includes('collector-output')
    ? output(bytes, about)
    : document(bytes, about, schemas);
}

function output(bytes: Uint8Array, {host, address, writtenAt}: AboutRecord): Result<ReadRecord> {
  if (bytes.byteLength === 0) return fail(damaged('it is empty'));
  const parsed = parseCollectorOutput(bytes, {host, address, collectedAt: writtenAt});
  return parsed.ok ? ok({form: 'collector-output', evidence: parsed.value}) : parsed;
}

function document(
  bytes: Uint8Array,
  about: AboutRecord,
  schemas: RecordSchemas,
): Result<ReadRecord> {
  const text = Buffer.from(bytes).toString('utf8');
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const {schema, host} = parsed.value as {readonly schema?: unknown; readonly host?: unknown};
  if (typeof host === 'string' && host !== about.host)
    return fail(damaged(`it says that it is of ${sanitize(host, {limit: 80})}`, 1));
  if (schema === 'zbufctl.unreached/1') return unreached(parsed.value, schemas.unreached);
  const read = readEvidence(bytes, {name: about.host, readAt: about.writtenAt}, schemas.evidence);
  if (read.ok) return ok({form: 'evidence', evidence: read.value});
  return fail({...damaged(`it ${read.error.message}`, 1), fix: read.error.fix});
}

function parse(text: string): Result<object> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const isCut = said.includes('end of JSON input');
    const at = isCut ? text.length : Number(/at position (\d+)/.exec(said)?.[1] ?? 0);
    return fail(damaged('it is not a whole JSON document', text.slice(0, at).split('\n').length));
  }
  return typeof value === 'object' && value !== null
    ? ok(value)
    : fail(damaged('it is JSON, but not a document', 1));
}

function unreached(value: object, schema: object): Result<ReadRecord> {
  const defect = schemaDefect(value, schema);
  if (defect !== undefined) return fail(damaged(`it ${defect}`, 1));
  const {at, failure} = value as UnreachedRecord;
  const {kind, message, fix} = failure;
  // The words of a host's banner and of its sshd may stand in them.
  const clean = (words: string): string => sanitize(words, {limit: 500});
  return ok({form: 'unreached', at, failure: {kind, message: clean(message), fix: clean(fix)}});
}

const damaged = (what: string, line?: number, kind: 'cut' | 'flooded' = 'cut'): MetFailure => ({
  kind,
  message: `The record cannot be used: ${what}.`,
  fix: 'Collect it again, and bring the file as it is.',
  ...(line === undefined ? {} : {line}),
});
