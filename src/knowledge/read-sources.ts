import {Ajv} from 'ajv';
import {parseDocument} from 'yaml';

import type {Complaint} from '../model/host.js';

/** The texts the knowledge base is made from. */
export interface KnowledgeSources {
  readonly services: string;
  readonly servicesSchema: string;
  readonly conditions: string;
  readonly conditionsSchema: string;
}

/** Where each text stands, for complaints. */
export const SOURCE_FILES: Readonly<Record<keyof KnowledgeSources, string>> = {
  services: 'capture-services.yaml',
  servicesSchema: 'capture-services.schema.json',
  conditions: 'conditions.yaml',
  conditionsSchema: 'conditions.schema.json',
};

/** A YAML 1.2 document that fits its JSON Schema (`value`), or everything that is wrong with it. */
export function readChecked(
  file: string,
  text: string,
  schema: string,
): {readonly value: unknown; readonly complaints: readonly Complaint[]} {
  const document = parseDocument(text, {uniqueKeys: true});
  const broken = document.errors.map((error) => ({
    file,
    line: error.linePos?.[0].line ?? 0,
    message: error.message.split('\n')[0] ?? error.message,
    fix: 'Fix the YAML.',
  }));
  if (broken.length > 0) return {value: undefined, complaints: broken};

  const value: unknown = document.toJS({maxAliasCount: 0});
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    strictTypes: false,
    strictRequired: false,
  });
  const validate = ajv.compile(JSON.parse(schema) as object);
  if (validate(value)) return {value, complaints: []};
  const complaints = (validate.errors ?? []).map((error) => ({
    file,
    line: 0,
    message: `${place(value, error.instancePath)}: ${error.message ?? 'does not fit the schema'}`,
    fix: `See the JSON Schema beside it (${error.schemaPath}).`,
  }));
  return {value: undefined, complaints};
}

/** A JSON pointer with the id of the entry it is in, which says more than a number. */
function place(value: unknown, pointer: string): string {
  const index = /^\/(\d+)/.exec(pointer)?.[1];
  const entry: unknown =
    Array.isArray(value) && index !== undefined ? value[Number(index)] : undefined;
  const id =
    typeof entry === 'object' && entry !== null && 'id' in entry ? String(entry.id) : undefined;
  return id === undefined ? pointer || 'the document' : `${id}${pointer.replace(/^\/\d+/, '')}`;
}
