import {readFileSync} from 'node:fs';

import {parse} from 'yaml';

import type {Fact, Meaning} from '../../src/knowledge/facts.js';
import {generateServices} from '../../src/knowledge/generate.js';
import type {KnowledgeSources} from '../../src/knowledge/read-sources.js';
import type {Service} from '../../src/model/service.js';

const text = (name: string): string => readFileSync(`src/knowledge/${name}`, 'utf8');

/** The real sources of the knowledge base. */
export const SOURCES: KnowledgeSources = {
  services: text('capture-services.yaml'),
  servicesSchema: text('capture-services.schema.json'),
  conditions: text('conditions.yaml'),
  conditionsSchema: text('conditions.schema.json'),
};

export const FACTS = parse(SOURCES.services) as readonly Fact[];
export const MEANINGS = parse(SOURCES.conditions) as Readonly<Record<string, Meaning>>;

/** The real knowledge base. */
export const SERVICES: readonly Service[] = generateServices(SOURCES).services;

export function service(id: string): Service {
  const found = SERVICES.find((s) => s.id === id);
  if (found === undefined) throw new Error(`no service ${id}`);
  return found;
}
