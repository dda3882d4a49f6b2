import {unreachable} from '../model/unreachable.js';

import type {RecordShape, Shape} from './shape.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Shapes that are written once, under `definitions`, and referred to by name. */
export type NamedShapes = ReadonlyMap<Shape, string>;

/**
 * The JSON Schema (draft-07, which editors know best) of a shape. What only the reader checks is
 * not in it.
 */
export function jsonSchemaOf(shape: Shape, named: NamedShapes = new Map()): JsonSchema {
  const name = named.get(shape);
  return name === undefined ? written(shape, named) : {$ref: `#/definitions/${name}`};
}

/** The `definitions` themselves. */
export const definitionsOf = (named: NamedShapes): JsonSchema =>
  Object.fromEntries([...named].map(([shape, name]) => [name, written(shape, named)]));

const written = (shape: Shape, named: NamedShapes): JsonSchema => ({
  ...(shape.doc === undefined ? {} : {description: shape.doc}),
  ...constraints(shape, named),
});

function constraints(shape: Shape, named: NamedShapes): JsonSchema {
  switch (shape.kind) {
    case 'text':
      return {type: 'string', pattern: (shape.pattern ?? /\S/).source};
    case 'word':
      return {enum: shape.words};
    case 'integer':
      return {type: 'integer', minimum: shape.min, maximum: shape.max};
    case 'list':
      return {type: 'array', items: jsonSchemaOf(shape.of, named)};
    case 'one-or-list': {
      const one = jsonSchemaOf(shape.of, named);
      return {anyOf: [one, {type: 'array', items: one, minItems: 1}]};
    }
    case 'record':
      return recordConstraints(shape, named);
    case 'map':
      return {
        type: 'object',
        propertyNames: {pattern: (shape.key.pattern ?? /\S/).source},
        additionalProperties: jsonSchemaOf(shape.of, named),
      };
    case 'word-or-map':
      return {anyOf: [jsonSchemaOf(shape.word, named), jsonSchemaOf(shape.map, named)]};
    case 'text-or-record':
      return {anyOf: [jsonSchemaOf(shape.text, named), jsonSchemaOf(shape.record, named)]};
    case 'any':
      return {};
    default:
      return unreachable(shape);
  }
}

function recordConstraints(shape: RecordShape, named: NamedShapes): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(shape.keys).map(([key, inner]) => [key, jsonSchemaOf(inner, named)]),
    ),
    ...(shape.required === undefined ? {} : {required: shape.required}),
    ...(shape.oneOf === undefined ? {} : {anyOf: shape.oneOf.map((key) => ({required: [key]}))}),
    additionalProperties: false,
  };
}
