/** The word of a list that a text is; undefined: none of them. For what comes from outside. */
export const wordOf = <W extends string>(
  words: readonly W[],
  text: string | undefined,
): W | undefined => words.find((word) => word === text);

/** The words of a table, in its order: a table typed `Record<Word, ...>` has them all. */
export const wordsIn = <W extends string>(table: Readonly<Record<W, unknown>>): readonly W[] =>
  Object.keys(table) as W[];
