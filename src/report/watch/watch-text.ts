import {MAY_BE_ANOTHER} from '../../model/failure.js';
import type {WatchedCapture, WatchEvent} from '../../model/watch.js';
import {sanitize} from '../../text/sanitize.js';
import type {Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import {cleanName, plural} from '../terminal/page.js';

/** What a line is about, in one word, and how it is coloured. */
const WORD: Readonly<Record<WatchEvent['event'], readonly [word: string, tone: Tone]>> = {
  started: ['started', 'dim'],
  'host-connected': ['connected', 'good'],
  'host-lost': ['LOST', 'doubt'],
  'sample-failed': ['UNKNOWN', 'doubt'],
  'sample-works': ['seen', 'good'],
  'capture-seen': ['new', 'dim'],
  'capture-gone': ['gone', 'note'],
  'capture-stalled': ['STALLED', 'bad'],
  'capture-unknown': ['UNKNOWN', 'doubt'],
  'capture-recovered': ['recovered', 'good'],
  ended: ['ended', 'dim'],
};

/** A change as a line for people: time (UTC), word, host, what. Undefined: only with -v. */
export function watchLine(
  event: WatchEvent,
  {colour, verbose}: {readonly colour: boolean; readonly verbose: boolean},
): string | undefined {
  if (!verbose && isUsual(event)) return undefined;
  const [word, usual] = WORD[event.event];
  const tone =
    event.event === 'host-lost' && MAY_BE_ANOTHER.has(event.failure.kind) ? 'bad' : usual;
  const paint = painter(colour);
  const host = 'host' in event ? `${hostOf(event)}  ` : '';
  return `${event.at.slice(11, 19)}  ${paint(tone, word.padEnd(9))}  ${host}${whatOf(event)}\n`;
}

/** What happens all day, and is wrong with nobody. */
function isUsual(event: WatchEvent): boolean {
  switch (event.event) {
    case 'started':
    case 'capture-seen':
      return true;
    case 'host-connected':
      return !event.again;
    case 'capture-gone':
      return event.was === 'new' || event.was === 'well';
    case 'host-lost':
    case 'sample-failed':
    case 'sample-works':
    case 'capture-stalled':
    case 'capture-unknown':
    case 'capture-recovered':
    case 'ended':
      return false;
  }
}

/** The rest of the line, made harmless. */
export function whatOf(event: WatchEvent): string {
  switch (event.event) {
    case 'started':
      return `${plural(event.hosts, 'host')}, a sample every ${plural(event.interval, 'second')}`;
    case 'host-connected':
      return event.again ? 'connected again; counted from anew' : 'connected';
    case 'host-lost':
      return clean(event.failure.message);
    case 'sample-failed':
      return clean(`the sample failed: ${event.why}`);
    case 'sample-works':
      return 'captures are seen again';
    case 'capture-seen':
      return `${named(event)} captures`;
    case 'capture-gone':
      return `${named(event)} has ended or closed its capture${event.was === 'stalled' ? ', which was stalled' : ''}`;
    case 'capture-stalled':
      return clean(
        `${event.summary}${event.waived === undefined ? '' : ` (waived: ${event.waived})`}`,
      );
    case 'capture-unknown':
      return clean(event.summary);
    case 'capture-recovered':
      return `${named(event)} takes its packets`;
    case 'ended':
      return `${plural(event.samples, 'sample')}; stalled now: ${event.stalled}; hosts not assessed: ${event.notAssessed}`;
  }
}

/** The host as a reader is to see it, made harmless. */
export const hostOf = ({host, practice}: Extract<WatchEvent, {host: string}>): string =>
  `${cleanName(host)}${practice === true ? ' (practice)' : ''}`;

const named = ({program, pid, interface: name}: WatchedCapture): string =>
  `${cleanName(program)} (pid ${pid}) on ${cleanName(name)}`;

const clean = (text: string): string => sanitize(text, {limit: 1000});
