import {chmodSync, mkdirSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';

import {afterEach, expect, test} from 'vitest';

import type {Evidence, RcFile} from '../../src/model/evidence.js';
import {absent, read} from '../../src/model/reading.js';
import type {ReplayOptions} from './replay/replay-host.js';
import {ReplayHost} from './replay/replay-host.js';

const hosts: ReplayHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

function hostWith(files: ReplayOptions['files'], options: Partial<ReplayOptions> = {}): ReplayHost {
  const host = new ReplayHost({state: 'freebsd-15.1/default', ...(files && {files}), ...options});
  hosts.push(host);
  return host;
}

const fileAt = (evidence: Evidence, path: string) =>
  evidence.files.find((file) => file.path === path);

test('configuration files come byte for byte, however they end and whatever they look like', async () => {
  const contents = {
    '/etc/sysctl.conf': 'a.b=1\n\n\n  # two blank lines above, no newline below\nc.d=2',
    '/etc/sysctl.conf.local': 'crlf=1\r\nlast=2\r\n',
    '/etc/sysctl.kld.d/if_bridge.conf': '',
    '/etc/sysctl.kld.d/looks-like-frames.conf': '= 0\nend 3\n@ uid\n|0\n!x\nzbufctl-evidence 1\n',
    '/boot/loader.conf': '\n',
    '/boot/loader.conf.d/tabs.conf': '\tutf8="größe – ‰"  \n\\n %s $HOME `id` "\'\n\n',
    '/boot/loader.conf.d/long.conf': `x="${'y'.repeat(3900)}"\n`,
  };

  const evidence = await hostWith(contents).evidence();

  for (const [path, content] of Object.entries(contents))
    expect(fileAt(evidence, path)?.content, path).toEqual(read(content));
  expect(evidence.files.map((file) => file.path)).toEqual([
    '/etc/sysctl.conf',
    '/etc/sysctl.conf.local',
    '/etc/sysctl.kld.d/if_bridge.conf',
    '/etc/sysctl.kld.d/looks-like-frames.conf',
    '/boot/loader.conf',
    '/boot/loader.conf.local',
    '/boot/loader.conf.d/long.conf',
    '/boot/loader.conf.d/tabs.conf',
  ]);
});

test.each(['original-awk', 'mawk', 'gawk'])(
  '256 KB on one line cost that line alone: %s',
  async (awk) => {
    const setting = 'net.bpf.zerocopy_enable=0\n';
    const evidence = await hostWith(
      {'/etc/sysctl.conf': `# ${'a b '.repeat(65_000)}\n${setting}`, '/boot/loader.conf': 'x=1\n'},
      {programs: {awk: `exec ${awk} "$@"`}},
    ).evidence();

    expect(fileAt(evidence, '/etc/sysctl.conf')).toMatchObject({
      content: read(`# ${'a b '.repeat(999)}a [too long]\n${setting}`),
      redacted: true,
    });
    expect(fileAt(evidence, '/boot/loader.conf')?.content).toEqual(read('x=1\n'));
  },
);

test('a missing file is absent; one that is no text, too large or no file is unreadable', async () => {
  const host = hostWith({
    '/etc/sysctl.conf': Buffer.from('a=1\n\0b=2\n'),
    '/etc/sysctl.conf.local': undefined,
    '/boot/loader.conf': 'x\n'.repeat(140_000),
  });
  mkdirSync(join(host.root, 'boot/loader.conf.local'));

  const evidence = await host.evidence();

  expect(fileAt(evidence, '/etc/sysctl.conf')?.content).toMatchObject({
    state: 'unreadable',
    why: expect.stringContaining('NUL') as string,
  });
  expect(fileAt(evidence, '/etc/sysctl.conf.local')?.content).toEqual(absent);
  expect(fileAt(evidence, '/boot/loader.conf')?.content).toEqual({
    state: 'unreadable',
    why: 'larger than 262144 bytes',
  });
  expect(fileAt(evidence, '/boot/loader.conf.local')?.content).toEqual({
    state: 'unreadable',
    why: 'not a regular file',
  });
});

test('bytes that are not UTF-8 are replaced, and the file says so', async () => {
  const evidence = await hostWith({
    '/etc/sysctl.conf': Buffer.from('# f\xfcr\nnet.bpf.zerocopy_enable=1\n', 'latin1'),
    '/etc/sysctl.conf.local': '# a real \ufffd\n',
  }).evidence();

  expect(fileAt(evidence, '/etc/sysctl.conf')).toMatchObject({
    content: read('# f\ufffdr\nnet.bpf.zerocopy_enable=1\n'),
    lossy: true,
  });
  expect(fileAt(evidence, '/etc/sysctl.conf.local')).not.toHaveProperty('lossy');
});

test('mode, owner, group, flags and the target of a link come with a file', async () => {
  const host = hostWith({'/usr/local/etc/sysctl.real': 'a.b=1\n', '/etc/sysctl.conf': undefined});
  symlinkSync('../usr/local/etc/sysctl.real', join(host.root, 'etc/sysctl.conf'));
  symlinkSync('/nowhere', join(host.root, 'boot/loader.conf.local'));

  const evidence = await host.evidence();

  expect(fileAt(evidence, '/etc/sysctl.conf')).toEqual({
    path: '/etc/sysctl.conf',
    content: read('a.b=1\n'),
    mode: '0755',
    owner: 'root',
    group: 'wheel',
    flags: '',
    linkTarget: '../usr/local/etc/sysctl.real',
  });
  expect(fileAt(evidence, '/boot/loader.conf.local')).toMatchObject({
    content: absent,
    linkTarget: '/nowhere',
  });
  expect(fileAt(evidence, '/boot/loader.conf')).toMatchObject({mode: '0644', flags: 'schg,nodump'});
});

test('names the kernel does not know are told, quoted values and comments or not', async () => {
  const evidence = await hostWith({
    '/etc/sysctl.conf':
      'net.bpf.zerocopy_enable=1 # x\n nope.one = "2"\n#nope.comment=1\nno value\n',
    '/etc/sysctl.conf.local': 'nope.two: 3\nnope.one=4\n-N=1\n',
    '/etc/sysctl.kld.d/x.conf': 'nope.three=1\n',
  }).evidence();

  expect(evidence.unknownOids).toEqual(read(['nope.one', 'nope.two', 'nope.three']));
});

function withoutText({assignments}: RcFile): RcFile['assignments'] {
  return assignments.state === 'read'
    ? read(assignments.value.map(({text: _, ...a}) => a))
    : assignments;
}

test('of rc files only assignments that matter come, with their lines, quotes undone where that is plain', async () => {
  const evidence = await hostWith({
    '/etc/rc.conf': [
      '# pflog_enable="NO"',
      'hostname="fw"',
      '  pflog_enable="YES"   # comment',
      "pflog_flags='-s 116'",
      'pflog_instances="a b"; pflog_a_dev=pflog1',
      'softflowd_lan0_collector=192.0.2.7:9995',
      'suricata_flags="${suricata_flags} -D"',
      'snort_flags=-D" "-q',
      'dhclient_flags="-b',
      'continued_enable=YES',
    ].join('\n'),
    '/etc/rc.conf.d/pflog/extra': 'pflog_logfile=/var/log/x\r\n',
    '/usr/local/etc/rc.conf.d/lldpd': 'export lldpd_enable=YES\n',
    '/etc/defaults/vendor.conf': 'rc_conf_files="/etc/rc.conf /conf/rc.conf"\n',
  }).evidence();

  expect(evidence.rc.files?.map((file) => [file.path, withoutText(file)])).toEqual([
    [
      '/etc/defaults/vendor.conf',
      read([{line: 1, name: 'rc_conf_files', value: '/etc/rc.conf /conf/rc.conf', literal: true}]),
    ],
    [
      '/etc/rc.conf',
      read([
        {line: 3, name: 'pflog_enable', value: 'YES', literal: true},
        {line: 4, name: 'pflog_flags', value: '-s 116', literal: true},
        {line: 5, name: 'pflog_instances', value: '"a b"; pflog_a_dev=pflog1', literal: false},
        {line: 6, name: 'softflowd_lan0_collector', value: '192.0.2.7:9995', literal: true},
        {line: 7, name: 'suricata_flags', value: '"${suricata_flags} -D"', literal: false},
        {line: 8, name: 'snort_flags', value: '-D" "-q', literal: false},
        {line: 9, name: 'dhclient_flags', value: '"-b', literal: false},
        {line: 10, name: 'continued_enable', value: 'YES', literal: true},
      ]),
    ],
    ['/etc/rc.conf.local', absent],
    [
      '/etc/rc.conf.d/pflog/extra',
      read([{line: 1, name: 'pflog_logfile', value: '/var/log/x\r', literal: true}]),
    ],
    [
      '/usr/local/etc/rc.conf.d/lldpd',
      read([{line: 1, name: 'lldpd_enable', value: 'YES', literal: true}]),
    ],
  ]);
});

test('secrets never leave the host, from whatever they come', async () => {
  const secret = 'hunter2-never-sent';
  const host = hostWith(
    {
      '/boot/loader.conf': `kern.geom.eli.passphrase="${secret}"\n#old_secret=${secret}\ngeom_eli_load="YES"\nkeymap="us"\n`,
      '/etc/rc.conf': `ifconfig_em0_alias0="vhid 1 pass ${secret} alias 192.0.2.9/32"\nx_password_flags=${secret}\npflog_enable=YES\n`,
      '/etc/rc.conf.local': [
        `wpa_psk=${secret}`,
        `api_token="first`,
        `${secret} of two lines"`,
        'sshd_enable=YES',
        'motd="one',
        'two"',
        '',
      ].join('\n'),
    },
    {
      programs: {
        ps: `while IFS= read -r line; do case $line in
*' pflogd '*) echo "$line --db-password ${secret} -k PSK=${secret} --token=${secret}" ;;
*) echo "$line" ;;
esac; done <"$root/replay/ps"`,
      },
    },
  );

  const {stdout} = await host.collect();
  const evidence = await host.evidence();

  expect(stdout.toString()).not.toContain(secret);
  expect(fileAt(evidence, '/boot/loader.conf')).toMatchObject({
    redacted: true,
    content: read(
      'kern.geom.eli.passphrase=[redacted]\n#old_secret=[redacted]\ngeom_eli_load="YES"\nkeymap="us"\n',
    ),
  });
  expect(evidence.rc.variables).toEqual(
    read({
      x_password_flags: '[redacted]',
      pflog_enable: 'YES',
      wpa_psk: '[redacted]',
      api_token: '[redacted]',
      ifconfig_em0_alias0: '[redacted]',
      sshd_enable: 'YES',
      motd: '[redacted]',
    }),
  );
  expect(evidence.processes).toMatchObject({
    state: 'read',
    value: [
      {
        args: 'pflogd: [priv] (pflogd) --db-password [redacted] -k PSK=[redacted] --token=[redacted]',
      },
      {},
    ],
  });
});

test('file names with unusual characters cannot break a record; that they are there is told', async () => {
  const evidence = await hostWith({
    '/boot/loader.conf.d/a b.conf': 'x=1\n',
    '/boot/loader.conf.d/new\nline.conf': 'x=1\n',
    '/boot/loader.conf.d/good.conf': 'y=1\n',
  }).evidence();

  expect(fileAt(evidence, '/boot/loader.conf.d/good.conf')?.content).toEqual(read('y=1\n'));
  expect(evidence.files).toHaveLength(5);
  expect(evidence.unknownRecords).toEqual([
    'odd-name: a file name with unusual characters in /boot/loader.conf.d',
    'odd-name: a file name with unusual characters in /boot/loader.conf.d',
  ]);
});

test.runIf(process.getuid?.() === 0)(
  'a folder that may not be listed is unreadable, not empty',
  async () => {
    const host = hostWith({'/etc/sysctl.kld.d/a.conf': 'a=1\n'}, {uid: 1001});
    host.write('/etc/rc.conf.d/pflog/extra', 'pflog_flags=-x\n');
    chmodSync(join(host.root, 'etc/sysctl.kld.d'), 0o700);
    chmodSync(join(host.root, 'etc/rc.conf.d/pflog'), 0o700);

    const evidence = await host.evidence(['0'], {uid: 65_534});

    expect(fileAt(evidence, '/etc/sysctl.kld.d/*.conf')?.content).toEqual({
      state: 'unreadable',
      why: 'Permission denied',
    });
    expect(evidence.rc.files?.at(-1)).toEqual({
      path: '/etc/rc.conf.d/pflog/*',
      assignments: {state: 'unreadable', why: 'Permission denied'},
    });
  },
);

test('bytes of every value go through the shell unharmed', async () => {
  const text = Array.from({length: 0x7f}, (_, i) => String.fromCodePoint(0x2040 + i)).join('');
  const evidence = await hostWith({
    '/etc/rc.conf': `pflog_flags="${text}"\npflog_x='* [a] \\n %s $HOME ~ \`x\`'\n`,
  }).evidence();

  expect(evidence.rc.variables).toEqual(
    read({pflog_flags: text, pflog_x: '* [a] \\n %s $HOME ~ `x`'}),
  );
});

test('of an rc file the lines themselves come, with how it ends; a carriage return is part of a value', async () => {
  const host = hostWith({
    '/etc/rc.conf': 'hostname="fw01"\npflog_enable="YES"\n  export pflog_flags=\'-s 116\'',
    '/etc/rc.conf.local': 'pflog_enable="YES"\r\npflog_enable="NO" # later\r\n',
    '/etc/rc.conf.d/pflog': '',
  });

  const {rc} = await host.evidence();

  const seen = rc.files?.map(({assignments, lines, unended}) => ({assignments, lines, unended}));
  expect(seen?.slice(1)).toEqual([
    {
      assignments: read([
        {line: 2, name: 'pflog_enable', value: 'YES', literal: true, text: 'pflog_enable="YES"'},
        {
          line: 3,
          name: 'pflog_flags',
          value: '-s 116',
          literal: true,
          text: "  export pflog_flags='-s 116'",
        },
      ]),
      lines: 3,
      unended: true,
    },
    {
      assignments: read([
        {
          line: 1,
          name: 'pflog_enable',
          value: 'YES\r',
          literal: true,
          text: 'pflog_enable="YES"\r',
        },
        {
          line: 2,
          name: 'pflog_enable',
          value: 'NO',
          literal: true,
          text: 'pflog_enable="NO" # later\r',
        },
      ]),
      lines: 2,
      unended: undefined,
    },
    {assignments: read([]), lines: 0, unended: undefined},
  ]);
});
