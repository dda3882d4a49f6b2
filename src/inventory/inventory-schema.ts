import {fileShape, hostShape} from './file-shape.js';
import type {JsonSchema} from './json-schema.js';
import {definitionsOf, jsonSchemaOf} from './json-schema.js';
import {policyShape, waiverShape} from './policy-shape.js';
import {serviceShape} from './service-shape.js';
import type {Shape} from './shape.js';

const NAMED = new Map<Shape, string>([
  [hostShape, 'host'],
  [policyShape, 'policy'],
  [serviceShape, 'service'],
  [waiverShape, 'waiver'],
]);

/** The JSON Schema of zbufctl.yaml; `zbufctl.schema.json` is this, written out for editors. */
export function inventorySchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:zbufctl:inventory:1',
    title: 'zbufctl.yaml',
    ...jsonSchemaOf(fileShape, NAMED),
    definitions: definitionsOf(NAMED),
  };
}
