/** A word as it must be typed into a shell: in commands we only print, for people to copy. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_.:/@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
