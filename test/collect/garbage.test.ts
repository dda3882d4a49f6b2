import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {Result} from '../../src/model/failure.js';
import {schemaComplaints} from '../json-schema.js';
import type {State} from './replay/replay-host.js';
import {META, ReplayHost} from './replay/replay-host.js';
import {often} from '../tools/sampled.js';

const STALLED: readonly State[] = [
  'freebsd-13.2/pflogd-stalled-zerocopy',
  'freebsd-15.1/pflogd-stalled-zerocopy',
];
const streams: Buffer[] = [];
const originals: Evidence[] = [];
const complaints = schemaComplaints('src/collect/evidence.schema.json');

beforeAll(async () => {
  for (const state of STALLED) {
    const host = new ReplayHost({state});
    const {stdout} = await host.collect();
    host.remove();
    streams.push(stdout);
    const result = parse(stdout);
    if (!result.ok) throw new Error(result.error.message);
    originals.push(result.value);
  }
});
afterAll(() => {
  streams.length = 0;
});

const parse = (bytes: Uint8Array): Result<Evidence> => parseCollectorOutput(bytes, META);

/** Either a failure with something to say, or evidence that keeps to the schema. */
function isSound(result: Result<Evidence>): boolean {
  if (result.ok) return complaints(result.value).length === 0;
  return result.error.message !== '' && result.error.fix !== '';
}

/**
 * Whether what shows the stall is still there, or at least is not claimed to have been looked at.
 */
function stillStalledOrUnread(evidence: Evidence, original: Evidence): boolean {
  const same = (mine: unknown, theirs: unknown): boolean =>
    JSON.stringify(mine) === JSON.stringify(theirs);
  return (
    evidence.samples.every(
      ({descriptors}, i) =>
        descriptors.state === 'unreadable' || same(descriptors, original.samples[i]?.descriptors),
    ) &&
    (evidence.holders.state === 'unreadable' || same(evidence.holders, original.holders)) &&
    (evidence.processes.state === 'unreadable' || same(evidence.processes, original.processes)) &&
    Object.entries(evidence.memoryMaps).every(
      ([pid, map]) => map.state === 'unreadable' || same(map, original.memoryMaps[pid]),
    ) &&
    (evidence.sysctls.state !== 'read' || same(evidence.sysctls, original.sysctls))
  );
}

const whichStream = fc.nat({max: STALLED.length - 1});

test('random bytes are never evidence', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 2000}), (bytes) => {
      const result = parse(bytes);
      expect(result.ok).toBe(false);
      expect(isSound(result)).toBe(true);
    }),
    {numRuns: often(500)},
  );
});

test('random frames are a sound result, and never an empty success', () => {
  const name = fc.oneof(
    fc.constantFrom(
      ...(
        'practice uid system uname versions hostname bpf jailed securelevel boottime kenv descriptors product ' +
        'config rc metadata link oids variables enabled commands holders processes map programs ldd strings'
      ).split(' '),
    ),
    fc.stringMatching(/^[a-z][a-z-]{0,12}$/),
  );
  const words = fc.array(
    fc.oneof(
      fc.constantFrom('first', 'second', '12', '/etc/rc.conf', '/lib/libpcap.so.8'),
      fc.stringMatching(/^[!-~]{1,20}$/),
    ),
    {maxLength: 3},
  );
  const line = fc.oneof(
    fc.constantFrom(
      '0',
      '{}',
      '[]',
      '{"bpf-statistics":{"bpf-entry":[{"pid":-1}]}}',
      '{"bpf-statistics":{"bpf-entry":{}}}',
      '__proto__: x',
      'constructor: x',
      '1 __proto__=x',
      '  PID COMM                FD T V FLAGS    REF  OFFSET PRO NAME',
      '  PID PPID PGID JID USER STAT STARTED COMMAND COMMAND',
      '  PID              START                END PRT  RES PRES REF SHD FLAG  TP PATH',
      ' 12 0x1 0x0 rw- 1 1 1 1 ----- df ',
      ' 12 x 3 v c rw------ 99999999999999999999 0 - /dev/bpf',
    ),
    fc.string({unit: 'binary', maxLength: 60}),
  );
  const section = fc.record({
    name,
    words,
    content: fc.array(line, {maxLength: 6}),
    complaint: fc.array(line, {maxLength: 2}),
    status: fc.constantFrom('0', '1', '127', '124', 'absent', 'unreadable', 'redacted'),
  });
  const clean = (text: string): string => text.replaceAll('\n', ' ');
  fc.assert(
    fc.property(fc.array(section, {maxLength: 20}), (sections) => {
      const text = sections
        .map(
          (s) =>
            `@ ${[s.name, ...s.words].join(' ')}\n` +
            s.content.map((l) => `|${clean(l)}\n`).join('') +
            s.complaint.map((l) => `!${clean(l)}\n`).join('') +
            `= ${s.status}\n`,
        )
        .join('');

      const result = parse(
        Buffer.from(`zbufctl-evidence 1\n${text}end ${sections.length}\n`, 'utf8'),
      );

      expect(result.ok).toBe(true);
      expect(result.ok ? complaints(result.value) : []).toEqual([]);
      if (!result.ok) return;
      const failed = (s: (typeof sections)[number]): boolean => s.status !== '0';
      if (sections.filter((s) => s.name === 'holders').every(failed))
        expect(result.value.holders.state).toBe('unreadable');
      if (sections.filter((s) => s.name === 'descriptors').every(failed))
        expect(result.value.samples.map((s) => s.descriptors.state)).toEqual([
          'unreadable',
          'unreadable',
        ]);
    }),
    {numRuns: often(500)},
  );
});

test('a real stream cut anywhere is a failure', () => {
  fc.assert(
    fc.property(
      whichStream,
      fc.double({min: 0, max: 1, noNaN: true, maxExcluded: true}),
      (which, part) => {
        const stream = streams[which]!;
        const result = parse(stream.subarray(0, Math.floor(stream.length * part)));
        expect(result.ok ? 'ok' : result.error.kind).toBe('cut');
      },
    ),
    {numRuns: often(300)},
  );
});

test('a real stream with bytes changed, lost or added is a sound result', () => {
  const change = fc.record({
    at: fc.double({min: 0, max: 1, noNaN: true, maxExcluded: true}),
    remove: fc.nat({max: 40}),
    insert: fc.uint8Array({maxLength: 10}),
  });
  fc.assert(
    fc.property(whichStream, fc.array(change, {minLength: 1, maxLength: 5}), (which, changes) => {
      let bytes = streams[which]!;
      for (const {at, remove, insert} of changes) {
        const index = Math.floor(bytes.length * at);
        bytes = Buffer.concat([bytes.subarray(0, index), insert, bytes.subarray(index + remove)]);
      }
      expect(isSound(parse(bytes))).toBe(true);
    }),
    {numRuns: often(300)},
  );
});

test('a frame that is lost, doubled, moved or changed never makes a stalled host look clean', () => {
  const frame = fc.nat();
  const how = fc.constantFrom('lose', 'double', 'move', 'change', 'lose-section', 'swap-status');
  fc.assert(
    fc.property(
      whichStream,
      frame,
      frame,
      how,
      fc.stringMatching(/^[@=!| a-z0-9]{0,12}$/),
      (which, pick, to, kind, text) => {
        const lines = streams[which]!.toString('latin1').split('\n');
        const frames = lines.flatMap((line, i) => (/^[@=ez]/.test(line) ? [i] : []));
        const at = frames[pick % frames.length]!;
        const line = lines[at]!;
        if (kind === 'lose') lines.splice(at, 1);
        if (kind === 'double') lines.splice(at, 0, line);
        if (kind === 'change') lines[at] = text;
        if (kind === 'move') {
          lines.splice(at, 1);
          lines.splice(frames[to % frames.length]!, 0, line);
        }
        if (kind === 'lose-section' && line.startsWith('@ ')) {
          const end = lines.findIndex((l, i) => i > at && l.startsWith('= '));
          lines.splice(at, end - at + 1);
          // Even with the count put right: what is missing is missed.
          lines[lines.length - 2] = `end ${Number(/\d+/.exec(lines.at(-2)!)?.[0]) - 1}`;
        }
        if (kind === 'swap-status' && line.startsWith('= ')) lines[at] = '= absent';

        const result = parse(Buffer.from(lines.join('\n'), 'latin1'));

        expect(isSound(result)).toBe(true);
        if (result.ok) expect(stillStalledOrUnread(result.value, originals[which]!)).toBe(true);
      },
    ),
    {numRuns: often(600)},
  );
});

test.each([
  ['@ holders', '  PID COMM FD T V FLAGS REF OFFSET PRO NAME', `1 ${' '.repeat(1400)}x`],
  ['@ holders', '  PID COMM FD T V FLAGS REF OFFSET PRO NAME', '1 '.repeat(700)],
  [
    '@ map 12',
    '  PID START END PRT RES PRES REF SHD FLAG TP PATH',
    `12 0x1 0x2 rw- 1 1 1 1 - vn /libpcap${'.so'.repeat(400)}/`,
  ],
  ['@ rc /etc/rc.conf 1', '1 a_enable=x', `1 a_flags="x"${' '.repeat(8000)}y`],
  ['@ strings /lib/x', '', `/libpcap${'.so'.repeat(2000)}/`],
  [
    '@ processes',
    ' PID PPID PGID JID USER STAT STARTED COMMAND COMMAND',
    `${'1 '.repeat(5)}${' '.repeat(8000)}`,
  ],
  [
    '@ descriptors first 1',
    '  Pid  Netif   Flags      Recv      Drop     Match Sblen Hblen Command',
    '1 '.repeat(4000),
  ],
  ['@ metadata', '', '- '.repeat(4000)],
  ['@ ldd', '/x:', `libpcap${'.so'.repeat(2600)}`],
])('lines made to be slow to read are not slow: %s', (header, first, line) => {
  const count = Math.min(9_000, Math.floor(4_000_000 / line.length));
  const stream = `zbufctl-evidence 1\n@ uid\n|0\n= 0\n${header}\n|${first}\n${`|${line}\n`.repeat(count)}= 0\nend 2\n`;
  const begin = performance.now();

  expect(isSound(parse(Buffer.from(stream)))).toBe(true);
  // Linear is far below a second; what grows with the square of a line takes minutes.
  expect(performance.now() - begin).toBeLessThan(10_000);
});
