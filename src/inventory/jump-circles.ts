import type {Host} from '../model/host.js';

import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import {isDefect, readDestination} from './host-names.js';

/**
 * Complains about hosts that would be reached through themselves, e.g. a bastion in the group that
 * jumps over it.
 */
export function complainAboutJumpCircles(hosts: readonly Host[], book: ComplaintBook): void {
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const firstHop = (host: Host): Host | undefined => {
    const read = readDestination(host.proxyJump?.[0] ?? '');
    return isDefect(read) ? undefined : byName.get(read.host);
  };
  // Only the first hop uses its own settings; the others are reached through it.
  const done = new Set<string>();
  for (const start of hosts) {
    const walked = new Set<Host>();
    let host: Host | undefined = start;
    while (host !== undefined && !done.has(host.name) && !walked.has(host)) {
      walked.add(host);
      host = host.proxyJump === undefined ? undefined : firstHop(host);
    }
    const path = [...walked];
    for (const each of path) done.add(each.name);
    const entry = host === undefined ? -1 : path.indexOf(host);
    const [first] = entry === -1 ? [] : path.slice(entry);
    if (first === undefined) continue;
    const round = [...path.slice(entry), first].map(({name}) => quoted(name)).join(' > ');
    const message = `the host ${quoted(first.name)} would be reached through itself: ${round}`;
    book.complain(
      first.origin,
      message,
      `Give ${first.name} proxyJump: none, or another jump host.`,
    );
  }
}
