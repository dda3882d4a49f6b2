import type {Descriptor} from '../model/evidence.js';
import type {HostChange} from '../model/watch.js';
import type {Movement} from '../rules/reading/movement.js';
import {movement, showsLife} from '../rules/reading/movement.js';

import type {Sample} from './sample.js';
import type {Key} from './two-samples.js';
import {keyed, pairsOf} from './two-samples.js';
import type {Look, Step, Watched, WatchedHost} from './watched-host.js';
import {captureOf, nameOf} from './watched-host.js';

/**
 * Samples for which a second look counts when nothing changed since. A fork may have taken the
 * buffers of a capture that rests meanwhile: nothing is lost until a packet arrives, and that is
 * seen at once; but what an audit would say is to be said here, too.
 */
export const LOOK_AGAIN = 10;

/** Samples in a row in which a capture may be new, or come and go, until that is unknown. */
const UNCOMPARED = 2;

/** What came of a sample, and the captures that only a second look can judge. */
export interface SampleStep extends Step {
  readonly look: readonly Key[];
}

/**
 * Compares a sample with the one before it. What shows life is well; what does not move is left as
 * it was known, and has to be looked at. A sample that could not be taken changes nothing of what
 * is known of captures: the host is not known until there is one again.
 *
 * @param serviceOf the service a program of this host is
 */
export function takeSample(
  host: WatchedHost,
  sample: Sample,
  serviceOf: (descriptor: Descriptor) => string | undefined,
): SampleStep {
  if (sample.state !== 'read') return notTaken(host, sample);
  const changes: HostChange[] = host.sampling === 'failed' ? [{event: 'sample-works'}] : [];
  const look: Key[] = [];
  const now = keyed(sample.value, (descriptor) => descriptor);
  for (const [key, watched] of host.captures)
    if (!isSame(watched.descriptor, now.get(key)))
      changes.push({event: 'capture-gone', ...captureOf(watched), was: watched.state});

  const pairs = pairsOf(host.latest ?? [], sample.value);
  const captures = new Map<Key, Watched>();
  for (const [key, descriptor] of now) {
    const known = host.captures.get(key);
    const isKnown = known !== undefined && isSame(known.descriptor, descriptor);
    const old = isKnown ? {...known, descriptor} : newly(descriptor, serviceOf(descriptor));
    if (!isKnown) changes.push({event: 'capture-seen', ...captureOf(old)});
    const pair = pairs.get(key);
    const step = pair === undefined ? notCompared(old, host) : judged(old, movement(pair));
    captures.set(key, step.watched);
    changes.push(...step.changes);
    if (step.look === true) look.push(key);
  }
  return {
    host: {
      ...(host.latest === undefined ? {} : {earlier: host.latest}),
      latest: sample.value,
      captures,
      sampling: 'works',
      assessed: host.latest !== undefined || sample.value.length === 0,
    },
    changes,
    look,
  };
}

function notTaken(host: WatchedHost, sample: Exclude<Sample, {state: 'read'}>): SampleStep {
  const why = sample.state === 'absent' ? 'netstat -B printed nothing' : sample.why;
  return {
    host: {...host, sampling: 'failed'},
    changes: host.sampling === 'failed' ? [] : [{event: 'sample-failed', why}],
    look: [],
  };
}

/** Counters only grow for the life of a descriptor: smaller ones belong to a new one. */
export const isSame = (old: Descriptor, now: Descriptor | undefined): boolean =>
  now !== undefined && now.received >= old.received && now.command === old.command;

const newly = (descriptor: Descriptor, service: string | undefined): Watched => ({
  descriptor,
  ...(service === undefined ? {} : {service}),
  state: 'new',
  uncompared: 0,
});

interface WatchedStep {
  readonly watched: Watched;
  readonly changes: readonly HostChange[];
  readonly look?: true;
}

/** What appeared since the last sample is compared with the next; what never can be is open. */
function notCompared(old: Watched, {latest}: WatchedHost): WatchedStep {
  if (latest === undefined) return {watched: old, changes: []};
  const uncompared = old.uncompared + 1;
  const isOpen = uncompared > UNCOMPARED && (old.state === 'new' || old.state === 'well');
  if (!isOpen) return {watched: {...old, uncompared}, changes: []};
  const watched: Watched = {...old, uncompared, state: 'unknown'};
  return {
    watched,
    changes: [
      {
        event: 'capture-unknown',
        ...captureOf(watched),
        summary: `${nameOf(watched)} is opened and closed all the time, so no two samples can be compared.`,
        because: [],
        fix: 'Look at the program itself, or run zbufctl audit with --with-helper.',
      },
    ],
  };
}

function judged(before: Watched, moves: Movement): WatchedStep {
  const old = {...before, uncompared: 0};
  if (showsLife(moves)) return lives(old);
  // Buffers that a fork took do not come back: until it moves, it is what it was.
  if (old.state === 'stalled') return {watched: old, changes: []};
  const look = old.look === undefined ? undefined : {...old.look, age: old.look.age + 1};
  const watched = look === undefined ? old : {...old, look};
  return {watched, changes: [], ...(stillStands(watched, moves) ? {} : {look: true})};
}

/** Whether what a look found still counts of a capture that does not move. */
export const stillStands = (watched: Watched, moves: Movement): boolean =>
  watched.look !== undefined &&
  watched.look.age < LOOK_AGAIN &&
  sameAsThen(watched, watched.look, moves);

/** Nothing has come since the look; or it was unknown then, for a reason that is still there. */
const sameAsThen = ({descriptor, state}: Watched, look: Look, moves: Movement): boolean =>
  isUnchanged(look.descriptor, descriptor) || (state === 'unknown' && look.moves === moves);

const isUnchanged = (then: Descriptor, now: Descriptor): boolean =>
  now.received === then.received &&
  now.matched === then.matched &&
  now.dropped === then.dropped &&
  now.storeLength === then.storeLength &&
  now.holdLength === then.holdLength;

/** It was seen to take its packets. */
export function lives({look: _look, waived: _waived, ...old}: Watched): WatchedStep {
  const watched: Watched = {...old, state: 'well'};
  return {
    watched,
    changes:
      old.state === 'stalled' || old.state === 'unknown'
        ? [{event: 'capture-recovered', ...captureOf(watched), was: old.state}]
        : [],
  };
}
