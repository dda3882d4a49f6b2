import {fileShape} from './file-shape.js';
import type {JsonSchema} from './json-schema.js';
import {jsonSchemaOf} from './json-schema.js';

/** The JSON Schema of zbufctl.yaml; `zbufctl.schema.json` is this, written out for editors. */
export function inventorySchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:zbufctl:inventory:1',
    title: 'zbufctl.yaml',
    ...jsonSchemaOf(fileShape),
  };
}
