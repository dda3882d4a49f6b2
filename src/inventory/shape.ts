import type {Defect} from './host-names.js';

/**
 * What a value of zbufctl.yaml may look like. One description, two uses: the reader checks by it
 * (check-shape.ts) and the JSON Schema for editors is made from it (json-schema.ts), so the two
 * cannot drift apart.
 */
export type Shape =
  | TextShape
  | WordShape
  | IntegerShape
  | ListShape
  | OneOrListShape
  | RecordShape
  | MapShape
  | WordOrMapShape
  | TextOrRecordShape
  | AnyShape;

interface Described {
  /** One sentence for editors. */
  readonly doc?: string;
}

export interface TextShape extends Described {
  readonly kind: 'text';
  /** With its article: "a host name". */
  readonly what: string;
  /**
   * Part of the JSON Schema; `defect` explains what it refuses. Without one, any text with a
   * visible character.
   */
  readonly pattern?: RegExp;
  /**
   * Everything wrong with it, also what a pattern cannot say. Must refuse all that `pattern`
   * refuses.
   */
  readonly defect?: (text: string) => Defect | undefined;
}

export interface WordShape extends Described {
  readonly kind: 'word';
  readonly words: readonly string[];
  /** What people write instead (lower case), and the word they mean. */
  readonly habits?: Readonly<Record<string, string>>;
}

export interface IntegerShape extends Described {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface ListShape extends Described {
  readonly kind: 'list';
  readonly of: Shape;
}

export interface OneOrListShape extends Described {
  readonly kind: 'one-or-list';
  readonly of: TextShape;
}

/** A mapping with a fixed set of keys. */
export interface RecordShape extends Described {
  readonly kind: 'record';
  /** With its article: "a group". */
  readonly what: string;
  readonly keys: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** At least one of these must be there. */
  readonly oneOf?: readonly string[];
  /** What to do about a key that people bring from elsewhere. */
  readonly hint?: (key: string) => string | undefined;
}

/** A mapping whose keys are names. */
export interface MapShape extends Described {
  readonly kind: 'map';
  readonly key: TextShape;
  readonly of: Shape;
}

export interface WordOrMapShape extends Described {
  readonly kind: 'word-or-map';
  readonly word: WordShape;
  readonly map: MapShape;
}

export interface TextOrRecordShape extends Described {
  readonly kind: 'text-or-record';
  readonly text: TextShape;
  readonly record: RecordShape;
}

/** Kept as it is, and checked by whoever uses it. */
export interface AnyShape extends Described {
  readonly kind: 'any';
}

/** Characters of a text that reports repeat. */
const LONGEST = 1000;

/** Any text with something to see in it. */
export const freeText = (what: string, doc?: string): TextShape => ({
  kind: 'text',
  what,
  defect: ({length}) =>
    length > LONGEST
      ? {message: `has ${length} characters`, fix: `Keep it under ${LONGEST}.`}
      : undefined,
  ...(doc === undefined ? {} : {doc}),
});
export const list = (of: Shape, doc?: string): ListShape => ({
  kind: 'list',
  of,
  ...(doc === undefined ? {} : {doc}),
});
