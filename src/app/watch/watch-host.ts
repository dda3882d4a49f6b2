import type {Failure, Result} from '../../model/failure.js';
import {forTheRecord} from '../../model/failure.js';
import type {Session} from '../../model/transport.js';

import {retryMs} from './retry.js';
import {sampleHost} from './sample-host.js';
import type {WatchDeps, WatchOptions} from './watch-options.js';
import type {Watching} from './watching.js';

/**
 * Watches one host: connects, samples as long as the connection lasts, and connects again, later
 * each time, when it is gone. Ends when it is stopped, or enough samples were tried.
 */
export async function watchHost(
  watching: Watching,
  options: WatchOptions,
  deps: WatchDeps,
): Promise<void> {
  const {count} = options;
  let inVain = 0;
  let missed = 0;
  const left = (): number | undefined =>
    count === undefined ? undefined : count - watching.samples - missed;
  while (!deps.signal.aborted && (left() ?? 1) > 0) {
    const before = watching.samples;
    const failure = await whileConnected(watching, left, options, deps);
    if (failure === undefined || isStopped(deps)) return;
    const answered = watching.samples > before;
    inVain = answered ? 1 : inVain + 1;
    if (!answered) missed += 1;
    watching.lost(forTheRecord(failure));
    if ((left() ?? 1) > 0)
      await deps.wait(retryMs(failure.kind, inVain, deps.random()), deps.signal);
  }
}

/** Asked anew each time: it changes while we wait. */
const isStopped = ({signal}: WatchDeps): boolean => signal.aborted;

/** @returns why the host is not connected any more; undefined: enough samples were taken */
async function whileConnected(
  watching: Watching,
  left: () => number | undefined,
  options: WatchOptions,
  deps: WatchDeps,
): Promise<Failure | undefined> {
  const connected = await reach(watching, options, deps);
  if (!connected.ok) return connected.error;
  const session = connected.value;
  try {
    watching.connecting();
    return await sampleHost(watching, session, left(), options, deps);
  } finally {
    session.close();
  }
}

/** A connection, when it is its turn: --concurrency, --rate and --per-jump-host count for these. */
async function reach(
  {host}: Watching,
  {timeoutMs, acceptNew}: WatchOptions,
  {turns, pacing, transport, signal}: WatchDeps,
): Promise<Result<Session>> {
  const leave = await turns.enter(host.proxyJump?.[0]);
  try {
    await pacing.turn();
    return await transport.connect(host, {
      connectTimeoutMs: timeoutMs,
      authTimeoutMs: timeoutMs,
      acceptNew,
      signal,
    });
  } finally {
    leave();
  }
}
