import {readFileSync} from 'node:fs';

import {expect, test} from 'vitest';

import {effectivePattern, serviceOutlook} from '../../src/knowledge/effective-pattern.js';
import type {Invocation} from '../../src/knowledge/invocation.js';
import {outlook} from '../../src/knowledge/outlook.js';
import type {OtherSide} from '../../src/model/service.js';

import {SERVICES, service} from './sources.js';

/** "pattern outlook", with a question mark where it is not certain. */
const seen = (id: string, invocation: Invocation): string => {
  const {pattern, outlook: found, certain} = effectivePattern(service(id), invocation);
  return `${pattern} ${found}${certain ? '' : '?'}`;
};

test.each([
  ['tcpdump', 'fork-helper-after-open breaks'],
  ['tcpdump -i lo0 -w /tmp/t1.pcap icmp', 'fork-helper-after-open breaks'],
  ['tcpdump -n -i lo0 -w /tmp/t1.pcap icmp', 'none safe'],
  ['tcpdump -nni lo0', 'none safe'],
  ['tcpdump -s0n -i lo0', 'fork-helper-after-open breaks'],
  ['tcpdump -in', 'fork-helper-after-open breaks'],
  ['tcpdump -i n -ln', 'none safe'],
  ['tcpdump icmp -n', 'none safe'],
  ['tcpdump -r /tmp/x.pcap', 'none safe'],
  ['tcpdump -V files', 'none safe'],
  ['tcpdump -n -w x -G 60 -z gzip', 'fork-exec-after-open breaks'],
  ['tcpdump -nw x -C 100 -z gzip', 'fork-exec-after-open breaks'],
  ['tcpdump -n -w x -z gzip', 'none safe'],
  // Both forks: the casper helper, which stays, is the worse one.
  ['tcpdump -w x -G 60 -z gzip', 'fork-helper-after-open breaks'],
  ['tcpdump -Z nobody', 'fork-helper-after-open breaks'],
  ['tcpdump -Z nobody -n', 'none safe'],
  ['tcpdump --relinquish-privileges nobody -n', 'none safe'],
])('%s', (args, expected) => {
  expect(seen('tcpdump', args)).toBe(expected);
});

test.each([
  ['p0f', 'p0f -d -i em0', 'fork-child-captures race'],
  ['p0f', 'p0f -i em0', 'none safe'],
  ['p0f', 'p0f -r /tmp/x -d', 'none safe'],
  [
    'hostapd',
    '/usr/sbin/hostapd -P /var/run/hostapd.pid -B /etc/hostapd.conf',
    'fork-child-captures race',
  ],
  ['hostapd', 'hostapd -d /etc/hostapd.conf', 'none safe'],
  ['softflowd', 'softflowd -i em0 -n 192.0.2.1:9995', 'fork-child-captures race'],
  ['softflowd', 'softflowd -d -i em0', 'none safe'],
  ['tcpflow', 'tcpflow -i em0 -S tcp_cmd=/bin/x', 'fork-helper-after-open breaks'],
  ['tcpflow', 'tcpflow -i em0 -S enable_report=NO', 'none safe'],
  ['dnscap', 'dnscap -b -i em0', 'fork-child-captures race'],
  ['dnscap', 'dnscap -i em0', 'none safe'],
  [
    'dnscap',
    'dnscap -b -i em0 -P /usr/local/lib/dnscap/rssm.so -w x',
    'fork-helper-after-open breaks',
  ],
  ['dnscap', 'dnscap -b -r x.pcap -P /usr/local/lib/dnscap/rssm.so', 'none safe'],
  ['knockd', 'knockd -d', 'fork-child-captures breaks'],
  ['knockd', 'knockd', 'fork-helper-after-open breaks'],
  ['arpwatch', 'arpwatch -i em0', 'fork-exec-after-open breaks'],
  ['arpwatch', 'arpwatch -d -i em0', 'none safe'],
  ['darkstat', 'darkstat -i em0 --no-daemon --no-dns', 'none safe'],
  ['darkstat', 'darkstat -i em0 --no-dns', 'fork-before-open safe'],
  ['suricata', 'suricata -D --netmap --pidfile /var/run/suricata.pid', 'fork-before-open safe'],
])('%s as "%s"', (id, args, expected) => {
  expect(seen(id, args)).toBe(expected);
});

test('what the kernel did to the daemons that were run is what their entries say', () => {
  // fork-truth-table.md, "Real daemons, measured"
  const lines = readFileSync(
    'test/captures/freebsd-15.1/pflogd-stalled-zerocopy/ps.txt',
    'utf8',
  ).split('\n');
  const titles = lines.flatMap((line) => /pflogd\s+(pflogd: .*)$/.exec(line)?.[1] ?? []);

  expect(titles.length).toBeGreaterThan(1);
  for (const title of titles) expect(seen('pflogd', title)).toBe('fork-child-captures breaks');
  expect(seen('tcpdump', 'tcpdump -i lo0')).toBe('fork-helper-after-open breaks');
  expect(seen('tcpdump', 'tcpdump -n -i lo0 -w /tmp/t1.pcap icmp')).toBe('none safe');
});

test('started by rc, what the script itself passes counts', () => {
  expect(seen('hostapd', {flags: undefined})).toBe('fork-child-captures race');
  expect(seen('hostapd', {flags: '-d'})).toBe('fork-child-captures race');
  expect(seen('p0f', {flags: undefined})).toBe('fork-child-captures race');
  expect(seen('p0f', {flags: '  '})).toBe('fork-child-captures race');
  expect(seen('p0f', {flags: '-i em0'})).toBe('none safe');
  expect(seen('httpry', {flags: '-d -o "/var/log/my file"'})).toBe('fork-child-captures race');
  expect(seen('pflogd', {flags: '-s 256'})).toBe('fork-child-captures breaks');
  expect(seen('spamlogd', {flags: '-D'})).toBe('none safe');
  expect(seen('snort2', {flags: undefined})).toBe('fork-before-open safe');
  // ucarp_upscript becomes -u, which the flags variable does not show.
  expect(seen('ucarp', {flags: undefined})).toBe('fork-exec-after-open safe');
  expect(seen('ucarp', 'ucarp -B -i em0 -s 192.0.2.1 -v 1')).toBe('fork-before-open safe');
});

test('a flag hidden in a variable of rc.conf, or in a script nobody read, may be given', () => {
  const {doubts, certain} = effectivePattern(service('spamlogd'), {flags: '-l pflog1 $extra'});

  expect(certain).toBe(true);
  expect(doubts).toEqual([{when: '-D (debug, foreground)', outlook: 'safe', direction: 'better'}]);
  expect(seen('passivedns', {flags: ''})).toBe('fork-child-captures race');
});

test('a process title or missing arguments hide the flags: the default counts, and better is only possible', () => {
  for (const args of ['', 'tcpdump: system.dns (tcpdump)', '[tcpdump]', '(tcpdump)', '-n']) {
    const answer = effectivePattern(service('tcpdump'), args);
    expect(answer).toMatchObject({
      pattern: 'fork-helper-after-open',
      outlook: 'breaks',
      certain: true,
    });
    expect(answer.doubts.map((d) => d.direction)).toContain('better');
  }
});

test('a missing flag is only missing where the arguments can be seen', () => {
  expect(seen('p0f', 'p0f -i em0')).toBe('none safe');
  for (const args of ['', 'p0f: listening', '[p0f]', '(p0f)', '-i em0']) {
    expect(seen('p0f', args), args).toBe('fork-child-captures race');
  }
});

test('a setting nobody sees that would make it worse takes away the certainty', () => {
  const iftop = effectivePattern(service('iftop'), 'iftop -i em0');

  expect(iftop).toMatchObject({outlook: 'safe', certain: false, worst: 'breaks'});
  expect(iftop.doubts).toEqual([
    {when: 'built with --with-resolver=forking', outlook: 'breaks', direction: 'worse'},
  ]);
  expect(iftop.why).toContain('"built with --with-resolver=forking"');
  // Without look-ups there is no resolver to fork.
  expect(effectivePattern(service('iftop'), 'iftop -n -i em0')).toMatchObject({
    outlook: 'safe',
    certain: true,
    doubts: [],
  });
  expect(seen('collectd-dns', 'collectd -C /etc/collectd.conf')).toBe('fork-before-open safe?');
  expect(seen('fwknopd', 'fwknopd -f')).toBe('none safe?');
});

test('a setting nobody sees that would make it better is told, but changes nothing', () => {
  const dsc = effectivePattern(service('dsc'), 'dsc -p /usr/local/etc/dsc/dsc.conf');

  expect(dsc).toMatchObject({outlook: 'breaks', certain: true, worst: 'breaks'});
  expect(dsc.doubts.map((d) => d.when)).toEqual(['dnstap input', 'pcap files only']);
});

test('what a variant asks for counts too: nfpcapd 1.6 goes through libpcap', () => {
  expect(effectivePattern(service('nfpcapd'), 'nfpcapd -D -i em0')).toMatchObject({
    outlook: 'safe',
    certain: false,
    worst: 'race',
  });
  // In the foreground neither version forks.
  expect(seen('nfpcapd', 'nfpcapd -i em0')).toBe('none safe');
});

test('a program that never asks for zero-copy is safe whatever it forks', () => {
  for (const known of SERVICES.filter((s) => s.requestsZerocopy === 'never')) {
    expect(serviceOutlook(known), known.id).toBe('safe');
  }
  expect(effectivePattern(service('dhclient'), '').outlook).toBe('safe');
});

test('a program whose source nobody read is never safe', () => {
  const unread = SERVICES.filter((s) => !s.verified);

  expect(unread.map((s) => s.id)).toEqual(
    expect.arrayContaining(['nprobe', 'ipcad', 'fprobe', 'dumpcap', 'eastpect']),
  );
  for (const known of unread) {
    expect(effectivePattern(known, known.commands[0]!)).toMatchObject({
      outlook: 'unknown',
      certain: false,
    });
  }
});

test('the outlook follows the measured table', () => {
  const rows: readonly (readonly [OtherSide, string])[] = [
    ['lives-on', 'breaks'],
    ['runs-for-seconds', 'breaks'],
    ['execs-late', 'breaks'],
    ['exits-at-once', 'race'],
    ['execs-at-once', 'race'],
    ['parent-waits', 'safe'],
    ['spawns-without-copy', 'safe'],
    ['none', 'safe'],
    ['unknown', 'unknown'],
  ];
  for (const [side, expected] of rows) {
    expect(outlook('fork-helper-after-open', side)).toBe(expected);
    expect(outlook('fork-child-captures', side)).toBe(expected);
    expect(outlook('fork-exec-after-open', side)).toBe(expected);
    expect(outlook('none', side)).toBe('safe');
    expect(outlook('fork-before-open', side)).toBe('safe');
    expect(outlook('unverified', side)).toBe('unknown');
    expect(outlook('fork-both-capture', side)).toBe('breaks');
  }
});

test('the default starts that break are those the facts name', () => {
  const broken = SERVICES.filter((s) => serviceOutlook(s) === 'breaks').map((s) => s.id);

  expect(broken).toEqual([
    'pflogd',
    'tcpdump',
    'pmacctd',
    'arpwatch',
    'bandwidthd',
    'dsc',
    'maltrail-sensor',
    'knockd',
  ]);
});
