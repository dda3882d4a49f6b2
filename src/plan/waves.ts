import type {Share} from './share.js';
import {hostsIn} from './share.js';

export interface Wave<T> {
  readonly kind: 'canary' | 'batch';
  readonly hosts: readonly T[];
}

/**
 * Who is changed together, in order: the canaries, then batches. The next wave starts only when the
 * one before is done.
 * @param batch of all hosts; undefined: everything after the canaries at once. A batch has one host
 *   at least.
 */
export function waves<T>(
  hosts: readonly T[],
  canaries: number,
  batch: Share | undefined,
): Wave<T>[] {
  const first = hosts.slice(0, canaries);
  const rest = hosts.slice(canaries);
  const size = batch === undefined ? rest.length : Math.max(1, hostsIn(batch, hosts.length));
  const batches: Wave<T>[] = [];
  for (let at = 0; at < rest.length; at += size)
    batches.push({kind: 'batch', hosts: rest.slice(at, at + size)});
  return first.length === 0 ? batches : [{kind: 'canary', hosts: first}, ...batches];
}
