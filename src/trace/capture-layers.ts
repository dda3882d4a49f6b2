import type {ShownReading} from '../model/finding.js';
import {shownReading, shownValue} from '../rules/reading/shown-reading.js';
import {bufferMode} from '../rules/reading/buffer-mode.js';
import type {Capture} from '../rules/reading/capture.js';

import type {Judged, Traced} from './traced.js';
import {broken, open, works} from './traced.js';

const named = ({command, pid, interfaceName}: Capture): string =>
  `${command} (pid ${pid}) on ${interfaceName}`;

const LOOK = 'Run netstat -B on the host as root.';

/** Does somebody listen, and does its filter let anything pass? */
export function descriptorLayer({captures, interfaceNames, evidence, service}: Traced): Judged {
  const names = interfaceNames.join(', ');
  if (captures.state !== 'read') {
    const reading = shownReading(`captures on ${names}`, 'netstat -B', captures, () => '');
    return open('Could not tell who captures.', [reading], LOOK);
  }
  if (captures.value.length === 0) {
    const {enabled} = evidence.rc;
    const started = shownReading('services rc starts', 'rc.conf', enabled, (list) =>
      list.some((path) => path.endsWith('/pflog')) ? 'pflog among them' : 'pflog is not among them',
    );
    return broken(
      service === undefined
        ? `Nobody captures on ${names}: what pf logs is dropped.`
        : `${service.name} has no capture on ${names}.`,
      [shownValue(`captures on ${names}`, 'netstat -B', 0), started],
      'Start the logger: service pflog onestart; for every boot, sysrc pflog_enable=YES.',
    );
  }
  const readings = captures.value.flatMap((capture): ShownReading[] => [
    shownValue(
      `packets ${named(capture)} was shown`,
      'netstat -B, twice',
      `${capture.before.received} then ${capture.after.received}`,
    ),
    shownValue(
      `packets its filter let pass`,
      'netstat -B, twice',
      `${capture.before.matched} then ${capture.after.matched}`,
    ),
  ]);
  const blind = captures.value.find(({after}) => after.received > 0 && after.matched === 0);
  if (blind !== undefined)
    return broken(
      `The filter of ${named(blind)} lets none of ${blind.after.received} packets pass.`,
      readings,
      'Look at the expression it was started with (for pflogd: pflog_flags in rc.conf), and restart it.',
    );
  return works(`${captures.value.map(named).join(', ')} captures.`, readings);
}

/** Does it get its packets, or did a fork take its buffers? ZBUF-001 decides. */
export function buffersLayer({captures, stalls, evidence}: Traced): Judged {
  if (captures.state !== 'read' || captures.value.length === 0)
    return open('Without a capture there are no buffers to look at.', [], LOOK);
  const readings = captures.value.map((capture) =>
    shownValue(
      `bytes held by ${named(capture)}, and its mode`,
      'netstat -B, twice; procstat',
      `${capture.before.holdLength} then ${capture.after.holdLength}; ${MODE[bufferMode(evidence, capture)]}`,
    ),
  );
  const bad = stalls.find(({verdict}) => verdict === 'fail');
  if (bad !== undefined) return broken(bad.summary, [...readings, ...bad.because], bad.fix);
  const unsure = stalls.find(({verdict}) => verdict === 'unknown');
  if (unsure !== undefined)
    return open(unsure.summary, [...readings, ...unsure.because], unsure.fix);
  return works(stalls.map(({summary}) => summary).join(' '), readings);
}

const MODE = {
  buffer: 'buffer, says the kernel',
  zbuf: 'zero-copy, says the kernel',
  read: 'buffered: read(2) has moved its file offset',
  cannot: 'buffered: its libpcap cannot do zero-copy',
  open: 'not known; nothing seen rules zero-copy out',
} as const;

/** Does the process run, read, and keep up? */
export function daemonLayer({captures}: Traced): Judged {
  if (captures.state !== 'read' || captures.value.length === 0)
    return open('Without a capture there is no process to look at.', [], LOOK);
  const readings = captures.value.flatMap((capture): ShownReading[] => [
    shownReading(
      `process ${capture.pid}`,
      'ps',
      capture.process,
      ({state, args}) => `${state} ${args}`,
    ),
    shownValue(
      `packets ${named(capture)} had no room for`,
      'netstat -B, twice',
      `${capture.before.dropped} then ${capture.after.dropped}`,
    ),
  ]);
  for (const capture of captures.value) {
    const {process, before, after} = capture;
    if (process.state !== 'read')
      return open(`${named(capture)} was not seen by ps.`, readings, 'Look at it with ps.');
    // In pflogd.c: set_suspended, after a write that failed.
    if (process.value.args.startsWith('pflogd: [suspended]'))
      return broken(
        `${named(capture)} has suspended its log: it could not write.`,
        readings,
        'Look for "Logging suspended" in syslog and for a full disk (df), then: service pflog restart.',
      );
    if (/^[TZ]/.test(process.value.state))
      return broken(
        `${named(capture)} is ${process.value.state.startsWith('T') ? 'stopped' : 'a zombie'}.`,
        readings,
        process.value.state.startsWith('T')
          ? `Let it go on: kill -CONT ${capture.pid}.`
          : 'Restart its service.',
      );
    if (after.dropped > before.dropped)
      return broken(
        `${named(capture)} does not keep up: ${after.dropped - before.dropped} packets were dropped while we looked.`,
        readings,
        'Log less, give it more time or a larger buffer (net.bpf.bufsize), and look at what it waits for (procstat -k).',
      );
  }
  return works('The process runs, and nothing is dropped.', readings);
}
