import {readData} from './data-files.js';

/** A published JSON Schema by its place under src/, e.g. `collect/evidence`. */
export const loadSchema = (name: string): object =>
  JSON.parse(readData(`${name}.schema.json`)) as object;
