import {createHash} from 'node:crypto';

/**
 * Most file systems allow 255 bytes a name; room is left for a suffix and for a temporary file's
 * prefix.
 */
const MAX_LENGTH = 180;

/**
 * A file name for any text whatsoever, e.g. a host name: letters, digits, `-`, `_` and inner dots
 * stay, every other UTF-16 unit becomes `%XXXX`. Two texts never share a name, no name starts with
 * a dot or holds a slash, and long texts end in their SHA-256 instead of their tail.
 */
export function fileNameFor(text: string): string {
  const name = text === '' ? '%' : text.replace(/[^A-Za-z0-9._-]|^\./g, escapeUnit);
  if (name.length <= MAX_LENGTH) return name;
  // '%-' cannot come out of the escaping above, so a shortened name cannot be another text's full
  // name.
  const hash = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex');
  return `${name.slice(0, MAX_LENGTH - hash.length - 2)}%-${hash}`;
}

const escapeUnit = (unit: string): string =>
  `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
