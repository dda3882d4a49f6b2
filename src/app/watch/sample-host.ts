import type {Descriptor} from '../../model/evidence.js';
import type {Failure} from '../../model/failure.js';
import type {Session} from '../../model/transport.js';
import {findServices} from '../../knowledge/find-service.js';
import {parseSample} from '../../watch/sample.js';
import {LARGEST_SAMPLE, SampleStream} from '../../watch/sample-stream.js';
import {takeCheck} from '../../watch/take-check.js';
import {takeSample} from '../../watch/take-sample.js';

import type {Still} from './look-at-host.js';
import {lookAtHost} from './look-at-host.js';
import type {WatchDeps, WatchOptions} from './watch-options.js';
import type {Watching} from './watching.js';

/** Seconds one script goes on: a host that was forgotten is not sampled for longer. */
const SCRIPT_SECONDS = 3600;
/** Seconds without a sign of life (templates/watch), and the least more for a host that is slow. */
const SIGN_SECONDS = 60;
const LEAST_PATIENCE = 10;
/** Samples that may come before their time: the first ones are half an interval apart. */
const EARLY = 3;
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
  let sampledAt: number | undefined;
  for (let todo = left ?? Infinity; todo > 0;) {
    const samples = Math.min(todo, atOnce);
    const sampled = sampledAt === undefined ? undefined : (deps.elapsed() - sampledAt) / 1000;
    const waits = watching.beat.nextWaits(sampled).slice(0, samples);
    todo -= samples;
    const failure = await oneScript(
      watching,
      session,
      {samples, waits, more: todo > 0, onSample: () => (sampledAt = deps.elapsed())},
      options,
      deps,
    );
    if (failure !== undefined) return failure;
  }
  return undefined;
}

interface ScriptOf {
  readonly samples: number;
  readonly waits: readonly number[];
  /** Samples by another script follow. */
  readonly more: boolean;
  readonly onSample: () => void;
}

async function oneScript(
  watching: Watching,
  session: Session,
  {samples, waits, more, onSample}: ScriptOf,
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
  let [taken, mayCheck, failure] = [0, false, undefined as Failure | undefined];
  const look = (still: Still): void => {
    if (still.keys.length === 0 || looks.size > 0) return;
    const looking = lookAtHost(watching, session, still, timeoutMs, deps).finally(() =>
      looks.delete(looking),
    );
    looks.add(looking);
  };
  const begun = deps.elapsed();
  const due = (): number => EARLY + (2 * (deps.elapsed() - begun)) / 1000 / interval;
  const takeOne = (bytes: Buffer): Failure | undefined => {
    const sent = parseSample(bytes);
    if (!sent.ok) return sent.error;
    const {sample, between} = sent.value;
    if (between ? !mayCheck : taken >= Math.min(samples, due())) return HASTY;
    mayCheck = !between;
    const {state} = watching;
    if (between) {
      look({keys: takeCheck(state, sample), since: state.latest});
      return undefined;
    }
    taken += 1;
    onSample();
    const step = takeSample(state, sample, (d) => serviceOf(watching, d, deps));
    watching.sampled(step, deps.now());
    look({keys: step.look, since: step.host.earlier});
    return undefined;
  };
  const patience = Math.max(LEAST_PATIENCE, Math.min(interval / 2, SIGN_SECONDS));
  const planned = waits.reduce((sum, wait) => sum + wait, (samples - waits.length) * interval);
  const reply = await session.run(deps.scripts.sample(samples, more, waits), {
    timeoutMs: Math.min(LONGEST_MS, (planned + interval + 2 * samples * limit) * 1000 + timeoutMs),
    // Each may be followed by one in between.
    maxBytes: 2 * samples * LARGEST_SAMPLE,
    unheardMs: (Math.min(interval, SIGN_SECONDS) + patience + limit) * 1000,
    streams: true,
    endsWithInput: true,
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
  if (taken >= samples) return reply.value.durationMs < planned * 500 ? HASTY : undefined;
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
