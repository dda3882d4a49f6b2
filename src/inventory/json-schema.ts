import {unreachable} from '../model/unreachable.js';

import type {RecordShape, Shape} from './shape.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft-07, which editors know best) of a shape. What only the reader checks is not in it. */
export function jsonSchemaOf(shape: Shape): JsonSchema {
  return {...(shape.doc === undefined ? {} : {description: shape.doc}), ...constraints(shape)};
}

function constraints(shape: Shape): JsonSchema {
  switch (shape.kind) {
    case 'text':
      return {type: 'string', pattern: (shape.pattern ?? /\S/).source};
    case 'word':
      return {enum: shape.words};
    case 'integer':
      return {type: 'integer', minimum: shape.min, maximum: shape.max};
    case 'list':
      return {type: 'array', items: jsonSchemaOf(shape.of)};
    case 'one-or-list': {
      const one = jsonSchemaOf(shape.of);
      return {anyOf: [one, {type: 'array', items: one, minItems: 1}]};
    }
    case 'record':
      return recordConstraints(shape);
    case 'map':
      return {
        type: 'object',
        propertyNames: {pattern: (shape.key.pattern ?? /\S/).source},
        additionalProperties: jsonSchemaOf(shape.of),
      };
    case 'text-or-record':
      return {anyOf: [jsonSchemaOf(shape.text), jsonSchemaOf(shape.record)]};
    case 'any':
      return {};
    default:
      return unreachable(shape);
  }
}

function recordConstraints(shape: RecordShape): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(shape.keys).map(([key, inner]) => [key, jsonSchemaOf(inner)]),
    ),
    ...(shape.required === undefined ? {} : {required: shape.required}),
    ...(shape.oneOf === undefined ? {} : {anyOf: shape.oneOf.map((key) => ({required: [key]}))}),
    additionalProperties: false,
  };
}
