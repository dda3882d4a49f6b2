import fc from 'fast-check';
import {expect, test} from 'vitest';

import {
  BLOCK_BEGIN,
  BLOCK_END,
  editSysctlConf,
  withoutDuplicates,
} from '../../src/steps/edit-sysctl-conf.js';
import {whyNotEditable} from '../../src/steps/editable.js';
import {absent, read, unreadable} from '../../src/model/reading.js';
import {assignmentsIn, winnerOf, ZEROCOPY} from '../../src/freebsd/zerocopy-setting.js';
import {often} from '../tools/sampled.js';

const blank = fc.stringMatching(/^[ \t]{0,3}$/);
const number = fc.constantFrom('0', '1', '2', '0x1', '01', '-1', '+0', 'on', '', '1 1');
const quoted = fc.tuple(fc.constantFrom('', '"', "'"), number).map(([q, n]) => q + n + q);
const own = fc
  .tuple(
    blank,
    blank,
    fc.constantFrom('=', ':'),
    blank,
    quoted,
    fc.constantFrom('', ' ', '# why', ' # a=1 "'),
  )
  .map(([a, b, sign, c, value, tail]) => `${a}${ZEROCOPY}${b}${sign}${c}${value}${tail}`);
const other = fc.constantFrom(
  '',
  '# a comment',
  `# ${ZEROCOPY}=1`,
  'kern.coredump=0',
  'net.bpf.maxbufsize="524288" # "quoted"',
  `x.${ZEROCOPY}=1`,
  'no sign here',
  '=1',
  'ä.ö=ü',
  ZEROCOPY,
  BLOCK_BEGIN,
);
const file = fc
  .tuple(
    fc.array(fc.oneof(own, other), {maxLength: 8}),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .map(([lines, end, last]) => lines.join(end) + (last && lines.length > 0 ? end : ''));
const wanted = fc.constantFrom(0, 1);

const bootValue = (text: string): number | undefined => winnerOf(assignmentsIn('f', text))?.number;

test('after the edit sysctl(8) would set the wanted value, and editing again changes nothing', () => {
  fc.assert(
    fc.property(file, wanted, (text, value) => {
      const edited = editSysctlConf(text, value);
      expect(bootValue(edited)).toBe(value);
      expect(editSysctlConf(edited, value)).toBe(edited);
    }),
    {numRuns: often(500)},
  );
});

test('no byte but the value of one line, or an added block, is different', () => {
  fc.assert(
    fc.property(file, wanted, (text, value) => {
      const edited = editSysctlConf(text, value);
      if (bootValue(text) === undefined) {
        const [before, block] = [edited.slice(0, text.length), edited.slice(text.length)];
        expect(before).toBe(text);
        const lines = block.split(/\r?\n/).filter((l) => l !== '');
        expect(lines).toEqual([BLOCK_BEGIN, `${ZEROCOPY}=${value}`, BLOCK_END]);
        return;
      }
      const [a, b] = [text.split('\n'), edited.split('\n')];
      expect(b).toHaveLength(a.length);
      const changed = a.flatMap((line, i) => (line === b[i] ? [] : [i]));
      expect(changed.length).toBeLessThanOrEqual(1);
      for (const i of changed) {
        const [from = '', to = ''] = [a[i], b[i]];
        const winner = winnerOf(assignmentsIn('f', text));
        expect(i + 1).toBe(winner?.line);
        // Take the value out of both: what is left is the same.
        const at = from.lastIndexOf(winner?.value ?? '', from.length);
        expect(at).toBeGreaterThanOrEqual(0);
        const head = commonStart(from, to);
        const tail = commonStart(reverse(from.slice(head)), reverse(to.slice(head)));
        expect((winner?.value ?? '').length).toBeGreaterThanOrEqual(from.length - head - tail);
        expect(to.slice(head, to.length - tail).length).toBeLessThanOrEqual(1);
      }
    }),
    {numRuns: often(500)},
  );
});

test('cleaning leaves one assignment and no line that was something else away', () => {
  fc.assert(
    fc.property(file, wanted, (text, value) => {
      const cleaned = editSysctlConf(text, value, {cleanDuplicates: true});
      expect(assignmentsIn('f', cleaned).map((a) => a.number)).toEqual([value]);
      const others = (t: string): string[] =>
        t
          .split(/\r?\n/)
          .filter(
            (l) => l !== '' && assignmentsIn('f', l).length === 0 && !l.startsWith('# zbufctl'),
          );
      expect(others(cleaned)).toEqual(others(text));
      expect(assignmentsIn('f', withoutDuplicates(text, {keepWinner: false}))).toEqual([]);
    }),
    {numRuns: often(300)},
  );
});

test.each([
  [
    'a: 1 kept with its blanks, quotes and comment',
    `  ${ZEROCOPY} : "1" # why\n`,
    `  ${ZEROCOPY} : "0" # why\n`,
  ],
  ['the last of several', `${ZEROCOPY}=1\n${ZEROCOPY}=2\n`, `${ZEROCOPY}=1\n${ZEROCOPY}=0\n`],
  [
    'the one sysctl(8) accepts',
    `${ZEROCOPY}=1\n${ZEROCOPY}=on\n`,
    `${ZEROCOPY}=0\n${ZEROCOPY}=on\n`,
  ],
  ['CRLF', `a.b=1\r\n${ZEROCOPY}=1\r\n`, `a.b=1\r\n${ZEROCOPY}=0\r\n`],
  ['no newline at the end', `${ZEROCOPY}=1`, `${ZEROCOPY}=0`],
  ['an empty file', '', `${BLOCK_BEGIN}\n${ZEROCOPY}=0\n${BLOCK_END}\n`],
  [
    'a file without it that ends in no newline',
    'a.b=1',
    `a.b=1\n${BLOCK_BEGIN}\n${ZEROCOPY}=0\n${BLOCK_END}\n`,
  ],
])('%s', (_, text, expected) => {
  expect(editSysctlConf(text, 0)).toBe(expected);
});

test('a file that is not there becomes the marked block, and cleaning takes the marks away with their line', () => {
  const made = editSysctlConf(null, 1);
  expect(made).toBe(`${BLOCK_BEGIN}\n${ZEROCOPY}=1\n${BLOCK_END}\n`);
  expect(withoutDuplicates(`a.b=1\n${made}c.d=2\n`, {keepWinner: false})).toBe('a.b=1\nc.d=2\n');
});

test('a file that cannot be kept byte for byte, or cannot be replaced, is refused with the reason', () => {
  const good = {
    path: '/etc/sysctl.conf',
    content: read('a=1\n'),
    flags: '',
    mode: '0644',
    owner: 'root',
    group: 'wheel',
  };
  const why = (change: object): string | undefined => whyNotEditable({...good, ...change})?.reason;
  expect(why({})).toBeUndefined();
  expect(why({content: absent})).toBeUndefined();
  expect(why({flags: 'uarch,nodump'})).toBeUndefined();
  expect(why({content: unreadable('Permission denied')})).toContain('Permission denied');
  expect(why({lossy: true})).toContain('UTF-8');
  expect(why({redacted: true})).toContain('hidden');
  expect(why({linkTarget: '/shared/sysctl.conf'})).toContain(
    '/shared/sysctl.conf: the setting lives there',
  );
  for (const flag of ['schg', 'uchg', 'sappnd', 'uappnd', 'sunlnk']) {
    expect(why({flags: `uarch,${flag}`})).toContain(flag);
    expect(why({flags: flag, content: absent})).toContain(flag);
  }
  expect(why({content: read('#'.repeat(65_537))})).toContain('64 KiB');
});

const reverse = (text: string): string => Array.from(text).reverse().join('');
function commonStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n += 1;
  return n;
}
