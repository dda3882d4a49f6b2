import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterEach, describe, expect, test} from 'vitest';

import {loadCollectTemplate} from '../../src/io/package/templates.js';
import {read} from '../../src/model/reading.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {NAMESPACE, ONE_PROCESS} from './replay/process-count.js';
import type {ReplayOptions} from './replay/replay-host.js';
import {captured, ReplayHost} from './replay/replay-host.js';
import {someOf} from '../tools/sampled.js';

const hosts: ReplayHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

function hostWith(options: Partial<ReplayOptions> = {}): ReplayHost {
  const host = new ReplayHost({state: 'freebsd-15.1/pflogd-stalled-zerocopy', ...options});
  hosts.push(host);
  return host;
}

/** Runs the collector, then tells the number the next process gets. */
const COUNT = `/bin/sh -s <"$ZBUFCTL_ROOT/collect.sh"; /bin/sh -c 'echo pid $$'; :`;

/**
 * The most an audit may start on a host: a fork took 90 ms on an emulated one, and 507 of them most
 * of a minute.
 */
const MOST = 150;

/** netstat -B once a capture has appeared beside those of the first look. */
function oneMoreCapture(): string {
  const json = captured('freebsd-15.1/pflogd-stalled-zerocopy', 'netstat-B-json.txt');
  const document = JSON.parse(json) as {'bpf-statistics': {'bpf-entry': Record<string, unknown>[]}};
  const [entry = {}] = document['bpf-statistics']['bpf-entry'];
  document['bpf-statistics']['bpf-entry'].push({...entry, pid: 4711, 'interface-name': 'em0'});
  return `${JSON.stringify(document)}\n`;
}

/**
 * Files that cost a process or two each: what sets the value at boot, an appliance's own, the
 * loader's.
 */
const FULL: ReplayOptions['files'] = {
  '/boot/loader.conf.d/a.conf': 'a_load="YES"\n',
  '/cfg/sysctl.conf': 'net.bpf.zerocopy_enable=1\n',
  '/conf/base/etc/sysctl.conf': 'net.bpf.zerocopy_enable=1\n',
  '/conf/config.xml':
    '<opnsense><sysctl><item><tunable>net.bpf.zerocopy_enable</tunable><value>1</value></item></sysctl></opnsense>\n',
  '/etc/cron.d/x': '@reboot root sysctl net.bpf.zerocopy_enable=1\n',
  '/etc/crontab': '#\n',
  '/etc/libmap.conf': 'includedir /usr/local/etc/libmap.d\nlibpcap.so.8 libpcap.so.1\n',
  '/etc/platform': 'x\n',
  '/etc/rc.conf': 'pflog_enable=YES\nmore_enable=YES\npflog_env="LD_PRELOAD=/usr/local/lib/x.so"\n',
  '/etc/rc.conf.d/pflog': 'pflog_flags="-s 116"\n',
  '/etc/rc.conf.local': 'local_startup="/usr/local/etc/rc.d /opt/rc.d"\n',
  '/etc/rc.local': 'sysctl net.bpf.zerocopy_enable=1\n/root/tune start\n',
  '/root/tune': '#!/bin/sh\n',
  '/etc/rc.subr': 'for f in /etc/sysctl.kld.d/$1.conf; do :; done\n',
  '/etc/sysctl.conf': 'net.bpf.zerocopy_enable=1\nkern.x=1\n',
  '/etc/sysctl.conf.local': 'net.bpf.bufsize=4096\n',
  '/etc/sysctl.d/x.conf': 'net.bpf.zerocopy_enable=1\n',
  '/etc/sysctl.kld.d/if_bridge.conf': 'net.bpf.zerocopy_enable=1\n',
  '/etc/version': '26.7\n',
  '/opt/rc.d/more':
    '#!/bin/sh\n# PROVIDE: more\nname=more\nrcvar=more_enable\ncommand=/usr/local/sbin/more\n',
  '/usr/local/etc/libmap.d/x.conf': 'libpcap.so.1 libpcap.so.8\n',
  '/usr/local/etc/rc.syshook.d/start/50-x': '#!/bin/sh\n',
  '/usr/local/lib/libpcap.so.1': '\x7fELF',
  '/usr/local/lib/x.so': '\x7fELF',
  '/usr/local/opnsense/version/core': '{}\n',
  '/usr/local/sbin/more': '\x7fELF',
};

test.runIf(NAMESPACE !== undefined).each<[string, Pick<ReplayOptions, 'files' | 'secondNetstat'>]>([
  ['a plain host', {}],
  [
    'a host on which there is all that is looked for',
    {files: FULL, secondNetstat: oneMoreCapture()},
  ],
])(`an audit starts at most ${MOST} processes: %s`, (_, options) => {
  const host = hostWith({
    ...options,
    programs: ONE_PROCESS,
  });
  writeFileSync(join(host.root, 'collect.sh'), scriptWithArguments(loadCollectTemplate(), ['0']));
  const {stdout} = spawnSync('unshare', [...(NAMESPACE ?? []), '/bin/sh', '-c', COUNT], {
    encoding: 'latin1',
    env: {PATH: process.env['PATH'], ZBUFCTL_ROOT: host.root},
  });

  expect(stdout).toMatch(/\nend \d+\n/);
  const started = Number(/\npid (\d+)\n/.exec(stdout)?.[1]);
  process.stdout.write(`an audit started ${started} processes\n`);
  expect(started).toBeLessThanOrEqual(MOST);
  // A count that is too small counts something else.
  expect(started).toBeGreaterThan(40);
});

test('settings asked in one call are asked one by one where that fails', async () => {
  const sysctl = `case $* in
'-n security.jail.jailed') echo 1 ;;
'-n kern.boottime') echo '{ sec = 1795500000, usec = 0 } Tue Nov 24 06:00:00 2026' ;;
*) echo "sysctl: $*: not here" >&2; exit 1 ;;
esac`;
  const {identity} = await hostWith({programs: {sysctl}}).evidence();

  expect(identity.jailed).toEqual(read(true));
  expect(identity.bootTime).toEqual(read(1_795_500_000));
  expect(identity.securelevel).toMatchObject({state: 'unreadable'});
});

test('service -e and sysrc are not asked', async () => {
  const refuse = 'echo asked >>"$root/replay/asked-rc"; exit 1';
  const host = hostWith({programs: {service: refuse, sysrc: refuse}});

  const {rc} = await host.evidence();

  expect(rc.enabled.state).toBe('read');
  expect(() => readFileSync(join(host.root, 'replay/asked-rc'))).toThrow();
});

test.each(['original-awk', 'mawk', 'gawk'])(
  'what the collector says does not depend on the awk: %s',
  async (awk) => {
    const plain = async (programs: Readonly<Record<string, string>>): Promise<string> => {
      const {stdout} = await hostWith({programs}).collect();
      return stdout
        .toString('latin1')
        .replaceAll(/^@ descriptors (\w+) \d+$/gm, '@ descriptors $1');
    };
    // The same file names in both, so that only awk differs.
    const said = await plain({awk: `exec ${awk} "$@"`});

    expect(said).toContain('\n@ map ');
    expect(said).not.toContain('syntax');
    expect(said).toBe(await plain({}));
  },
);

describe('what rc starts is worked out as rc.subr does', () => {
  const script = (lines: string): string => `#!/bin/sh\n# PROVIDE: x\n${lines}\n`;
  const table: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    boolean | 'undecided',
  ])[] = [
    ['YES', {'/etc/rc.conf': 'tap_enable="YES"'}, true],
    ['true, whatever the case', {'/etc/rc.conf': "tap_enable='tRuE'"}, true],
    ['on', {'/etc/rc.conf': 'tap_enable=on'}, true],
    ['1', {'/etc/rc.conf': 'tap_enable=1'}, true],
    ['YES with a carriage return is none', {'/etc/rc.conf': 'tap_enable=YES\r'}, false],
    ['NO', {'/etc/rc.conf': 'tap_enable=NO'}, false],
    ['nothing', {'/etc/rc.conf': ''}, false],
    ['defaults', {'/etc/defaults/rc.conf': 'tap_enable=YES\nrc_conf_files=/etc/rc.conf'}, true],
    [
      'rc.conf.local wins',
      {'/etc/rc.conf': 'tap_enable=YES', '/etc/rc.conf.local': 'tap_enable=NO'},
      false,
    ],
    [
      'rc.conf.d/NAME wins',
      {'/etc/rc.conf': 'tap_enable=NO', '/etc/rc.conf.d/tap': 'tap_enable=YES'},
      true,
    ],
    [
      'a folder rc.conf.d/NAME',
      {'/etc/rc.conf': '', '/etc/rc.conf.d/tap/a': 'tap_enable=YES'},
      true,
    ],
    [
      'of another name does not count',
      {'/etc/rc.conf': '', '/etc/rc.conf.d/other': 'tap_enable=YES'},
      false,
    ],
    [
      'below /usr/local',
      {'/etc/rc.conf': '', '/usr/local/etc/rc.conf.d/tap': 'tap_enable=YES'},
      true,
    ],
    ['an expansion', {'/etc/rc.conf': 'all=YES\ntap_enable="${all}"'}, true],
    ['export', {'/etc/rc.conf': 'export tap_enable=YES'}, true],
    ['a condition', {'/etc/rc.conf': 'if [ -d / ]; then\n\ttap_enable=YES\nfi'}, true],
    [
      'a file that rc_conf_files names',
      {
        '/etc/rc.conf': 'rc_conf_files="/etc/rc.conf /etc/more.conf"',
        '/etc/more.conf': 'tap_enable=YES',
      },
      true,
    ],
    [
      'what the script takes for unset',
      {
        '/etc/rc.conf': '',
        '/usr/local/etc/rc.d/tap': script('name=tap\nrcvar=tap_enable\n: ${tap_enable:="YES"}'),
      },
      true,
    ],
    [
      'not executable suffix',
      {
        '/etc/rc.conf': 'tap_enable=YES',
        '/usr/local/etc/rc.d/tap': '#!/bin/sh\nname=tap\nrcvar=tap_enable\n',
      },
      false,
    ],
    [
      'rcvar of the name',
      {
        '/etc/rc.conf': 'tap_enable=YES',
        '/usr/local/etc/rc.d/tap': script('name="tap"\nrcvar="${name}_enable"'),
      },
      true,
    ],
    [
      'set_rcvar',
      {
        '/etc/rc.conf': 'tap_enable=YES',
        '/usr/local/etc/rc.d/tap': script('name=tap\nrcvar=`set_rcvar`'),
      },
      true,
    ],
    [
      'several: the last counts',
      {
        '/etc/rc.conf': 'b_enable=YES',
        '/usr/local/etc/rc.d/tap': script('name=tap\nrcvar=a_enable\nrcvar=b_enable'),
      },
      true,
    ],
    [
      'computed, and the script does not say',
      {
        '/etc/rc.conf': 'tap_enable=YES',
        '/usr/local/etc/rc.d/tap': script('name=tap\nrcvar="$(hostname)_enable"'),
      },
      'undecided',
    ],
    [
      'another folder of scripts',
      {
        '/etc/rc.conf': 'local_startup="/usr/local/etc/rc.d /opt/rc.d"\nmore_enable=YES',
        '/opt/rc.d/tap': script('name=more\nrcvar=more_enable'),
        '/usr/local/etc/rc.d/tap': '#!/bin/sh\n',
      },
      true,
    ],
  ];

  test.each(someOf(table, 3))('%s', async (_, files, expected) => {
    const host = hostWith({
      files: {
        '/usr/local/etc/rc.d/tap': script(
          'name=tap\nrcvar=tap_enable\ncommand=/usr/local/sbin/tap',
        ),
        ...files,
      },
    });

    const {rc} = await host.evidence();

    const enabled = rc.enabled.state === 'read' ? rc.enabled.value : [];
    expect(rc.enabled.state).toBe('read');
    expect(enabled.some((path) => path.endsWith('/tap'))).toBe(expected === true);
    expect((rc.undecided ?? []).length > 0).toBe(expected === 'undecided');
  });

  test('rc files that end their shell are not taken for ones that set nothing', async () => {
    const {rc} = await hostWith({files: {'/etc/rc.conf': 'pflog_enable=YES\nexit 0\n'}}).evidence();

    expect(rc.enabled).toMatchObject({state: 'unreadable'});
    expect(rc.variables).toMatchObject({state: 'unreadable'});
  });
});

test('a capture that appeared between the samples is looked at a third time', async () => {
  const state = 'freebsd-15.1/pflogd-stalled-zerocopy';
  const host = hostWith({state, secondNetstat: oneMoreCapture()});

  const {samples, thirdSample} = await host.evidence();
  const {thirdSample: none} = await hostWith({state}).evidence();

  expect(samples[0].descriptors).not.toEqual(samples[1].descriptors);
  expect(thirdSample?.descriptors).toEqual(samples[1].descriptors);
  expect(thirdSample?.descriptors.state).toBe(read(1).state);
  expect(none).toBeUndefined();
});
