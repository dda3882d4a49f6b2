import {setMaxListeners} from 'node:events';

import type {Host} from '../../model/host.js';
import type {HostChange, WatchEnd, WatchEvent} from '../../model/watch.js';
import {isOpen, stalledNow} from '../../watch/watched-host.js';

import {nextWaits} from './beat.js';
import type {WatchDeps, WatchOptions} from './watch-options.js';
import {watchHost} from './watch-host.js';
import {Watching} from './watching.js';

export interface FleetDeps extends WatchDeps {
  readonly onEvent: (event: WatchEvent) => void;
}

/** What a watch comes to when it ends. */
export interface WatchResult {
  readonly why: WatchEnd;
  /** Captures that are stalled now, and nobody accepted that. */
  readonly stalled: number;
  /** Hosts of which that is not known now. */
  readonly open: readonly string[];
}

/** Seconds by which a sample of a slow host may be late beside two intervals. */
const LATE = 10;

/** Hosts that are watched together. */
export class WatchedFleet {
  readonly hosts: readonly Watching[];

  constructor(
    hosts: readonly Host[],
    private readonly options: WatchOptions,
    private readonly deps: FleetDeps,
  ) {
    const {interval} = options;
    const begun = deps.elapsed();
    const since = (): number => (deps.elapsed() - begun) / 1000;
    this.hosts = hosts.map(
      (host, at) =>
        new Watching(
          host,
          {
            nextWaits: (sampled) => nextWaits(interval, at / hosts.length, since(), sampled),
            elapsed: () => deps.elapsed(),
            patienceMs: (2 * interval + LATE) * 1000,
          },
          (about, change) => {
            this.tell(about, change);
          },
        ),
    );
  }

  /** Watches until it is stopped, its time is over, or every host gave enough samples. */
  async run(): Promise<WatchResult> {
    const {deps, options} = this;
    const {interval, forMs} = options;
    const stamp = {schema: 'zbufctl.watch/1', at: deps.now()} as const;
    deps.onEvent({...stamp, event: 'started', hosts: this.hosts.length, interval});
    const over = new AbortController();
    const either = AbortSignal.any([deps.signal, over.signal]);
    // Every host listens; Node's warning about more than 10 is for leaks.
    setMaxListeners(0, either);
    if (forMs !== undefined)
      void deps.wait(forMs, either).then(() => {
        over.abort();
      });
    const each = {...deps, signal: either};
    await Promise.all(this.hosts.map((watching) => watchHost(watching, options, each)));
    const why = deps.signal.aborted ? 'stopped' : over.signal.aborted ? 'time' : 'counted';
    over.abort();
    return this.ended(why);
  }

  private ended(why: WatchEnd): WatchResult {
    const {hosts, deps} = this;
    const open = hosts.filter((one) => !one.isHeard || isOpen(one.state));
    const stalled = hosts.reduce((sum, {state}) => sum + stalledNow(state).length, 0);
    deps.onEvent({
      schema: 'zbufctl.watch/1',
      at: deps.now(),
      event: 'ended',
      why,
      samples: hosts.reduce((sum, {samples}) => sum + samples, 0),
      stalled,
      notAssessed: open.length,
    });
    return {why, stalled, open: open.map(({host}) => host.name)};
  }

  private tell({name, practice}: Host, change: HostChange): void {
    this.deps.onEvent({
      schema: 'zbufctl.watch/1',
      at: this.deps.now(),
      host: name,
      ...(practice === true ? {practice} : {}),
      ...change,
    });
  }
}
