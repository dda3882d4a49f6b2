import type {ShownReading} from '../model/finding.js';
import {absent, read} from '../model/reading.js';
import {shownReading, shownValue} from '../rules/reading/shown-reading.js';
import type {Capture} from '../rules/reading/capture.js';

import type {Judged, Traced} from './traced.js';
import {broken, open, works} from './traced.js';

/** Seconds after which a logger has written what it took. */
interface Writer {
  readonly paths: readonly string[];
  readonly delay: number;
}

/** Defaults: -d of pflogd(8) is 60 seconds; syslogd writes at once. */
const FILTERLOG: Writer = {
  paths: ['/var/log/filter.log', '/var/log/filter/latest.log'],
  delay: 5,
};
const PFLOGD_DELAY = 60;

/** Does what was taken arrive where people look? */
export function outputLayer(traced: Traced): Judged {
  const {captures, looks, evidence, wait} = traced;
  const [capture] = captures.state === 'read' ? captures.value : [];
  if (capture === undefined)
    return open('Without a capture nothing is written.', [], 'See the layers above.');
  const writer = writerOf(capture);
  if (writer === undefined)
    return open(
      `Where ${capture.command} writes is not known.`,
      [],
      `Look at its configuration; it has files open: procstat -f ${capture.pid}.`,
    );
  const [before, after] = looks.files;
  const names = writer.paths.join(' or ');
  if (after.state !== 'read')
    return open(
      'The files could not be looked at.',
      [shownReading(names, 'stat', after, () => '')],
      '',
    );
  const file = after.value.find(({path}) => writer.paths.includes(path));
  if (file === undefined)
    return broken(
      `${capture.command} should write to ${names}, and there is no such file.`,
      [shownReading(names, 'stat', absent)],
      writer === FILTERLOG
        ? 'Look at the line for filterlog in syslog.conf(5) or in syslog-ng, and restart that daemon.'
        : 'Restart it, so that it makes the file anew: service pflog restart; look at pflog_logfile.',
    );
  const old =
    before.state === 'read' ? before.value.find(({path}) => path === file.path) : undefined;
  const now = evidence.samples[1].at;
  const age = now.state === 'read' ? now.value - file.changed : undefined;
  const taken = capture.after.matched - capture.before.matched;
  const readings: ShownReading[] = [
    shownValue(
      `size of ${file.path}`,
      'stat, twice',
      `${old?.size ?? 'not seen'} then ${file.size}`,
    ),
    shownReading(
      'seconds since it changed',
      'stat',
      now.state === 'read' ? read(now.value - file.changed) : now,
    ),
    shownValue('packets taken meanwhile', 'netstat -B, twice', taken),
  ];
  if (old !== undefined && file.size > old.size) return works(`${file.path} grows.`, readings);
  if (age !== undefined && age <= writer.delay + 30)
    return works(`${file.path} was written ${Math.max(0, age)} seconds ago.`, readings);
  if (taken === 0)
    return open(
      `Nothing was logged while we looked, so whether ${file.path} grows is not known.`,
      readings,
      'Trace again while packets are logged.',
    );
  if (wait < writer.delay + 5)
    return open(
      `${file.path} did not grow while we looked; ${capture.command} writes at most every ${writer.delay} seconds.`,
      readings,
      `Trace again with --wait ${writer.delay + 10}.`,
    );
  return broken(
    `${capture.command} takes packets, and ${file.path} does not grow.`,
    readings,
    'Look for a full disk (df), and for messages of the logger in syslog; then restart it.',
  );
}

/** What the script looks at (plain in templates/collect/commands.sh): any other path was not. */
const LOOKED_AT = /^\/[\w./@%+,:=~-]*$/;

function writerOf({command, process}: Capture): Writer | undefined {
  if (command === 'filterlog') return FILTERLOG;
  if (command !== 'pflogd') return undefined;
  const args = process.state === 'read' ? process.value.args : '';
  const [, path = '/var/log/pflog'] = /^pflogd: \[\w+\] .*-f (\/\S+)/.exec(args) ?? [];
  return LOOKED_AT.test(path) && !path.includes('/../')
    ? {paths: [path], delay: PFLOGD_DELAY}
    : undefined;
}
