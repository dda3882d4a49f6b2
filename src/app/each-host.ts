import type {AskAgain} from '../model/failure.js';
import type {Host} from '../model/host.js';

import {jumpLanes} from './jump-lanes.js';
import {Narrowing} from './narrowing.js';
import {AGAIN, pool} from './pool.js';

/** What became of asking a host. */
export interface HostResult<R> {
  readonly result: R;
  readonly again?: AskAgain | undefined;
}

/** This machine cannot carry as many hosts at a time: from now on so many. */
export interface Narrowed {
  readonly kind: 'narrowed';
  readonly concurrency: number;
}

/**
 * Asks hosts, so many at a time, and of those behind one jump host no more than it is to carry. A
 * host that met a shortage of this machine is asked again, when fewer are asked at a time.
 * @returns in the order of the hosts; undefined: stopped before its turn
 */
export function eachHost<R>(
  hosts: readonly Host[],
  {
    concurrency,
    perJumpHost,
  }: {readonly concurrency: number; readonly perJumpHost?: number | undefined},
  {onEvent, signal}: {readonly onEvent: (event: Narrowed) => void; readonly signal: AbortSignal},
  ask: (host: Host) => Promise<HostResult<R>>,
  onDone: (host: Host, result: R) => void = () => undefined,
): Promise<(R | undefined)[]> {
  const width = new Narrowing(concurrency, (fewer) => {
    onEvent({kind: 'narrowed', concurrency: fewer});
  });
  return pool<Host, R>(
    hosts,
    width,
    async (host) => {
      const {epoch} = width;
      const {result, again} = await ask(host);
      if (again === 'fewer' && width.narrow(epoch)) return AGAIN;
      onDone(host, result);
      return result;
    },
    signal,
    jumpLanes(hosts, perJumpHost),
  );
}
