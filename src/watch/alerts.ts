import {MAY_BE_ANOTHER} from '../model/failure.js';
import type {WatchEvent} from '../model/watch.js';

/** Milliseconds in which changes are gathered: what hits many hosts at once is told once. */
export const GATHER_MS = 1000;

/**
 * What a change is to somebody who is not looking. `bad`: told at once. `doubtful`: told when it
 * lasts: a host that boots, or one sample that fails, is no news. `over`: told when what it ends
 * was told. `silent`: never told.
 */
type Weight = 'bad' | 'doubtful' | 'over' | 'silent';

const WEIGHT: Readonly<Record<WatchEvent['event'], Weight>> = {
  started: 'silent',
  'host-connected': 'over',
  'host-lost': 'doubtful',
  'sample-failed': 'doubtful',
  'sample-works': 'over',
  'capture-seen': 'silent',
  'capture-gone': 'over',
  'capture-stalled': 'bad',
  'capture-unknown': 'doubtful',
  'capture-recovered': 'over',
  ended: 'silent',
};

/** A host that may be another one is not waited for. */
const weightOf = (event: WatchEvent): Weight =>
  event.event === 'host-lost' && MAY_BE_ANOTHER.has(event.failure.kind)
    ? 'bad'
    : WEIGHT[event.event];

/** What changes are about: only the last word on each counts. */
function topicOf(event: WatchEvent): string {
  switch (event.event) {
    case 'started':
    case 'ended':
      return '';
    case 'host-connected':
    case 'host-lost':
      return `host ${event.host}`;
    case 'sample-failed':
    case 'sample-works':
      return `sample ${event.host}`;
    case 'capture-seen':
    case 'capture-gone':
    case 'capture-stalled':
    case 'capture-unknown':
    case 'capture-recovered':
      return `capture ${event.pid} ${event.interface} ${event.host}`;
  }
}

interface Topic {
  /** What is to be told, and when. */
  readonly open?: {readonly event: WatchEvent; readonly dueAt: number};
  /** What it is about was told to be wrong. */
  readonly told: boolean;
}

/** Which changes somebody is told of, each once. Times are milliseconds of any clock. */
export class Alerts {
  private readonly topics = new Map<string, Topic>();

  /** @param patienceMs how long something doubtful may last */
  constructor(private readonly patienceMs: number) {}

  take(event: WatchEvent, now: number): void {
    const weight = weightOf(event);
    const isAccepted = event.event === 'capture-stalled' && event.waived !== undefined;
    if (weight === 'silent' || isAccepted) return;
    const topic = topicOf(event);
    const {told, open} = this.topics.get(topic) ?? {told: false};
    if (weight !== 'over') {
      const dueAt = now + (weight === 'bad' ? GATHER_MS : this.patienceMs);
      this.topics.set(topic, {open: {event, dueAt}, told});
    } else if (told) this.topics.set(topic, {open: {event, dueAt: now + GATHER_MS}, told});
    // Nobody heard of it: nobody needs to hear that it is over.
    else if (open !== undefined) this.topics.delete(topic);
  }

  /** What is to be told by now, and is told with that. */
  due(now: number): readonly WatchEvent[] {
    const events: WatchEvent[] = [];
    for (const [topic, {open}] of this.topics) {
      if (open === undefined || open.dueAt > now) continue;
      events.push(open.event);
      if (WEIGHT[open.event.event] === 'over') this.topics.delete(topic);
      else this.topics.set(topic, {told: true});
    }
    return events;
  }
}
