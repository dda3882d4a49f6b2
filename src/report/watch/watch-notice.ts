import {MAY_BE_ANOTHER} from '../../model/failure.js';
import type {Notice, NoticeLevel} from '../../model/notify.js';
import type {WatchEvent, WatchNotice} from '../../model/watch.js';
import {sanitize} from '../../text/sanitize.js';
import {plural} from '../terminal/page.js';

import {hostOf, whatOf} from './watch-text.js';

/** Changes that are told; the rest is a number. */
const CHANGES = 30;

/** Some changes of a watch, for somebody who is not looking. */
export function noticeOfWatch(events: readonly WatchEvent[]): Notice {
  const level = levelOf(events);
  const subject = subjectOf(events);
  const lines = events.slice(0, CHANGES).flatMap((event) => {
    const host = 'host' in event ? `${hostOf(event)}: ` : '';
    return [
      `${event.at}  ${host}${whatOf(event)}`,
      ...(event.event === 'capture-stalled' && event.fix !== ''
        ? [`  ${sanitize(event.fix, {limit: 1000})}`]
        : []),
    ];
  });
  const more = events.length - CHANGES;
  const text = `${[...lines, ...(more > 0 ? [`... and ${plural(more, 'change')} more`] : [])].join('\n')}\n`;
  const document: WatchNotice = {
    schema: 'zbufctl.watch-notice/1',
    level,
    subject,
    text,
    changes: events,
  };
  return {level, subject, text, document: {...document}};
}

function levelOf(events: readonly WatchEvent[]): NoticeLevel {
  const kinds = new Set(events.map(({event}) => event));
  if (kinds.has('capture-stalled') || events.some(isAnotherKey)) return 'bad';
  return kinds.has('host-lost') || kinds.has('sample-failed') || kinds.has('capture-unknown')
    ? 'warning'
    : 'good';
}

const isAnotherKey = (event: WatchEvent): boolean =>
  event.event === 'host-lost' && MAY_BE_ANOTHER.has(event.failure.kind);

/** Words of a subject, the worst first. */
const SUBJECTS: readonly (readonly [WatchEvent['event'], (count: number) => string])[] = [
  ['capture-stalled', (n) => `${plural(n, 'capture')} stalled`],
  ['capture-unknown', (n) => `${plural(n, 'capture')} not known`],
  ['host-lost', (n) => `${plural(n, 'host')} lost`],
  ['sample-failed', (n) => `${plural(n, 'host')} not seen`],
  ['capture-recovered', (n) => `${plural(n, 'capture')} recovered`],
  ['capture-gone', (n) => `${plural(n, 'capture')} gone`],
  ['host-connected', (n) => `${plural(n, 'host')} back`],
  ['sample-works', (n) => `${plural(n, 'host')} seen again`],
];

function subjectOf(events: readonly WatchEvent[]): string {
  const others = events.filter(isAnotherKey).length;
  const words = SUBJECTS.flatMap(([kind, say]) => {
    const count = events.filter((event) => event.event === kind && !isAnotherKey(event)).length;
    return count === 0 ? [] : [say(count)];
  });
  if (others > 0) words.unshift(`host key of ${plural(others, 'host')} not the known one`);
  const hosts = [...new Set(events.flatMap((event) => ('host' in event ? [event.host] : [])))];
  const where = hosts.length === 1 ? ` on ${hosts[0] ?? ''}` : ` on ${hosts.length} hosts`;
  const isPractice = events.every((event) => 'host' in event && event.practice === true);
  return sanitize(`zbufctl watch: ${words.join(', ')}${where}${isPractice ? ' (practice)' : ''}`, {
    limit: 150,
  });
}
