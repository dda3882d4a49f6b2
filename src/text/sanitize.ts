/**
 * Makes text from a host harmless on a terminal: control characters (C0, C1, DEL), escape
 * sequences' introducers and bidirectional or invisible format characters become visible `\xNN` or
 * `\u{...}`. Newlines and tabs too, unless kept: a host must not be able to move the cursor,
 * recolour the screen or reorder what is read.
 */
export function sanitize(
  text: string,
  options: {readonly keepNewlines?: boolean; readonly limit?: number} = {},
): string {
  const limit = options.limit ?? 4096;
  const cut =
    text.length > limit
      ? `${text.slice(0, limit)}... (${text.length - limit} more characters)`
      : text;
  // Nearly all texts are plain, and to look for all that is not takes three times as long.
  if (PLAIN.test(cut)) return cut;
  return cut.replace(/[\p{Cc}\p{Cf}\u2028\u2029\p{Cs}\p{Co}]/gu, (c) => {
    if (options.keepNewlines === true && c === '\n') return c;
    const code = c.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

const PLAIN = /^[ -~]*$/;
