import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {Ajv} from 'ajv';
import {default as formats} from 'ajv-formats';

/** The standards' own schemas lie beside the repository and not in it. */
export const SCHEMAS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'schemas');
export const haveSchemas = existsSync(join(SCHEMAS, 'README.md'));
export const WITHOUT_SCHEMAS =
  'the schemas are not in ../shared/schemas: JUnit, SARIF and OSCAL are checked by this project alone, HDF by inspecjs';

/** Those that may be kept, with their origin: standards/README.md. */
const KEPT = join(import.meta.dirname, 'standards');

/** A validator for one of the JSON schemas: the empty list when the document keeps to it. */
export function standardComplaints(file: string): Complaints {
  const complaints = known.get(file) ?? compiled(file);
  known.set(file, complaints);
  return complaints;
}

/** Compiling OSCAL's takes longer than all else a test does. */
const known = new Map<string, Complaints>();

type Complaints = (document: string) => readonly string[];

function compiled(file: string): Complaints {
  const kept = join(KEPT, file);
  const path = existsSync(kept) ? kept : join(SCHEMAS, file);
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  // Drafts 4 and 7 differ, in what these schemas use, only in how a schema is named.
  const bare = Object.fromEntries(
    Object.entries(schema).filter(([key]) => key !== '$schema' && key !== 'id'),
  );
  const ajv = new Ajv({strict: false, allErrors: true});
  formats.default(ajv);
  const validate = ajv.compile(bare);
  return (document) =>
    validate(JSON.parse(document))
      ? []
      : (validate.errors ?? []).map((e) => `${e.instancePath}: ${e.message ?? e.keyword}`);
}
