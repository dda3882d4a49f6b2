import type {Shard} from '../model/audit-run.js';
import {sha256} from './hash-chain.js';

/** More controllers than anybody has; a typing mistake beyond. */
const MOST = 1000;

/** Reads `2/4`; undefined when it is not written so, or is no part of the whole. */
export function parseShard(text: string): Shard | undefined {
  const [, part, of] = (/^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? []).map(Number);
  if (part === undefined || of === undefined || part > of || of > MOST) return undefined;
  return {part, of};
}

/**
 * Whether a host is in a shard. Only its name counts, so that every controller tells the same, and
 * no host moves when others are added.
 */
export const isInShard = (host: string, {part, of}: Shard): boolean =>
  Number.parseInt(sha256(host).slice(0, 8), 16) % of === part - 1;
