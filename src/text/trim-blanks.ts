/**
 * The text without blanks and tabs at its end. Not by `/[ \t]+$/`: a host can make that take time
 * by the square of a line.
 */
export function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(0, end);
}
