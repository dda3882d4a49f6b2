import {createHash} from 'node:crypto';

/**
 * SHA-256 of a text's UTF-8 bytes, in hex or base64. A pure function, whatever module it comes
 * from.
 */
export const sha256 = (text: string, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash('sha256').update(text, 'utf8').digest(encoding);
