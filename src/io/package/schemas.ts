import {readData} from './data-files.js';

const loaded = new Map<string, object>();

/**
 * A published JSON Schema by its place under src/, e.g. `collect/evidence`: the same object each
 * time, so that what is made of it can be kept (text/once-per.ts).
 */
export function loadSchema(name: string): object {
  const schema = loaded.get(name) ?? (JSON.parse(readData(`${name}.schema.json`)) as object);
  loaded.set(name, schema);
  return schema;
}
