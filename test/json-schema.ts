import {readFileSync} from 'node:fs';

import {Ajv2020} from 'ajv/dist/2020.js';
import {default as formats} from 'ajv-formats';

/**
 * A validator that complains: the empty list when `value` keeps to the schema.
 *
 * @param file path from the repository's root
 * @param pointer a definition inside it, e.g. `#/$defs/ndjsonLine`
 * @param strict false for a schema whose conditions name members that stand in another branch
 */
export function schemaComplaints(file: string, pointer = '', strict = true): Complaints {
  const key = `${file}${pointer} ${strict}`;
  const complaints = known.get(key) ?? compiled(file, pointer, strict);
  known.set(key, complaints);
  return complaints;
}

/** Compiling a schema takes longer than a test that uses it. */
const known = new Map<string, Complaints>();

type Complaints = (value: unknown) => readonly string[];

function compiled(file: string, pointer: string, strict: boolean): Complaints {
  const schema = JSON.parse(readFileSync(file, 'utf8')) as {readonly $id: string};
  const ajv = new Ajv2020({strict, allErrors: true});
  formats.default(ajv);
  ajv.addSchema(schema);
  const validate = ajv.compile({$ref: schema.$id + pointer});
  return (value) => {
    const good = validate(value);
    return good
      ? []
      : (validate.errors ?? []).map((e) => `${e.instancePath}: ${e.message ?? e.keyword}`);
  };
}
