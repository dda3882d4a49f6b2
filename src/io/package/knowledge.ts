import type {Service} from '../../model/service.js';

import {readBuilt, readData} from './data-files.js';

/** The services the build generated; `undefined`: there was no build, only sources. */
export function readGeneratedServices(): readonly Service[] | undefined {
  const text = readBuilt('services.json');
  return text === undefined ? undefined : (JSON.parse(text) as Service[]);
}

/** One file of the knowledge base's sources, e.g. conditions.yaml. */
export const readKnowledgeSource = (name: string): string => readData(`knowledge/${name}`);
