import {afterEach, expect, test} from 'vitest';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import {absent, read} from '../../src/model/reading.js';
import type {ReplayOptions} from './replay/replay-host.js';
import {captured, META, ReplayHost} from './replay/replay-host.js';

const hosts: ReplayHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

const TCPDUMP = 'freebsd-13.2/tcpdump-n-zerocopy-healthy';

function hostWith(options: Partial<ReplayOptions>): ReplayHost {
  const host = new ReplayHost({state: 'freebsd-15.1/default', ...options});
  hosts.push(host);
  return host;
}

test('a host that is not FreeBSD says what it is, and nothing more is asked of it', async () => {
  const host = hostWith({
    programs: {
      uname:
        'case $* in -s) echo Linux ;; -srm) echo Linux 6.1.0-13-amd64 x86_64 ;; *) exit 64 ;; esac',
    },
  });

  const {stdout} = await host.collect();
  const evidence = await host.evidence();

  expect(stdout.toString().match(/^@ .*/gm)).toEqual([
    '@ practice',
    '@ uid',
    '@ system',
    '@ uname',
  ]);
  expect(evidence.identity).toMatchObject({
    system: read('Linux'),
    release: read('6.1.0-13-amd64'),
    machine: read('x86_64'),
    osreldate: {state: 'unreadable'},
  });
  expect(evidence.samples[0].descriptors.state).toBe('unreadable');
  expect(evidence.sysctls.state).toBe('unreadable');
  expect(evidence.rc.enabled.state).toBe('unreadable');
});

test('a kernel without bpf has no values under net.bpf, and that is known', async () => {
  const sysctl = `case $* in net.bpf) echo "sysctl: unknown oid 'net.bpf'" >&2; exit 1 ;; *) echo 1 ;; esac`;

  const evidence = await hostWith({programs: {sysctl}}).evidence();

  expect(evidence.sysctls).toEqual(absent);
  expect(evidence.identity.jailed).toEqual(read(true));
  // In a jail kenv -q says nothing, whether or not the variable is there.
  expect(evidence.kenv?.state).toBe('unreadable');
});

test('a tool that is not there makes its readings unreadable, by name, and the rest goes on', async () => {
  const gone = (name: string): string => `echo "sh: ${name}: not found" >&2; exit 127`;
  const evidence = await hostWith({
    programs: Object.fromEntries(
      ['netstat', 'procstat', 'sysctl', 'rcorder', 'ps', 'strings', 'ldd', 'freebsd-version'].map(
        (name) => [name, gone(name)],
      ),
    ),
  }).evidence();

  const notFound = (tool: string) => ({state: 'unreadable', why: `${tool} not found`});
  expect(evidence.samples[1].descriptors).toEqual(notFound('netstat -B'));
  expect(evidence.holders).toEqual(notFound('procstat -f -a'));
  expect(evidence.sysctls).toEqual(notFound('sysctl net.bpf'));
  expect(evidence.unknownOids).toEqual(notFound('sysctl -t'));
  expect(evidence.processes).toEqual(notFound('ps'));
  expect(evidence.libraries[0]?.version).toEqual(notFound('strings'));
  expect(evidence.rc.enabled.state).toBe('read');
  expect(evidence.identity.versions).toEqual(notFound('freebsd-version'));
  expect(evidence.files[0]?.content.state).toBe('read');
  expect(evidence.identity.hostname).toEqual(read('fw.example.net'));
});

test('a command that hangs is given up after the limit, and the rest goes on', async () => {
  const hangs = 'exec sleep 60';
  const {rc, libraries, processes, sysctls} = await hostWith({
    files: {'/etc/rc.conf': 'pflog_enable=YES\nsleep 60\n'},
    programs: {ps: hangs, sysctl: hangs, strings: hangs},
  }).evidence(['0', '1']);

  const slow = (what: string) => ({
    state: 'unreadable',
    why: `${what} took too long`,
    cause: 'slow',
  });
  expect(rc.enabled).toEqual(slow('what rc starts'));
  expect(processes).toEqual(slow('ps'));
  expect(sysctls).toEqual(slow('sysctl net.bpf'));
  expect(libraries).toEqual([{path: '/lib/libpcap.so.8', version: slow('strings')}]);
});

test('a netstat without libxo is asked for its text', async () => {
  const state = 'freebsd-13.2/pflogd-stalled-zerocopy';
  const host = hostWith({
    state,
    files: {'/replay/text': captured(state, 'netstat-B.txt')},
    programs: {
      netstat:
        'case $* in -B) exec cat "$root/replay/text" ;; *) echo "netstat: illegal option -- -" >&2; exit 1 ;; esac',
    },
  });

  expect((await host.evidence()).samples[0].descriptors).toMatchObject({
    state: 'read',
    value: [{pid: 3883, interfaceName: 'pflog0', holdLength: 12156, locked: true}],
  });
});

test('a descriptor whose process ended while netstat looked is still a descriptor', async () => {
  const state = 'freebsd-15.1/default';
  const host = hostWith({
    files: {'/replay/entry': captured(state, 'netstat-B-json.txt').replace('"pflogd"', '"??????"')},
    programs: {
      netstat:
        'echo "netstat: kern.proc.pid failed: No such process" >&2; exec cat "$root/replay/entry"',
    },
  });

  expect((await host.evidence()).samples[0].descriptors).toMatchObject({
    state: 'read',
    value: [{command: '??????'}],
  });
});

test('parents, children, the process group and helpers of the same name come along, strangers do not', async () => {
  const row = (
    pid: number,
    ppid: number,
    pgid: number,
    user: string,
    command: string,
    args: string,
  ): string =>
    `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${String(pgid).padStart(5)}   0 ${user.padEnd(9)} S    Tue Nov 24 06:42:10 2026 ${command.padEnd(13)} ${args}\n`;
  const host = hostWith({
    state: TCPDUMP,
    files: {
      '/replay/ps':
        '  PID  PPID  PGID JID USER      STAT STARTED                  COMMAND       COMMAND\n' +
        row(1, 0, 1, 'root', 'init', '/sbin/init') +
        row(700, 1, 700, 'root', 'stranger', '/usr/sbin/stranger') +
        row(4381, 1, 4381, 'root', 'capture loop', '/bin/sh capture loop') +
        row(4387, 4381, 4381, 'a-very-long-user', 'tcpdump', 'tcpdump -i lo0') +
        row(4388, 4381, 4381, 'root', 'tee', 'tee log') +
        row(4389, 4387, 4389, 'root', 'gzip', 'gzip t1.pcap') +
        row(4390, 1, 4390, 'root', 'tcpdump', 'tcpdump: system.dns (tcpdump)') +
        row(4400, 700, 4400, 'root', 'tcpdump2', 'other') +
        // A newline in a name makes lines of what follows: another tcpdump, a child of it, its
        // parent.
        row(
          5001,
          1,
          5001,
          'mallory',
          'x\n',
          row(4387, 1, 4387, 'root', 'tcpdump', 'tcpdump -n').trim(),
        ) +
        row(
          5002,
          1,
          5002,
          'mallory',
          '\nabc\n\n',
          row(5555, 4387, 1, 'root', 'child', 'forged').trim(),
        ) +
        row(5003, 1, 5003, 'mallory', 'y\x01\n 4388 4381', row(4381, 1, 1, 'm', 'z', 'z').trim()) +
        row(4391, 4387, 4391, 'root', 'gzip', 'gzip after'),
    },
  });

  const {processes, memoryMaps} = await host.evidence();

  expect(processes).toMatchObject({
    state: 'read',
    value: [
      {pid: 4387, ppid: 4381, user: 'a-very-long-user', command: 'tcpdump', args: 'tcpdump -i lo0'},
      {pid: 4381, command: 'capture loop', args: '/bin/sh capture loop'},
      {pid: 4388, command: 'tee'},
      {pid: 4389, command: 'gzip'},
      {pid: 4390, ppid: 1, command: 'tcpdump', args: 'tcpdump: system.dns (tcpdump)'},
      {pid: 4391, command: 'gzip', args: 'gzip after'},
    ],
  });
  expect(Object.keys(memoryMaps)).toEqual(['4381', '4387', '4388', '4389', '4390', '4391']);
  expect(memoryMaps['4387']?.state).toBe('read');
});

test('of more than 128 related processes the capturing ones are looked at first, and the limit is told', async () => {
  const extra = Array.from(
    {length: 140},
    (_, i) =>
      `${5000 + i}    1 ${5000 + i}   0 root SC   Tue Nov 24 06:42:10 2026 tcpdump       tcpdump: helper ${i}\n`,
  );
  const [header = '', ...rest] = captured(TCPDUMP, 'ps.txt').split(/(?<=\n)/);
  const host = hostWith({
    state: TCPDUMP,
    files: {'/replay/ps': [header, ...extra, ...rest].join('')},
  });

  const {memoryMaps, unknownRecords, processes} = await host.evidence();

  expect(processes.state === 'read' && processes.value).toHaveLength(141);
  expect(memoryMaps['4387']?.state).toBe('read');
  expect(Object.values(memoryMaps)).toHaveLength(141);
  expect(memoryMaps['5139']).toEqual({
    state: 'unreadable',
    why: 'not read: more than 128 related processes',
    cause: 'limit',
  });
  expect(unknownRecords).toEqual(['more-maps: more than 128 related processes']);
});

test('a libpcap linked into a capturing program is found there', async () => {
  const map = captured(TCPDUMP, 'procstat-v-bpf.txt')
    .split('\n')
    .filter((line) => !line.includes('libpcap'))
    .map((line) => line.replace('/usr/sbin/tcpdump', '/opt/sniff'))
    .join('\n');
  const host = hostWith({
    state: TCPDUMP,
    files: {
      '/opt/sniff': Buffer.from('\x7fELF\x02\n', 'latin1'),
      '/replay/strings/opt/sniff':
        'usage\nlibpcap version %s\nlibpcap version 1.10.4 (64-bit time_t)\n',
    },
    programs: {
      procstat: `case $1 in -f) exec cat "$root/replay/procstat-f" ;; -v) exec cat "$root/replay/static" ;; esac`,
    },
  });
  host.write('/replay/static', map);

  const {programs} = await host.evidence();

  // Outside the system's folders ldd, which starts the program, is not called: the memory map
  // tells.
  expect(programs.find((p) => p.path === '/opt/sniff')).toEqual({
    path: '/opt/sniff',
    libpcap: absent,
    builtIn: read('libpcap version 1.10.4 (64-bit time_t)'),
  });
});

test('ldd’s answers are told apart: another libpcap, none, not found, static', async () => {
  const services = ['ported', 'plain', 'lost', 'static', 'script'];
  const program = (name: string): string => `/usr/local/sbin/${name}`;
  const elf = Buffer.from('\x7fELF\x02\n', 'latin1');
  const host = hostWith({
    files: {
      '/etc/rc.conf': services.map((name) => `${name}_enable=YES\n`).join(''),
      ...Object.fromEntries(
        services.map((name) => [
          `/usr/local/etc/rc.d/${name}`,
          `#!/bin/sh\n# PROVIDE: ${name}\n. /etc/rc.subr\nname=${name}\nrcvar=\${name}_enable\n: \${x:=y}\ncommand='/usr/local/sbin/'$name\ncommand="/usr/local/sbin/$name"\n`,
        ]),
      ),
      ...Object.fromEntries(
        services.map((name) => [program(name), name === 'script' ? '#!/bin/sh\n' : elf]),
      ),
    },
    programs: {
      ldd: `for p in "$@"; do case $p in
*/static) echo "ldd: $p: not a dynamic ELF executable" >&2; continue ;;
*/ported) echo "$p:"; echo "	libpcap.so.1 => /usr/local/lib/libpcap.so.1 (0x1)" ;;
*/lost) echo "$p:"; echo "	libpcap.so.1 => not found (0)" ;;
*) echo "$p:"; echo "	libc.so.7 => /lib/libc.so.7 (0x1)" ;;
esac; done; exit 1`,
    },
  });
  host.write('/usr/local/lib/libpcap.so.1', elf);
  host.write('/replay/strings/usr/local/lib/libpcap.so.1', 'libpcap version 1.10.5\n');

  const {programs, libraries} = await host.evidence();

  const libpcapOf = (name: string) => programs.find((p) => p.path === program(name))?.libpcap;
  expect(libpcapOf('ported')).toEqual(read('/usr/local/lib/libpcap.so.1'));
  expect(libpcapOf('plain')).toEqual(absent);
  expect(libpcapOf('static')).toEqual(absent);
  expect(libpcapOf('lost')).toMatchObject({
    state: 'unreadable',
    why: 'libpcap.so.1 => not found (0)',
  });
  expect(libpcapOf('script')).toMatchObject({state: 'unreadable'});
  expect(libraries).toContainEqual({
    path: '/usr/local/lib/libpcap.so.1',
    version: read('libpcap version 1.10.5'),
  });
});

test.each([
  [
    'OPNsense',
    '24.7.1',
    {'/usr/local/opnsense/version/core': '{\n "product_version": "24.7.1"\n}\n'},
  ],
  [
    'pfSense',
    'pfSense 2.7.2-RELEASE',
    {'/etc/platform': 'pfSense\n', '/etc/version': '2.7.2-RELEASE'},
  ],
  [
    'TrueNAS',
    'TrueNAS-13.0-U6',
    {'/etc/version': 'TrueNAS-13.0-U6 (abc)\n', '/usr/local/bin/midclt': ''},
  ],
  ['NanoBSD', '', {'/conf/base/etc/x': ''}],
] as const)('%s is known by its files', async (name, detail, files) => {
  const {identity} = await hostWith({files}).evidence();

  expect(identity.product).toMatchObject({state: 'read', value: {name}});
  expect(JSON.stringify(identity.product)).toContain(detail);
});

test('a script cut anywhere in transit reports nothing that could be taken for evidence', async () => {
  const host = hostWith({});
  const script = loadCollectTemplate();
  const lastLine = script.trimEnd().lastIndexOf('\n') + 1;

  for (const length of [1, 5000, lastLine - 1, lastLine, lastLine + 8]) {
    const {stdout} = await host.collect(['0'], {script: script.slice(0, length)});
    const result = parseCollectorOutput(stdout, META);
    expect(result.ok ? length : result.error.kind).toBe('cut');
  }
});

test('what follows the script on stdin is not run, and arguments that are no numbers are refused', async () => {
  const host = hostWith({});

  const after = await host.collect(['0'], {script: `${loadCollectTemplate()}echo after\n`});
  const refused = await host.collect(['0; echo x']);

  expect(after.stdout.toString().trimEnd().split('\n').at(-1)).toMatch(/^end \d+$/);
  expect(refused).toMatchObject({code: 64, stderr: expect.stringContaining('usage') as string});
  expect(refused.stdout.toString()).toBe('');
});
