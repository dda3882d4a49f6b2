import {MODE_SAYS} from '../knowledge/modes-text.js';
import type {Evidence} from '../model/evidence.js';
import type {ShownReading} from '../model/finding.js';

import {shownReading, shownValue} from './reading/shown-reading.js';
import type {Mode} from './reading/buffer-mode.js';
import {bufferMode} from './reading/buffer-mode.js';
import type {Capture} from './reading/capture.js';
import {captures} from './reading/capture.js';
import {runningValue, ZEROCOPY} from './reading/boot-value.js';
import type {Inheritance} from './reading/inheritance.js';
import {inheritance} from './reading/inheritance.js';
import type {Movement} from './reading/movement.js';
import type {Seen} from './reading/per-scene.js';
import {perScene} from './reading/per-scene.js';
import {libpcapInUse} from './reading/libpcap-in-use.js';
import {movement, showsLife} from './reading/movement.js';
import {serviceOfProcess} from './reading/capture-services.js';
import {LOOK_AS_ROOT, remedyFor} from './remedy.js';
import type {Judgement, Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';
import {forNextBoot} from './reading/setting-lives.js';

const DECIDES =
  'Run the audit again while packets arrive on that interface, or with --with-helper, which reads the buffer mode from the kernel.';

/**
 * The product's first question. Decided from what is observed (samples, memory map, mode), never
 * from names: an unknown daemon that lost its capture is found, and a healthy zero-copy capture is
 * not accused.
 */
export const noCaptureIsStalled: Rule = {
  id: 'ZBUF-001',
  slug: 'no-capture-is-stalled',
  title: 'Capture stalled',
  severity: 'critical',
  claim: 'No zero-copy descriptor has lost its buffers to a fork.',
  matters:
    'The capture stopped without any error or drop counter: what it should record (firewall logs, evidence of an attack) is lost until the program is restarted.',
  remedy:
    'Set net.bpf.zerocopy_enable to 0, then restart the program with a time limit (it may ignore SIGTERM).',
  looksAt:
    'two samples of every open descriptor (netstat -B), the memory map of its reader (procstat -v), its file offset (procstat -f), its state (ps); net.bpf.stats when the helper ran',
  sources: [
    'facts: fork-truth-table.md (measured on 13.2 and 15.1)',
    'FreeBSD PR 163370',
    'bpf(4), minherit(2)',
  ],

  evaluate: (scene) => stallsOf(scene),
};

/** What the rule says; the plan asks for it, too. */
export const stallsOf = perScene((scene): readonly Judgement[] => {
  const {evidence} = scene;
  if (runningValue(evidence).state === 'absent')
    return [notApplicable('This kernel has no bpf(4).')];
  const all = captures(evidence);
  if (all.state !== 'read') {
    const why = all.state === 'unreadable' ? all.why : 'netstat -B printed nothing';
    return [
      unknown(
        'Could not tell whether a capture is stalled.',
        [shownReading('open BPF descriptors', 'netstat -B', all)],
        remedyFor(all, `${LOOK_AS_ROOT} Inside a jail nobody can look. The host said: ${why}.`),
      ),
    ];
  }
  const opinions = all.value.captures.map((capture) => opinionOf(scene, capture));
  const bad = opinions.filter((o) => o.verdict !== 'pass');
  const paired = new Set(all.value.captures.map((c) => c.pid));
  const later = evidence.samples[1].descriptors;
  const laterPids = new Set(later.state === 'read' ? later.value.map((d) => d.pid) : []);
  for (const d of all.value.passing) {
    if (paired.has(d.pid) || !laterPids.has(d.pid)) continue;
    bad.push({
      ...unknown(
        `${d.command} (pid ${d.pid}) opened or closed captures on ${d.interfaceName} between the two samples, so they cannot be compared.`,
        [shownValue(`packets received by pid ${d.pid}`, 'netstat -B', d.received)],
        DECIDES,
      ),
      program: d.command,
      pid: d.pid,
    });
  }
  if (bad.length > 0) return bad;
  if (opinions.length === 0) {
    return [pass(nothingCaptures(evidence), [shownValue('open BPF descriptors', 'netstat -B', 0)])];
  }
  return opinions;
});

/**
 * A handle without an interface is no capture yet, and netstat does not list it; it is not denied,
 * either.
 */
function nothingCaptures({holders}: Evidence): string {
  const pids = holders.state === 'read' ? [...new Set(holders.value.map((h) => h.pid))] : [];
  return pids.length === 0
    ? 'No program has a packet capture open.'
    : `${pids.length} ${pids.length === 1 ? 'process has' : 'processes have'} /dev/bpf open, and none captures on an interface.`;
}

/** What the rule says of one capture. */
export function opinionOf(scene: Seen, capture: Capture): Judgement {
  const {evidence} = scene;
  const least = Math.max(
    capture.after.holdLength,
    capture.after.storeLength,
    capture.before.storeLength,
  );
  const pages = inheritance(capture.map, least, assumedBuffer(evidence, capture));
  const mode = bufferMode(evidence, capture);
  const moves = movement(capture);
  const readings = readingsOf(evidence, capture, pages, mode);
  const who = `${capture.command} (pid ${capture.pid}) on ${capture.interfaceName}`;
  const about = {...serviceOf(scene, capture), program: capture.command, pid: capture.pid};
  const judgement = decide(mode, moves, pages, spinning(capture));
  switch (judgement) {
    case 'buffered':
      return {
        ...pass(`${who} captures in buffered mode, which a fork does not break.`, readings),
        ...about,
      };
    case 'alive':
      return {...pass(`${who} takes its packets: ${ALIVE[moves]}.`, readings), ...about};
    case 'unshared':
      return {
        ...pass(`${who} has its buffers to itself: no fork shares them.`, readings),
        ...about,
      };
    case 'lost':
      return {
        verdict: 'fail',
        summary: `${who} has stopped recording: ${LOST[moves]}, and its buffers were cut off by a fork.`,
        because: readings,
        fix: fixFor(evidence, capture),
        ...about,
      };
    case 'unclear':
      return {...unclear(`${who}: ${UNCLEAR[moves]}`, capture, pages, readings), ...about};
    case 'hung':
      return {
        ...unknown(
          `${who} does not take its packets, although it seems to capture in buffered mode: the program may hang.`,
          readings,
          `Look at the program itself (ps, procstat -k ${capture.pid}). ${DECIDES}`,
        ),
        ...about,
      };
  }
}

/**
 * A map that was not read for want of room or time is the reason, and no second audit like the
 * first decides more.
 */
function unclear(
  what: string,
  {map, pid}: Capture,
  pages: Inheritance,
  readings: readonly ShownReading[],
): Judgement {
  if (pages.kind !== 'unreadable' || map.state !== 'unreadable' || map.cause === undefined) {
    const why = 'the memory map does not decide whether a fork took its buffers';
    return unknown(`${what}, and ${why}.`, readings, DECIDES);
  }
  return unknown(
    `${what}, and its memory map was not seen (${map.why}), which decides whether a fork took its buffers.`,
    readings,
    `Run procstat -v ${pid} on the host, or the audit with --with-helper, which reads the buffer mode from the kernel. ${remedyFor(map, '')}`,
  );
}

type Decided = 'buffered' | 'alive' | 'unshared' | 'lost' | 'unclear' | 'hung';

/** The table. Every row is a measured one or leans to `unclear`. */
export function decide(mode: Mode, moves: Movement, pages: Inheritance, spins: boolean): Decided {
  if (mode === 'buffer') return 'buffered';
  if (showsLife(moves)) return mode === 'read' || mode === 'cannot' ? 'buffered' : 'alive';
  if (pages.kind === 'private' && !pages.assumed) return 'unshared';
  if (mode === 'read' || mode === 'cannot') return moves === 'resting' ? 'buffered' : 'hung';
  const silent = moves === 'frozen' || moves === 'stuck';
  if (silent && pages.kind === 'cut-off') return 'lost';
  // The kernel itself says zero-copy, and packets arrive that nobody takes: the map need not be
  // read as well.
  if (moves === 'frozen' && mode === 'zbuf' && pages.kind !== 'private') return 'lost';
  if (silent && pages.kind === 'mixed' && spins) return 'lost';
  if (moves === 'resting' && (pages.kind === 'kept' || pages.kind === 'private')) return 'unshared';
  return 'unclear';
}

const ALIVE = {
  empty: 'the kernel holds no buffer it has not given back',
  moving: 'its buffers move as packets arrive',
  frozen: '',
  stuck: '',
  resting: '',
} as const;

const LOST = {
  frozen: 'packets arrive, and the buffer it was given does not move',
  stuck: 'packets lie in both of its buffers and nobody takes them',
  resting: '',
  empty: '',
  moving: '',
} as const;

const UNCLEAR = {
  frozen: 'packets arrive and the buffer it was given did not move',
  stuck: 'packets lie in both of its buffers',
  resting: 'no packet arrived while we looked, and one buffer is out',
  empty: '',
  moving: '',
} as const;

/**
 * After the first lost acknowledge select(2) answers at once, so the reader spins (facts:
 * fork-truth-table.md).
 */
const spinning = (capture: Capture): boolean =>
  capture.process.state === 'read' && capture.process.value.state.startsWith('R');

/**
 * libpcap asks for the largest buffers it may have, header (32 bytes) included: 524256 bytes of
 * 524288 in every capture of the facts. A program of its own may ask for less, hence "assumed".
 */
function assumedBuffer(evidence: Evidence, capture: Capture): number | undefined {
  if (capture.stats.state === 'read') return capture.stats.value.bufferSize;
  if (evidence.sysctls.state !== 'read') return undefined;
  const largest = Number(evidence.sysctls.value['net.bpf.maxbufsize']);
  return Number.isSafeInteger(largest) && largest > 32 ? largest - 32 : undefined;
}

function serviceOf(scene: Seen, capture: Capture): {service?: string} {
  const service = serviceOfProcess(scene, capture.pid, capture.command);
  return service === undefined ? {} : {service: service.id};
}

function fixFor(evidence: Evidence, capture: Capture): string {
  const running = runningValue(evidence);
  const off = running.state === 'read' && running.value === 0 ? '' : `sysctl ${ZEROCOPY}=0, then `;
  return `Now: ${off}restart ${capture.command} with a time limit, ending pid ${capture.pid} with SIGKILL if it ignores SIGTERM. A restart alone loses the capture again while the value is not 0.${forNextBoot(evidence)}`;
}

function readingsOf(
  evidence: Evidence,
  capture: Capture,
  pages: Inheritance,
  mode: Mode,
): readonly ShownReading[] {
  const {before, after, pid} = capture;
  const given = libpcapInUse(evidence, pid).mode;
  const of = `of ${capture.command} (pid ${pid}) on ${capture.interfaceName}`;
  return [
    shownReading(ZEROCOPY, `sysctl ${ZEROCOPY}`, runningValue(evidence)),
    shownValue(
      `packets matched ${of}`,
      'netstat -B, twice',
      `${before.matched} then ${after.matched}`,
    ),
    shownValue(
      `bytes held ${of}`,
      'netstat -B, twice',
      `${before.holdLength} then ${after.holdLength}`,
    ),
    shownValue(
      `bytes stored ${of}`,
      'netstat -B, twice',
      `${before.storeLength} then ${after.storeLength}`,
    ),
    shownValue(
      `packets dropped ${of}`,
      'netstat -B, twice',
      `${before.dropped} then ${after.dropped}`,
    ),
    pages.kind === 'unreadable'
      ? {
          reading: `memory map of pid ${pid}`,
          source: `procstat -v ${pid}`,
          state: 'unreadable',
          why: pages.why,
        }
      : shownValue(
          `memory that can hold the buffers of pid ${pid}`,
          `procstat -v ${pid}`,
          MEMORY[pages.kind],
        ),
    shownValue(
      `buffer mode ${of}`,
      mode === 'buffer' || mode === 'zbuf' ? 'net.bpf.stats' : 'procstat -f, procstat -v',
      MODE[mode],
    ),
    ...(given === undefined
      ? []
      : [
          shownValue(
            `buffer mode ${of} was given`,
            `procstat -v ${pid}`,
            `${given}: ${MODE_SAYS[given]}`,
          ),
        ]),
    // The helper was sent and failed, or says nothing that can be used: without this line it would
    // seem not to have run.
    ...(capture.stats.state === 'unreadable'
      ? [shownReading(`buffer mode ${of}, asked of the kernel`, 'net.bpf.stats', capture.stats)]
      : []),
    shownReading(`state of pid ${pid}`, 'ps', capture.process, (p) => p.state),
  ];
}

const MEMORY = {
  private: 'not inherited by any fork',
  'cut-off': 'copied away from the kernel, or shared copy-on-write with another process',
  kept: 'inherited, but the original pages were kept',
  mixed: 'partly inherited by a fork, partly not',
} as const;

const MODE = {
  buffer: 'buffer',
  zbuf: 'zero-copy',
  read: 'buffered: read(2) has moved its file offset',
  cannot: 'buffered: its libpcap cannot do zero-copy',
  open: 'not known; nothing seen rules zero-copy out',
} as const;
