import {expect, test} from 'vitest';

import {BAD_FILES} from './bad-files.js';
import {complaintsOf, readText} from './read.js';

test.each(BAD_FILES)('$what: every mistake is told, with its line', ({text, complaints, fix}) => {
  const result = readText(text);

  expect(result.ok).toBe(false);
  const found = result.ok ? [] : result.complaints;
  expect(found.map(({line, message}) => `${line}: ${message}`)).toEqual(
    complaints.map(
      ([line, part]) => expect.stringMatching(new RegExp(`^${line}: .*${escaped(part)}`)) as string,
    ),
  );
  expect(found[0]?.fix).toContain(fix);
  for (const complaint of found) {
    expect(complaint.file).toBe('/etc/fleet/zbufctl.yaml');
    expect(complaint.fix).not.toBe('');
  }
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('the value of an unknown key is never repeated: it may be a secret', () => {
  const result = readText(
    'hosts: [{name: fw1, passwd: hunter2, tokn: hunter2}]\nansible_become_pass: hunter2\n',
  );

  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test('binary data, UTF-16, undecodable bytes and files beyond the limit are named', () => {
  expect(complaintsOf('hosts: [fw1]\nx\0y\n')).toEqual([
    '2: holds the control character 0x00: binary data, not an inventory',
  ]);
  expect(complaintsOf('\u007fELF')).toHaveLength(1);
  expect(complaintsOf('h\0o\0s\0t\0s\0:\0')).toEqual(['0: looks like UTF-16 text']);
  expect(complaintsOf('hosts:\n  - fw\uFFFD\n')).toEqual(['2: holds bytes that are not UTF-8']);
  expect(complaintsOf('#'.repeat(4 * 1024 * 1024 + 1))).toEqual([
    '0: larger than 4 MiB, which no inventory is',
  ]);
});

test('a byte order mark and CRLF line ends do no harm', () => {
  expect(complaintsOf('\uFEFFhosts: [fw1]\r\nvars: {port: 0}\r\n')).toEqual([
    '2: vars.port is 0, not a number from 1 to 65535',
  ]);
});

test.each(['[', '{', '- ', '? ', 'a: ', '[a, ', '{a: '])(
  '%j repeated without end is refused, not followed',
  (piece) => {
    for (const times of [70, 3000, 20_000])
      expect(complaintsOf(`hosts: [x]\n${piece.repeat(times)}`)).toEqual([
        '2: nested deeper than 64 levels',
      ]);
  },
);

test('an alias bomb is refused before it goes off', () => {
  const lines = ['groups:', '  a0: &a0 {hosts: [fw1]}'];
  for (let i = 1; i < 12; i++) {
    const before = `*a${i - 1}`;
    lines.push(`  a${i}: &a${i} {hosts: [${Array.from({length: 9}, () => before).join(', ')}]}`);
  }

  const complaints = complaintsOf(`${lines.join('\n')}\n`);

  expect(complaints).toContainEqual(expect.stringContaining('aliases blow the file up'));
});

test('a chain of aliases is refused before the stack ends', () => {
  const lines = ['x0: &x0 [fw1]'];
  for (let i = 1; i < 5000; i++) lines.push(`x${i}: &x${i} [*x${i - 1}]`);

  expect(complaintsOf(`${lines.join('\n')}\n`)).toContainEqual(
    expect.stringContaining('aliases blow the file up'),
  );
});

test('a file of nothing but mistakes gives a hundred complaints and the number of the others', () => {
  const complaints = complaintsOf(Array.from({length: 500}, (_, i) => `key${i}: 1`).join('\n'));

  expect(complaints).toHaveLength(101);
  expect(complaints.at(-1)).toBe('0: and 400 more like these');
});

test('escape sequences in a file do not reach the message', () => {
  const [complaint] = complaintsOf('"\\e[2Jx\\u202e": 1\n');

  expect(complaint).toBe('1: unknown key "\\x1b[2Jx\\u{202e}"');
});

test('groups beyond counting and nesting are refused in little time', () => {
  const chain = Array.from(
    {length: 6000},
    (_, i) => `  g${i}: {hosts: [h${i}], children: [g${i + 1}]}`,
  );
  const ring = [...chain.slice(0, 999), '  g999: {children: [g0]}'];

  expect(complaintsOf(['groups:', ...chain, '  g6000: {hosts: [x]}'].join('\n'))).toEqual([
    '52: groups are nested deeper than 50 levels',
    '5001: there are more than 5000 groups',
  ]);
  expect(complaintsOf(['groups:', ...ring].join('\n'))).toEqual([
    expect.stringContaining('groups contain each other in a circle: '),
  ]);
});
