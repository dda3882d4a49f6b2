import {readGeneratedServices, readKnowledgeSource} from '../../io/package/knowledge.js';
import type {Service} from '../../model/service.js';

let loaded: Promise<readonly Service[]> | undefined;

/**
 * The knowledge base, read once. After a build it is one JSON file; from the TypeScript sources
 * (tests, development) it is generated from its YAML, which takes the readers that a running
 * zbufctl does without.
 */
export function loadServices(): Promise<readonly Service[]> {
  loaded ??= readServices();
  return loaded;
}

async function readServices(): Promise<readonly Service[]> {
  const generated = readGeneratedServices();
  if (generated !== undefined) return generated;

  const {generateServices} = await import('../../knowledge/generate.js');
  const {SOURCE_FILES} = await import('../../knowledge/read-sources.js');
  const {services, complaints} = generateServices({
    services: readKnowledgeSource(SOURCE_FILES.services),
    servicesSchema: readKnowledgeSource(SOURCE_FILES.servicesSchema),
    conditions: readKnowledgeSource(SOURCE_FILES.conditions),
    conditionsSchema: readKnowledgeSource(SOURCE_FILES.conditionsSchema),
  });
  // The build refuses such a knowledge base, so this is a defect and no mistake of the operator's.
  if (complaints.length > 0) {
    throw new Error(
      `the knowledge base does not hold together: ${complaints.map((c) => c.message).join('; ')}`,
    );
  }
  return services;
}
