import type {Descriptor} from '../../model/evidence.js';
import type {Failure} from '../../model/failure.js';
import type {Session} from '../../model/transport.js';
import {findServices} from '../../knowledge/find-service.js';
import {parseSample} from '../../watch/sample.js';
import {LARGEST_SAMPLE, SampleStream} from '../../watch/sample-stream.js';
import {takeSample} from '../../watch/take-sample.js';

import {lookAtHost} from './look-at-host.js';
import type {WatchDeps, WatchOptions} from './watch-options.js';
import type {Watching} from './watching.js';

/** Seconds one script goes on: a host that was forgotten is not sampled for longer. */
const SCRIPT_SECONDS = 3600;
/** Seconds without a sign of life (templates/watch), and as long again for a host that is slow. */
const SIGN_SECONDS = 60;
/** The most setTimeout takes. */
const LONGEST_MS = 2 ** 31 - 1;

const ENDED: Failure = {
  kind: 'cut',
  message: 'the script that samples ended before its time',
  fix: "Look at the host's log: it may be short of memory, or be shutting down.",
};

const HASTY: Failure = {
  kind: 'flooded',
  message: 'the host sends samples faster than it was asked to',
  fix: 'Look at the host: what answers there is not the script it was sent.',
};

/**
 * Samples a host over a connection until enough were taken, or the connection is gone.
 * @param left samples to be taken; undefined: for ever
 * @returns why it ended before; undefined: enough were taken
 */
export async function sampleHost(
  watching: Watching,
  session: Session,
  left: number | undefined,
  options: WatchOptions,
  deps: WatchDeps,
): Promise<Failure | undefined> {
  const atOnce = Math.max(1, Math.floor(SCRIPT_SECONDS / options.interval));
  for (let todo = left ?? Infinity, wait = 0; todo > 0; wait = options.interval) {
    const samples = Math.min(todo, atOnce);
    const failure = await oneScript(watching, session, {samples, wait}, options, deps);
    if (failure !== undefined) return failure;
    todo -= samples;
  }
  return undefined;
}

async function oneScript(
  watching: Watching,
  session: Session,
  {samples, wait}: {readonly samples: number; readonly wait: number},
  {interval, timeoutMs}: WatchOptions,
  deps: WatchDeps,
): Promise<Failure | undefined> {
  const {limit} = deps.scripts;
  const stream = new SampleStream();
  // Not AbortSignal.any: what is made of a signal that lives for months is kept as long.
  const given = new AbortController();
  const stop = (): void => {
    given.abort();
  };
  deps.signal.addEventListener('abort', stop);
  if (deps.signal.aborted) stop();
  const looks = new Set<Promise<void>>();
  let [taken, failure] = [0, undefined as Failure | undefined];
  const takeOne = (bytes: Buffer): Failure | undefined => {
    const sample = parseSample(bytes);
    if (!sample.ok) return sample.error;
    taken += 1;
    if (taken > samples) return HASTY;
    const step = takeSample(watching.state, sample.value, (d) => serviceOf(watching, d, deps));
    watching.sampled(step, deps.now());
    if (step.look.length === 0 || looks.size > 0) return undefined;
    const looking = lookAtHost(watching, session, step.look, timeoutMs, deps).finally(() =>
      looks.delete(looking),
    );
    looks.add(looking);
    return undefined;
  };
  const reply = await session.run(deps.scripts.sample(samples, wait), {
    timeoutMs: Math.min(LONGEST_MS, (wait + samples * (interval + limit)) * 1000 + timeoutMs),
    maxBytes: samples * LARGEST_SAMPLE,
    unheardMs: (Math.min(interval, SIGN_SECONDS) + SIGN_SECONDS + limit) * 1000,
    streams: true,
    signal: given.signal,
    onChunk: (chunk) => {
      if (failure !== undefined) return;
      const whole = stream.take(chunk);
      for (const bytes of whole.ok ? whole.value : []) failure ??= takeOne(bytes);
      if (!whole.ok) failure = whole.error;
      if (failure !== undefined) stop();
    },
  });
  deps.signal.removeEventListener('abort', stop);
  await Promise.all(looks);
  if (failure !== undefined) return failure;
  if (!reply.ok) return reply.error;
  if (taken >= samples) {
    const least = (wait + (samples - 1) * interval) * 1000;
    return reply.value.durationMs < least / 2 ? HASTY : undefined;
  }
  // What the host says instead of a sample tells why there is none.
  const rest = parseSample(stream.rest, reply.value.stderr);
  return rest.ok || taken > 0 ? ENDED : rest.error;
}

/** By the name of the process: its arguments are seen in a second look only. */
function serviceOf(
  {host}: Watching,
  {command}: Descriptor,
  {servicesFor}: WatchDeps,
): string | undefined {
  const found = findServices(servicesFor(host), {command});
  return found.length === 1 ? found[0]?.id : undefined;
}
