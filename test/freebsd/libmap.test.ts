import {expect, test} from 'vitest';

import {mappedTo, parseLibmap} from '../../src/freebsd/libmap.js';

const PFLOGD = '/sbin/pflogd';
const OURS = '[/sbin/pflogd]\nlibpcap.so.8 /ours.so\n';
const isLibpcap = (name: string): boolean => name.startsWith('libpcap.so');

/** What a program gets, with these files in a folder, in the order readdir(3) gives them. */
function given(files: readonly string[], program = PFLOGD): string | undefined {
  const texts = new Map<string, string>(files.map((text, i) => [`/d/${i}.conf`, text]));
  texts.set('/etc/libmap.conf', 'includedir /d\n');
  const libmap = parseLibmap({
    file: (path) => texts.get(path),
    folder: () => files.map((_, i) => `${i}.conf`),
  });
  return libmap === undefined ? 'too many' : mappedTo(libmap, program, isLibpcap)?.to;
}

// Measured on 15.1: facts per-program-modes.md, "Traps"; the orders by reading
// libexec/rtld-elf/libmap.c.
test.each<[string, readonly string[], string | undefined]>([
  ['ours alone', [OURS], '/ours.so'],
  [
    'a folder’s section after it, without libpcap',
    [OURS, '[/sbin/]\nlibm.so.5 /m.so\n'],
    undefined,
  ],
  ['a name’s section after it, without libpcap', [OURS, '[pflogd]\nlibm.so.5 /m.so\n'], undefined],
  [
    'a folder’s section after it, with libpcap',
    [OURS, '[/sbin/]\nlibpcap.so.8 /other.so\n'],
    '/other.so',
  ],
  ['a folder’s section before it takes it in', ['[/sbin/]\nlibm.so.5 /m.so\n', OURS], '/ours.so'],
  ['a section without constraint after it', [OURS, 'libpcap.so.8 /all.so\n'], '/ours.so'],
  ['a section without constraint before it', ['libpcap.so.8 /all.so\n', OURS], '/ours.so'],
  [
    'a second section of the program',
    [OURS, '[/sbin/pflogd]\nlibpcap.so.8 /second.so\n'],
    '/second.so',
  ],
  ['ours as the second', ['[/sbin/pflogd]\nlibpcap.so.8 /second.so\n', OURS], '/ours.so'],
  ['another program’s section', ['[/usr/sbin/tcpdump]\nlibpcap.so.8 /other.so\n'], undefined],
  ['no section: all programs', ['libpcap.so.8 /all.so\n'], '/all.so'],
  [
    'a section of its own without libpcap, and one for all',
    ['[pflogd]\nlibm.so.5 /m.so\n', 'libpcap.so.8 /all.so\n'],
    '/all.so',
  ],
  ['$DEFAULT$ by name', ['[x]\na b\n[$DEFAULT$]\nlibpcap.so.8 /all.so\n'], '/all.so'],
  [
    'a comment, blanks, a CR',
    ['  [ /sbin/pflogd ] # x\r\n\tlibpcap.so.8\t/ours.so # y\r\n'],
    '/ours.so',
  ],
  ['a third word', ['[/sbin/pflogd]\nlibpcap.so.8 /ours.so x\n'], undefined],
  ['a bracket that is not closed', ['[/sbin/pflogd\nlibpcap.so.8 /all.so\n'], '/all.so'],
  ['a file that includes itself', [`include /d/0.conf\n${OURS}`], '/ours.so'],
  [
    'an include before the first mapping of a section, which is then the newer',
    [`[/sbin/]\ninclude /d/1.conf\nlibm.so.5 /m.so\n`, OURS],
    undefined,
  ],
  [
    'more than anybody has',
    [Array.from({length: 2001}, (_, i) => `a${i} b\n`).join('')],
    'too many',
  ],
])('%s', (_, files, to) => {
  expect(given(files)).toBe(to);
});

test('a constraint is the path the program was started by, not the file behind it', () => {
  expect(given([OURS], '/tmp/pflogd')).toBeUndefined();
  expect(given(['[pflogd]\nlibpcap.so.8 /ours.so\n'], '/tmp/pflogd')).toBe('/ours.so');
});

test('only names that end in .conf are read, in the order of the folder', () => {
  const libmap = parseLibmap({
    file: (path) =>
      ({
        '/etc/libmap.conf': 'includedir /d\n',
        '/d/b.conf': 'libpcap.so.8 /b.so\n',
        '/d/a.conf': 'libpcap.so.8 /a.so\n',
        '/d/z.conf.sample': 'libpcap.so.8 /z.so\n',
      })[path],
    folder: () => ['.', '..', 'b.conf', 'a.conf', 'z.conf.sample'],
  });
  expect(mappedTo(libmap ?? [], PFLOGD, isLibpcap)?.to).toBe('/a.so');
});
