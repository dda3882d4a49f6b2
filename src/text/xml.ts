/** Attributes in the order they are written. */
export type Attributes = readonly (readonly [name: string, value: string])[];

/**
 * Text within an element, as XML 1.0 has it. What no document may contain, controls and halves of
 * surrogate pairs, is for the caller to write out before; the two characters at the end of the
 * plane are no controls, and are written out here.
 */
export const xmlText = (text: string): string =>
  PLAIN.test(text)
    ? text
    : text.replace(
        /[&<>\ufffe\uffff]/g,
        (c) => ENTITY[c] ?? `\\u{${c.charCodeAt(0).toString(16)}}`,
      );

/** Nearly all texts, and this is found faster than what is not plain. */
const PLAIN = /^[\n -%'-;=?-~]*$/;

const ENTITY: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;'};

const quoted = (text: string): string => `"${xmlText(text).replaceAll('"', '&quot;')}"`;

/** A tag without its end, so that a caller may go on: `<name a="b"`. */
export function xmlTag(name: string, attributes: Attributes): string {
  let tag = `<${name}`;
  for (const [key, value] of attributes) tag += ` ${key}=${quoted(value)}`;
  return tag;
}
