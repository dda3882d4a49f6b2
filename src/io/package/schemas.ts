import {readFileSync} from 'node:fs';

/**
 * A published JSON Schema by its place under src/, e.g. `collect/evidence`. Copied beside the code
 * by the build.
 */
export function loadSchema(name: string): object {
  return JSON.parse(
    readFileSync(new URL(`../../${name}.schema.json`, import.meta.url), 'utf8'),
  ) as object;
}
