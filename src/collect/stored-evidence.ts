import {Ajv2020} from 'ajv/dist/2020.js';

import type {Evidence} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import {oncePer} from '../text/once-per.js';

import {parseCollectorOutput} from './collector-output.js';
import type {OpenedEvidence, OpenEvidence} from './evidence-parts.js';
import {evidenceParts} from './evidence-parts.js';
import {withoutSecrets} from './without-secrets.js';

const FIRST_LINE = 'zbufctl-evidence ';

/** Why a stored file is no evidence, and what to do. */
export interface NotEvidence {
  readonly message: string;
  readonly fix: string;
}

/** What a record is called and when it was read, for bytes that do not say. */
interface About {
  /** What to call the host: collector output carries no inventory name. */
  readonly name: string;
  readonly readAt: string;
}

/**
 * Reads evidence from a file somebody kept: a document (`zbufctl.evidence/1`), or the very bytes
 * collect.sh printed on a host that was reached some other way. Another version is refused by name;
 * a document is checked against its schema.
 */
export function readEvidence(
  bytes: Uint8Array,
  about: About,
  schema: object,
): Result<Evidence, NotEvidence> {
  const opened = openEvidence(bytes, about, schema);
  return opened.ok ? ok(opened.value.whole()) : opened;
}

/**
 * The same for evidence of many hosts: it is checked and says whose it is, and objects are made of
 * it when somebody asks for the whole.
 */
export function openEvidence(
  bytes: Uint8Array,
  about: About,
  schema: object,
): Result<OpenedEvidence, NotEvidence> {
  const opened = partsOf(schema)(bytes);
  if (opened !== undefined) return ok(opened);
  const read = readAnyway(bytes, about, schema);
  if (!read.ok) return read;
  const {host, address} = read.value;
  return ok({host, address, whole: () => read.value});
}

const partsOf = oncePer((schema): OpenEvidence => evidenceParts(schema) ?? (() => undefined));

/** Whatever it is, however it is written. */
function readAnyway(
  bytes: Uint8Array,
  about: About,
  schema: object,
): Result<Evidence, NotEvidence> {
  const text = Buffer.from(bytes).toString('utf8');
  if (text.startsWith(FIRST_LINE)) {
    const parsed = parseCollectorOutput(bytes, {
      host: about.name,
      address: about.name,
      collectedAt: about.readAt,
    });
    return parsed.ok
      ? parsed
      : fail({message: parsed.error.message, fix: 'Collect again: run the collector to its end.'});
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return fail({
      message: 'is neither an evidence document nor collector output',
      fix: `Evidence begins with {"schema":"zbufctl.evidence/1" or with "${FIRST_LINE.trim()}".`,
    });
  }
  const kind = schemaOf(document);
  if (kind !== 'zbufctl.evidence/1') {
    return fail({
      message: `is ${kind === undefined ? 'JSON, but no zbufctl document' : `a ${kind} document`}, not zbufctl.evidence/1`,
      fix: 'Use evidence of this version; a run keeps its evidence in runs/RUN/evidence/.',
    });
  }
  const message = schemaDefect(document, schema);
  if (message !== undefined)
    return fail({
      message,
      fix: 'Collect again; a document that was changed by hand does not count.',
    });
  return ok(withoutSecrets(document as Evidence));
}

const validatorOf = oncePer((schema) =>
  new Ajv2020({strict: false, allErrors: false, validateFormats: false}).compile(schema),
);

/** Where a document breaks its schema first; undefined: nowhere. */
export function schemaDefect(document: unknown, schema: object): string | undefined {
  const valid = validatorOf(schema);
  if (valid(document)) return undefined;
  const [error] = valid.errors ?? [];
  const where = error?.instancePath === '' ? 'the top' : (error?.instancePath ?? '?');
  return `breaks the schema at ${where}: ${error?.message ?? ''}`;
}

function schemaOf(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null || !('schema' in document))
    return undefined;
  return typeof document.schema === 'string' ? document.schema.slice(0, 60) : undefined;
}
