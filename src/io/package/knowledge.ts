import {readFileSync} from 'node:fs';

import type {Service} from '../../model/service.js';

/** The folder the knowledge base stands in, beside this one in the sources and in dist. */
const FOLDER = new URL('../../knowledge/', import.meta.url);

/** The services the build generated; `undefined`: there was no build, only sources. */
export function readGeneratedServices(): readonly Service[] | undefined {
  const text = readIfThere(new URL('services.json', FOLDER));
  return text === undefined ? undefined : (JSON.parse(text) as Service[]);
}

/** One file of the knowledge base's sources, e.g. conditions.yaml. */
export const readKnowledgeSource = (name: string): string =>
  readFileSync(new URL(name, FOLDER), 'utf8');

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
