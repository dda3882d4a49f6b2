import {hash} from 'node:crypto';

/** Made once, at random: what tells ids of this tool from everybody else's. Never change it. */
const ZBUFCTL = Buffer.from('6f0b7c1e2f0d4c539c530f6f2b8a6d41', 'hex');

/** The nibble that RFC 9562 has the variant in, by what the hash has there. */
const VARIANT = '89ab89ab89ab89ab';

/**
 * A UUID (version 5, RFC 9562) for a thing that these parts name, in this report and in every later
 * one: an auditor's tool can follow a host or a finding from run to run.
 */
export const uuidOf = (kind: string, ...parts: readonly (string | number)[]): string =>
  uuidOfList(kind, parts);

/** The same of very many parts. */
export function uuidOfList(kind: string, parts: readonly (string | number)[]): string {
  const name = JSON.stringify([kind, ...parts]);
  const hex = hash('sha1', Buffer.concat([ZBUFCTL, Buffer.from(name)]), 'hex');
  const variant = VARIANT[Number.parseInt(hex.charAt(16), 16)] ?? '';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
