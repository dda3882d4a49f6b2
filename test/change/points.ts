import type {Step} from '../../src/model/step.js';

import {steps} from './change-host.js';

/**
 * Which calls of an undisturbed run are disturbed, and how: each one that can make a difference.
 */

/** Small plans, so that together they have every kind of step and each point is reached quickly. */
export const plans: Readonly<Record<string, readonly Step[]>> = {
  'a file replaced, a value set': [steps.boot, steps.running],
  'a file that was not there': [steps.bootCreated],
  'an rc variable': [steps.rc],
  'a stalled service restarted': [steps.restart],
  'a mode given to a stalled service': [steps.install, steps.map, steps.restart],
};

/** Parts of a run, as the trace counts them (LAB_ACTOR). */
export const PARTS = [
  'begin',
  'take-lock',
  'work',
  'put-back',
  'put-back-early',
  'free-lock',
  'confirm',
  'undo',
] as const;
export type Part = (typeof PARTS)[number];

type When = 'before' | 'after';

export interface Point {
  readonly plan: string;
  readonly part: Part;
  readonly number: number;
  readonly when: When;
  readonly what: string;
}

/** What an undisturbed run of each plan called, part by part. */
export type Calls = ReadonlyMap<string, ReadonlyMap<Part, readonly string[]>>;

export interface Choice {
  readonly points: readonly Point[];
  /** How many there are, with those that are the same as another. */
  readonly all: number;
}

export const nameOf = (p: Point): string => `${p.plan}: ${p.part} ${p.number} ${p.when} ${p.what}`;

export const KILL = 'kill-script';
const FULL = 'fail No space left on device';
const DENIED = 'fail Operation not permitted';
/**
 * Only what asks for the time can see it: any other moment is the same as before the next such
 * call.
 */
const CLOCK = ['clock 400000', 'clock -400000'];

/** Everything happens to the work; the rest is only ever killed, and then undone or asked again. */
export function anything(part: Part, call: string): readonly string[] {
  if (call.includes('\tdate ') && ['begin', 'work', 'put-back'].includes(part))
    return [KILL, ...CLOCK, ...(part === 'work' ? [DENIED] : [])];
  if (part !== 'work') return [KILL];
  if (call.includes('\tservice ')) return [KILL, DENIED, 'hang'];
  return [KILL, /\t(?:sysctl|kill|ps|procstat|stat|chown|chmod) /.test(call) ? DENIED : FULL];
}

/**
 * A process that appears is seen by what lists processes: any other moment is the same as before
 * the next such call.
 */
export const decoys = (_: Part, call: string): readonly string[] =>
  /\t(?:ps|service) /.test(call) ? ['decoy pflog'] : [];

/** Calls that leave everything as it is. */
const READS =
  /\t(?:id|ps|stat|cmp|df|date|procstat|readlink|lockf .* true|sysctl -n|sysrc (?:-f \S+ )?-n|service \S+ onestatus)\b/;

/** As above, or it makes sure of what was written before. */
const WRITES_NOTHING = new RegExp(`${READS.source}|\\tfsync `);

/**
 * With which call what a part always does is over: the rest only asks, or does it again, as often
 * as it comes to that.
 */
const LAST: Partial<Record<Part, (calls: readonly string[]) => number>> = {
  begin: (calls) => calls.findLastIndex((call) => call.includes('\tdaemon ')),
  'put-back': (calls) => calls.findIndex((call) => call.includes('change.sh free-lock ')),
  'put-back-early': (calls) => calls.findIndex((call) => call.includes('change.sh free-lock ')),
  'free-lock': (calls) => calls.findIndex((call) => call.includes('zbufctl_undo')),
};

const countable = (part: Part, all: readonly string[]): readonly string[] =>
  all.slice(0, (LAST[part]?.(all) ?? all.length) + 1);

/**
 * A stop of a stalled service never returns, and who holds a lock for a part ends with it: there is
 * nothing after it.
 */
const whens = (call: string): readonly When[] =>
  call.endsWith('service pflog onestop') || call.includes('.lock /bin/sh -c ')
    ? ['before']
    : ['before', 'after'];

/** Names that differ from run to run taken out, and the file that a step is about. */
const plain = (call: string | undefined): string =>
  (call ?? '')
    .replace(/^\d+\t/, '')
    .replace(/\S*\/var\/db\/zbufctl\/\w+-apply-\w+/g, 'RUN')
    .replace(/\S*\/etc\/(?:sysctl\.conf\.local|sysctl\.conf|rc\.conf)/g, 'FILE')
    .replace(/\.zbufctl-\S+\.\w{6}\b/g, '.TMP')
    .replace(/\.\d+\b/g, '');

/**
 * To be killed after a call, or before one that only reads, is to be killed before the next one,
 * unless the shell itself writes in between: it syncs that. A clock is seen by the next that asks.
 */
const isKilledElsewhere = (when: When, call: string, next: string | undefined): boolean =>
  next !== undefined && !next.includes('\tfsync ') && (when === 'after' || READS.test(call));

/**
 * Chooses of all points those that differ: `seen` are failures of earlier plans, `first` the calls
 * of the first one.
 */
function pointsOf(
  {plan, part}: Pick<Point, 'plan' | 'part'>,
  calls: readonly string[],
  {
    seen,
    first,
    happenings,
  }: {seen: Set<string>; first: readonly string[]; happenings: typeof anything},
): Choice {
  const leadIn = calls.findIndex((call, at) => plain(call) !== plain(first[at]));
  const points: Point[] = [];
  let all = 0;
  for (const [at, call] of calls.entries()) {
    const next = calls[at + 1];
    for (const what of happenings(part, call)) {
      for (const when of whens(call)) {
        all += 1;
        if (what === KILL ? at < leadIn || isKilledElsewhere(when, call, next) : isSame(what, when))
          continue;
        points.push({plan, part, number: at + 1, when, what});
      }
    }
    function isSame(what: string, when: When): boolean {
      if (when === 'after' && (WRITES_NOTHING.test(call) || /^(?:clock|decoy)/.test(what)))
        return true;
      if (what.startsWith('decoy')) return false;
      // The same call in the same surroundings is the same line of the script.
      const failure = [part, plain(calls[at - 1]), plain(call), plain(next), what, when].join('\n');
      if (seen.has(failure)) return true;
      seen.add(failure);
      return false;
    }
  }
  return {points, all};
}

/** Parts that do the same whatever the plan; one plan shows it. */
const ALIKE: readonly Part[] = ['begin', 'take-lock', 'free-lock', 'confirm', 'undo'];

/** The points of these parts that differ, and how many there are in all. */
export function choose(calls: Calls, parts: readonly Part[], happenings = anything): Choice {
  const seen = new Set<string>();
  const [first] = calls.keys();
  const chosen: Point[] = [];
  let all = 0;
  for (const [plan, byPart] of calls) {
    for (const part of parts) {
      if (plan !== first && ALIKE.includes(part)) continue;
      const ofFirst = plan === first ? [] : (calls.get(first ?? '')?.get(part) ?? []);
      const made = pointsOf({plan, part}, countable(part, byPart.get(part) ?? []), {
        seen,
        first: ofFirst,
        happenings,
      });
      chosen.push(...made.points);
      all += made.all;
    }
  }
  return {points: chosen, all};
}
