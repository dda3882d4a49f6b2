/**
 * A process gets another number with every start: sentences that differ in nothing else say the
 * same.
 */
export const withoutPids = (text: string): string =>
  text.replace(/\b(pids?|process(?:es)?) \d+(?:(?:, | and )\d+)*/gi, '$1 #');

/**
 * Neither does it matter, for what hosts have in common, on which line of a file something stands.
 */
export const withoutPlaces = (text: string): string =>
  withoutPids(text).replace(/\b(lines?) \d+|(\/[^\s:]+):\d+/g, '$1$2 #');
