import {Ajv2020} from 'ajv/dist/2020.js';

import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {NativeReport, ProbeCell} from '../model/probe.js';
import {oncePer} from '../text/once-per.js';
import {sanitize} from '../text/sanitize.js';

import {cellKey} from './compare.js';

const SCHEMA = 'zbufctl.native-probe/1';
const SCHEMA_ID = 'urn:zbufctl:probe:1';

/** A full matrix with benchmarks and 256 descriptors is about 100 KB. */
export const NATIVE_OUTPUT_MAX_BYTES = 512 * 1024;

/** Why bytes are no output of the native probe. Host bytes in it are already harmless. */
export interface NotNativeOutput {
  readonly message: string;
  readonly fix: string;
}

/**
 * Reads what a probe program printed. The host may be hostile: too long, not UTF-8, another
 * version, a member or a number the program cannot print are all refused; nothing is repaired.
 * @param schema src/probe/probe.schema.json
 */
export function parseNativeOutput(
  bytes: Uint8Array,
  schema: object,
): Result<NativeReport, NotNativeOutput> {
  if (bytes.length === 0) return refuse('printed nothing');
  if (bytes.length > NATIVE_OUTPUT_MAX_BYTES)
    return refuse(`printed more than ${NATIVE_OUTPUT_MAX_BYTES} bytes`);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch {
    return refuse('printed something that is not JSON, or was cut off');
  }
  const kind = schemaOf(document);
  if (kind !== SCHEMA) return refuse(`printed ${kind ?? 'no zbufctl document'}, not ${SCHEMA}`);

  const valid = validatorOf(schema);
  if (!valid(document)) {
    const [error] = valid.errors ?? [];
    return refuse(
      `broke the schema at ${sanitize(error?.instancePath ?? '', {limit: 80})}: ${error?.message ?? ''}`,
    );
  }
  const keys = document.matrix.map(cellKey);
  if (new Set(keys).size !== keys.length) return refuse('reported a cell of the matrix twice');
  const contradiction = document.matrix.find(contradicts);
  if (contradiction !== undefined)
    return refuse(
      `says ${contradiction.verdict} of ${cellKey(contradiction)}, and its counts say otherwise`,
    );
  return ok(document);
}

const validatorOf = oncePer((schema) => {
  const ajv = new Ajv2020({strict: false, validateFormats: false});
  ajv.addSchema(schema);
  return ajv.compile<NativeReport>({$ref: `${SCHEMA_ID}#/$defs/nativeReport`});
});

/** The verdict comes from the counts: here they are counted once more. */
function contradicts(cell: ProbeCell): boolean {
  const {sent, parent, child, verdict, stalledAtRound} = cell;
  const round = sent.findIndex((packets, i) => (parent[i] ?? 0) + (child[i] ?? 0) < packets);
  switch (verdict) {
    case 'delivered':
      return round !== -1 || sent.includes(0);
    case 'stalled':
      // A process that hung lost a round although its counts may be whole.
      return cell.hung !== true && stalledAtRound !== round + 1;
    case 'crashed':
    case 'unsupported':
      return false;
  }
}

function schemaOf(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || !('schema' in document))
    return undefined;
  return typeof document.schema === 'string' ? sanitize(document.schema, {limit: 60}) : undefined;
}

const refuse = (what: string): {readonly ok: false; readonly error: NotNativeOutput} =>
  fail({
    message: `the probe ${what}`,
    fix: 'Run it again; if it says the same, something on the host answers in its place.',
  });
