import type {ShownReading} from '../../model/finding.js';
import type {RuleInput} from '../rule.js';

import {shownValue} from './shown-reading.js';
import type {Mode} from './buffer-mode.js';
import {bufferMode} from './buffer-mode.js';
import type {Capture} from './capture.js';
import {captures} from './capture.js';
import {serviceOfProcess} from './capture-services.js';

/**
 * What the stop of a capture that is well waits for, by the mode in force. pflogd's loop looks at
 * its signal only after a packet, which a zero-copy capture on a quiet interface does not bring
 * (facts: per-program-modes.md).
 * - `at-once`: it is buffered, and its read(2) comes back
 * - `a-packet`: the kernel says zero-copy
 * - `perhaps-a-packet`: nothing seen rules zero-copy out
 */
export type StopWaits = 'at-once' | 'a-packet' | 'perhaps-a-packet';

export interface StoppableCapture {
  readonly capture: Capture;
  readonly service?: string;
  readonly waits: StopWaits;
  /** No packet came between the samples. */
  readonly quiet: boolean;
  readonly because: readonly ShownReading[];
}

const WAITS: Readonly<Record<Mode, StopWaits>> = {
  buffer: 'at-once',
  read: 'at-once',
  cannot: 'at-once',
  zbuf: 'a-packet',
  open: 'perhaps-a-packet',
};

/**
 * The captures somebody stops with service(8), or nobody knows how. What is known to be no daemon
 * (tcpdump) ends within a second of its signal in either mode, as measured.
 */
export function stoppableCaptures(scene: RuleInput): readonly StoppableCapture[] {
  const all = captures(scene.evidence);
  if (all.state !== 'read') return [];
  return all.value.captures.flatMap((capture): StoppableCapture[] => {
    const {pid, command, before, after, interfaceName} = capture;
    const service = serviceOfProcess(scene, pid, command);
    if (service !== undefined && service.rcScript === undefined) return [];
    const mode = bufferMode(scene.evidence, capture);
    const about = `of ${command} (pid ${pid}) on ${interfaceName}`;
    const came = `${before.received} then ${after.received}`;
    return [
      {
        capture,
        ...(service === undefined ? {} : {service: service.id}),
        waits: WAITS[mode],
        quiet: after.received === before.received,
        because: [
          shownValue(`buffer mode ${about}`, SOURCE[mode], SAYS[mode]),
          shownValue(`packets received ${about}`, 'netstat -B, twice', came),
        ],
      },
    ];
  });
}

const SAYS: Readonly<Record<Mode, string>> = {
  buffer: 'buffer',
  read: 'buffered',
  cannot: 'buffered',
  zbuf: 'zero-copy',
  open: 'not known',
};

const SOURCE: Readonly<Record<Mode, string>> = {
  buffer: 'net.bpf.stats',
  zbuf: 'net.bpf.stats',
  read: 'procstat -f',
  cannot: 'procstat -v',
  open: 'procstat -f, procstat -v',
};
