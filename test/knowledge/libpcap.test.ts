import {readFileSync} from 'node:fs';

import fc from 'fast-check';
import {expect, test} from 'vitest';

import {libpcapUpgrade, libpcapZerocopy} from '../../src/knowledge/libpcap.js';

test.each([
  ['libpcap version 0.9.8', 'no', '0.9.8'],
  // The string says nothing before 1.9.0, but FreeBSD had it compiled in.
  ['libpcap version 1.0.0', 'yes', '1.0.0'],
  ['libpcap version 1.1.1', 'yes', '1.1.1'],
  ['libpcap version 1.4.0', 'yes', '1.4.0'],
  ['libpcap version 1.8.1', 'yes', '1.8.1'],
  ['libpcap version 1.9.0-rc1', 'yes', '1.9.0-rc1'],
  ['libpcap version 1.9.0rc2', 'no', '1.9.0rc2'],
  ['libpcap version 1.9.0', 'no', '1.9.0'],
  ['libpcap version 1.9.1', 'no', '1.9.1'],
  ['libpcap version 1.10.0', 'no', '1.10.0'],
  ['libpcap version 1.10.5', 'no', '1.10.5'],
  ['libpcap version 1.10.4 (with zerocopy support)', 'yes', '1.10.4'],
  ['libpcap version 1.10.6 (64-bit time_t)', 'no', '1.10.6'],
  ['libpcap version 1.10.6 (64-bit time_t, with zerocopy support)', 'yes', '1.10.6'],
  ['libpcap version 1.10.6 (64-bit time_t, with zerocopy and netmap support)', 'yes', '1.10.6'],
  ['libpcap version 1.10.6 (32-bit time_t, with TPACKET_V3)', 'no', '1.10.6'],
  ['libpcap version 1.10.10', 'no', '1.10.10'],
  ['libpcap version 1.10.10 (64-bit time_t, with zerocopy support)', 'yes', '1.10.10'],
  [
    'libpcap version 1.11.0-PRE-GIT (64-bit time_t, with zerocopy support)',
    'yes',
    '1.11.0-PRE-GIT',
  ],
  ['libpcap version 1.11.0-PRE-GIT (64-bit time_t)', 'no', '1.11.0-PRE-GIT'],
  ['libpcap version 1.10.0-PRE-GIT', 'no', '1.10.0-PRE-GIT'],
  ['libpcap version 2.0', 'no', '2.0'],
])('%s: %s', (text, can, version) => {
  expect(libpcapZerocopy(text)).toMatchObject({can, version});
});

test('1.9.0-PRE-GIT has two meanings, and the place of the library tells', () => {
  expect(libpcapZerocopy('libpcap version 1.9.0-PRE-GIT').can).toBe('unknown');
  expect(libpcapZerocopy('libpcap version 1.9.0-PRE-GIT', '/usr/local/lib/libpcap.so.1').can).toBe(
    'unknown',
  );
  expect(libpcapZerocopy('libpcap version 1.9.0-PRE-GIT', '/lib/libpcap.so.8').can).toBe('no');
  expect(
    libpcapZerocopy('libpcap version 1.9.0-PRE-GIT (with zerocopy support)', '/lib/libpcap.so.8')
      .can,
  ).toBe('yes');
});

test('an old library counts as one that can, and says that its string does not show it', () => {
  expect(libpcapZerocopy('libpcap version 1.8.1').why).toContain('never says so');
});

test.each([
  '',
  'garbage',
  'libpcap version',
  'libpcap version x.y.z',
  'libpcap version 1',
  'libpcap version 99999.1.1',
  'libpcap version 1.10.6.7.8',
  'mylibpcap version 1.10.6',
  `${'x'.repeat(100_000)} libpcap version 1.10.6`,
])('%j is no version', (text) => {
  expect(libpcapZerocopy(text)).toEqual({can: 'unknown', why: 'the text holds no libpcap version'});
});

test('zerocopy outside the remark, or denied in it, proves nothing', () => {
  expect(libpcapZerocopy('zerocopy libpcap version 1.10.5').can).toBe('no');
  expect(libpcapZerocopy('libpcap version 1.10.5 and zerocopy').can).toBe('no');
  expect(libpcapZerocopy('libpcap version 1.10.5 (no zerocopy)').can).toBe('no');
});

test('the captured hosts: base libpcap of 15.1 can, of 13.2 cannot', () => {
  const strings = (release: string, state: string): string =>
    readFileSync(`test/captures/${release}/${state}/libpcap-strings.txt`, 'utf8');
  const tcpdump = (release: string, state: string): string =>
    readFileSync(`test/captures/${release}/${state}/tcpdump-version.txt`, 'utf8');

  expect(libpcapZerocopy(strings('freebsd-15.1', 'default'))).toMatchObject({
    can: 'yes',
    version: '1.10.6',
  });
  expect(libpcapZerocopy(tcpdump('freebsd-15.1', 'default'))).toMatchObject({
    can: 'yes',
    version: '1.10.6',
  });
  expect(libpcapZerocopy(tcpdump('freebsd-13.2', 'default-base-libpcap'))).toMatchObject({
    can: 'no',
    version: '1.9.1',
  });
});

test('the answer never throws, and never repeats what a host could have put there', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), fc.string({unit: 'binary'}), (a, b) => {
      const answer = libpcapZerocopy(`${a}libpcap version 1.10.6${b}`);
      expect(`${answer.version ?? ''}${answer.why}`).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }),
  );
});

test('the upgrade names the release that brings zero-copy back, and warns of what it does', () => {
  const old = libpcapUpgrade(['libpcap version 1.9.1', 'libpcap version 1.10.4']);

  expect(old).toMatch(/^Upgrade from libpcap 1\.10\.4 to libpcap 1\.10\.6 or newer/);
  expect(old).toContain('pflogd');
  expect(libpcapUpgrade(['libpcap version 1.10.5'])).toMatch(/^Upgrade from libpcap 1\.10\.5 /);
  expect(libpcapUpgrade(['libpcap version 1.10.6 (64-bit time_t)'])).toContain('rebuild');
  expect(libpcapUpgrade(['libpcap version 1.11.0-PRE-GIT'])).toContain('HAVE_MACHINE_ATOMIC_H');
  expect(libpcapUpgrade([])).toContain('tcpdump --version');
  expect(libpcapUpgrade(['garbage'])).toContain('tcpdump --version');
  expect(
    libpcapUpgrade(['libpcap version 1.9.1', 'libpcap version 1.10.6 (with zerocopy support)']),
  ).toBe('');
});
