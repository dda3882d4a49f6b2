import type {Host} from '../model/host.js';
import type {Waiver} from '../model/waiver.js';

/**
 * Every waiver in the policies of these hosts, once, however many hosts share the policy. Each was
 * checked where its line is known; a merged policy has no lines of its own.
 */
export function waiversOf(hosts: readonly Host[]): readonly Waiver[] {
  const waivers = hosts.flatMap(({policy, origin}) =>
    (policy.waivers ?? []).map(({hosts: names = [], groups = [], ...waiver}): Waiver => ({
      ...waiver,
      hosts: names,
      groups,
      origin: {file: origin.file, line: 0},
    })),
  );
  return [...new Map(waivers.map((waiver) => [JSON.stringify(waiver), waiver])).values()];
}
