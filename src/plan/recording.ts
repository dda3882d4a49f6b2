import type {Recording} from '../model/apply-run.js';
import {RECORDINGS} from '../model/apply-run.js';
import type {Descriptor, Evidence} from '../model/evidence.js';
import type {TwoLooks} from '../model/two-looks.js';
import {captures} from '../rules/reading/capture.js';
import {descriptorKey} from '../rules/reading/evidence-index.js';
import {movement} from '../rules/reading/movement.js';

/**
 * The least a packet takes in a buffer: struct bpf_hdr of the smallest machine, without any of the
 * packet.
 */
const LEAST_BYTES = 20;

/** What two looks at one capture show. `stalled`: packets arrive, and nobody takes them. */
export function lookAt(before: Descriptor, after: Descriptor): Recording | 'stalled' {
  const arrived = after.matched - before.matched;
  if (arrived <= 0) return after.received > before.received ? 'alive' : 'untested';
  if (movement({before, after}) === 'frozen') return 'stalled';
  // More may have come since the last read; what is less than came was taken.
  const left = after.storeLength + after.holdLength - before.storeLength - before.holdLength;
  return left < arrived * LEAST_BYTES ? 'recording' : 'alive';
}

/** The least of several. */
export const least = (words: readonly Recording[]): Recording | undefined =>
  [...RECORDINGS].reverse().find((word) => words.includes(word));

/**
 * The better of two looks at the same capture, whichever came first; a stall is one, whatever was
 * seen before.
 */
export const better = (
  a: Recording | 'stalled',
  b: Recording | 'stalled',
): Recording | 'stalled' =>
  a === 'stalled' || b === 'stalled'
    ? 'stalled'
    : RECORDINGS.indexOf(a) <= RECORDINGS.indexOf(b)
      ? a
      : b;

/** What is known of some captures from the evidence, and from looks after it. */
export function recordingOf(
  mine: readonly Descriptor[],
  evidence: Evidence,
  looks?: TwoLooks,
): Recording | 'stalled' {
  const all = captures(evidence);
  const paired = all.state === 'read' ? all.value.captures : [];
  const words = mine.map((capture) => {
    const pair = paired.find(({after}) => after === capture);
    const first = pair === undefined ? 'untested' : lookAt(pair.before, pair.after);
    const again = looks === undefined ? undefined : sameIn(looks, capture);
    return again === undefined ? first : better(first, lookAt(...again));
  });
  return words.includes('stalled')
    ? 'stalled'
    : (least(words.filter((w) => w !== 'stalled')) ?? 'untested');
}

/** The same capture in both looks; undefined when it is not certain that it is the same. */
function sameIn(
  {before, after}: TwoLooks,
  capture: Descriptor,
): [Descriptor, Descriptor] | undefined {
  const key = descriptorKey(capture);
  const only = (list: readonly Descriptor[]): Descriptor | undefined => {
    const same = list.filter((d) => descriptorKey(d) === key);
    return same.length === 1 ? same[0] : undefined;
  };
  const [old, now] = [only(before), only(after)];
  return old === undefined || now === undefined || now.received < old.received
    ? undefined
    : [old, now];
}

/**
 * Interfaces on which a packet of our own can be harmless; what is sent, if any, the host decides.
 */
const TESTABLE: readonly string[] = ['lo0', 'pflog0'];

export const testable = (mine: readonly Descriptor[]): readonly string[] =>
  TESTABLE.filter((name) => mine.some(({interfaceName}) => interfaceName === name));

/** For people, after "X captures on Y". */
export const RECORDING_TEXT: Readonly<Record<Recording, string>> = {
  recording: 'and takes its packets',
  alive: 'packets arrive there, and none was seen to be taken yet',
  untested: 'not tested: no packet arrived',
};
