import {describe, expect, test} from 'vitest';

import type {ScenarioName} from '../../../src/lab/scenarios.js';
import type {Evidence} from '../../../src/model/evidence.js';
import {bootValue} from '../../../src/rules/reading/boot-value.js';
import {effectOf} from '../../../src/freebsd/boot-line.js';
import {practiceEvidence} from '../../collect/practice-evidence.js';
import {machineOf} from '../../lab/practice-root.js';

import {judgeEvidence} from '../scene.js';
import {someOf} from '../../tools/sampled.js';

const evidenceOf = (
  scenario: ScenarioName,
  files: Readonly<Record<string, string>> = {},
  release: '13.2' | '15.1' = '15.1',
): Evidence => practiceEvidence(machineOf(scenario, release), files);

/** The value, or why it is not known. */
function boots(evidence: Evidence): number | string {
  const boot = bootValue(evidence);
  if (boot.state === 'read') return boot.value.value;
  return boot.state === 'unreadable' ? boot.why : 'absent';
}

const findings = (evidence: Evidence, rule: string) =>
  judgeEvidence(evidence).findings.filter((f) => f.rule === rule);

const SETS = 'net.bpf.zerocopy_enable=1\n';
const NO_FILE_SETS = {'etc/sysctl.conf': '# nothing\n'};
const COMMAND = 'sysctl net.bpf.zerocopy_enable=1\n';

/** Whether what rc.local and @reboot call, and old-style scripts, are read as well. */
const TUNE = `#!/bin/sh\n${COMMAND}`;
const CRON_ON = {'etc/rc.conf.local': 'cron_enable="YES"\n'};
const CALLED: [string, Record<string, string>, number | RegExp][] = [
  [
    'rc.local that calls a script',
    {'etc/rc.local': '/root/tune\n', 'root/tune': TUNE},
    /\/root\/tune line 2 sets it to 1/,
  ],
  [
    'rc.local that gives a script to sh',
    {'etc/rc.local': 'nohup /bin/sh -x "/root/tune" &\n', 'root/tune': COMMAND},
    /\/root\/tune line 1/,
  ],
  [
    'rc.local that calls a wrapper, and it a script',
    {'etc/rc.local': '[ -x /root/cron/t ] && daemon -f /root/cron/t\n', 'root/cron/t': TUNE},
    /\/root\/cron\/t line 2/,
  ],
  [
    'rc.local with a bare name',
    {'etc/rc.local': 'x=1 tune start >/dev/null 2>&1\n', 'usr/local/sbin/tune': TUNE},
    /sbin\/tune line 2/,
  ],
  [
    'rc.local that starts a service rc does not',
    {'etc/rc.local': 'service tune onestart\n', 'usr/local/etc/rc.d/tune': TUNE},
    /rc\.d\/tune line 2/,
  ],
  [
    'rc.local that calls what sh(1) makes',
    {'etc/rc.local': 'for f in /x/*; do\n. "$f"\ndone\n'},
    /line 2 calls/,
  ],
  [
    'rc.local that calls nothing of the kind',
    {'etc/rc.local': 'echo $(date) >>/root/x\n/root/no\n'},
    0,
  ],
  [
    'rc.local that calls a program',
    {'etc/rc.local': '/root/x\n', 'root/x': `\x7fELF\n${COMMAND}`},
    0,
  ],
  [
    'a script that a script calls: one level, and no more',
    {'etc/rc.local': '/root/a\n', 'root/a': '#!/bin/sh\n/root/b\n', 'root/b': TUNE},
    0,
  ],
  [
    'an @reboot line that calls a script',
    {...CRON_ON, 'etc/cron.d/t': '@reboot root /root/tune.sh\n', 'root/tune.sh': TUNE},
    /\/root\/tune\.sh line 2/,
  ],
  [
    "another user's @reboot line, and a line of the night",
    {
      ...CRON_ON,
      'etc/cron.d/t': '@reboot www /root/tune.sh\n0 3 * * * root /root/tune.sh\n',
      'root/tune.sh': TUNE,
    },
    0,
  ],
  [
    'an old-style script, which rc.d/localpkg runs',
    {'usr/local/etc/rc.d/tune.sh': TUNE},
    /rc\.d\/tune\.sh line 2 sets it to 1/,
  ],
  ['a script without a name of that kind', {'usr/local/etc/rc.d/tune': TUNE}, 0],
  ['an old-style script that is not executable', {'usr/local/etc/rc.d/tune.sh': COMMAND}, 0],
  [
    'an old-style script where local_startup is empty',
    {'etc/rc.conf.local': 'local_startup=""\n', 'usr/local/etc/rc.d/tune.sh': TUNE},
    0,
  ],
  [
    'a local script where the rc files cannot be read',
    {'etc/rc.conf.local': 'exit 1\n', 'usr/local/etc/rc.d/tune': TUNE},
    /rc\.d\/tune line 2/,
  ],
];

describe('plain FreeBSD: what else sets the value at boot', () => {
  test.each(
    someOf<[string, Record<string, string>, number | RegExp]>(
      [
        ['rc.local alone', {...NO_FILE_SETS, 'etc/rc.local': `#!/bin/sh\n${COMMAND}`}, 1],
        [
          'rc.local against sysctl.conf',
          {'etc/rc.local': `#!/bin/sh\n${COMMAND}`},
          /rc\.local line 2 sets it to 1/,
        ],
        [
          'rc.local that decides first',
          {...NO_FILE_SETS, 'etc/rc.local': `if x\nthen\n${COMMAND}fi\n`},
          /line 3/,
        ],
        ['rc.local that agrees', {'etc/rc.local': 'sysctl net.bpf.zerocopy_enable=0\n'}, 0],
        [
          'rc.local about something else',
          {'etc/rc.local': 'sysctl net.inet.ip.forwarding=$x kern.a=1\n'},
          0,
        ],
        [
          'rc.local that loads a file',
          {'etc/rc.local': '/sbin/sysctl -f /root/tuning\n'},
          /loads a file/,
        ],
        [
          'rc.local with a name sh makes',
          {'etc/rc.local': 'sysctl net.bpf.$x=1\n'},
          /sh\(1\) makes the name/,
        ],
        [
          'rc.local that reads',
          {'etc/rc.local': 'a=$(sysctl -n net.bpf.zerocopy_enable)\nsysctl -n $b\n'},
          0,
        ],
        ['the file of a module rc loads', {'etc/sysctl.kld.d/pf.conf': SETS}, 1],
        [
          'one of a module kld_list names',
          {'etc/rc.conf.local': 'kld_list="/boot/modules/x.ko"\n', 'etc/sysctl.kld.d/x.conf': SETS},
          1,
        ],
        [
          'one of a module the loader loads',
          {'boot/loader.conf': 'pf_load="YES"\n', 'etc/sysctl.kld.d/pf.conf': SETS},
          /loader may have/,
        ],
        ['one of a module nothing loads', {'etc/sysctl.kld.d/10-bpf.conf': SETS}, 0],
        ['a folder of other systems', {'etc/sysctl.d/99-suricata.conf': SETS}, 0],
        [
          'a crontab',
          {
            'etc/rc.conf.local': 'cron_enable="YES"\n',
            'etc/cron.d/tune': `@reboot root ${COMMAND}`,
          },
          /cron\.d\/tune line 1/,
        ],
        ['a crontab of a host without cron', {'etc/cron.d/tune': `@reboot root ${COMMAND}`}, 0],
        ...CALLED,
        [
          'a crontab, at night',
          {
            'etc/rc.conf.local': 'cron_enable="YES"\n',
            'etc/cron.d/tune': `0 3 * * * root ${COMMAND}`,
          },
          0,
        ],
      ],
      6,
    ),
  )('%s', (_, files, expected) => {
    const value = boots(evidenceOf('healthy', files));
    if (expected instanceof RegExp) expect(value).toMatch(expected);
    else expect(value).toBe(expected);
  });

  test('rc.subr of a release that does not know sysctl.kld.d loads none of it', () => {
    const evidence = evidenceOf('healthy', {'etc/sysctl.kld.d/pf.conf': SETS}, '13.2');
    expect(boots(evidence)).toBe(0);
    expect(findings(evidence, 'ZBUF-006')[0]?.summary).toContain(
      "this release's rc.subr does not load",
    );
  });

  test('an enabled local script may set it; one that is not enabled does not', () => {
    const script = (value: string) => ({
      ...machineOf('healthy'),
      extraServices: [
        {script: '/usr/local/etc/rc.d/tune', rcVariable: 'tune_enable', enabledByDefault: false},
      ],
      rcConf: {...machineOf('healthy').rcConf, tune_enable: value},
    });
    const text = {
      'usr/local/etc/rc.d/tune': `#!/bin/sh\n# PROVIDE: tune\nname="tune"\nrcvar="tune_enable"\ntune_start()\n{\n\t${COMMAND}}\n`,
    };
    expect(boots(practiceEvidence(script('YES'), text))).toMatch(/rc\.d\/tune line 7 sets it to 1/);
    expect(boots(practiceEvidence(script('NO'), text))).toBe(0);
  });

  test('a script that a user can change is not read, and makes the value unknown', () => {
    const machine = {
      ...machineOf('healthy'),
      files: {'/home/bob/t': {content: TUNE, mode: 0o755, owner: {uid: 1001, user: 'bob'}}},
    };
    const evidence = practiceEvidence(machine, {'etc/rc.local': '/home/bob/t start\n'});
    expect(boots(evidence)).toBe('/home/bob/t is run at boot, and could not be read');
  });

  test('a boot value that is not known is never a pass', () => {
    const evidence = evidenceOf('healthy', {'etc/rc.local': COMMAND});
    expect(['ZBUF-003', 'ZBUF-004'].map((rule) => findings(evidence, rule)[0]?.verdict)).toEqual([
      'unknown',
      'unknown',
    ]);
  });

  test.each(
    someOf(
      [
        ['etc/sysctl.kld.d/10-bpf.conf', 'rc loads no module of the name 10-bpf'],
        ['etc/sysctl.d/99-suricata.conf', 'nothing loads it'],
        ['usr/local/etc/sysctl.conf', 'nothing loads it'],
      ],
      3,
    ),
  )('%s is named as not loaded', (path, why) => {
    const [finding] = findings(evidenceOf('healthy', {[path]: SETS}), 'ZBUF-006');
    expect(finding).toMatchObject({
      verdict: 'fail',
      summary: `/${path} line 1 is not loaded: ${why}.`,
    });
  });
});

describe('appliances: what they keep themselves counts', () => {
  test.each<[ScenarioName, number, string]>([
    ['opnsense', 0, 'OPNsense'],
    ['opnsense-tunable', 1, 'OPNsense'],
    ['pfsense', 0, 'pfSense'],
    ['bsdrp', 1, 'BSDRP'],
  ])('%s boots with %i', (scenario, value, product) => {
    const evidence = evidenceOf(scenario);
    expect(boots(evidence)).toBe(value);
    expect(evidence.identity.product).toMatchObject({value: {name: product}});
    expect(findings(evidence, 'ZBUF-006')[0]?.verdict).toBe('pass');
  });

  test('no secret of config.xml leaves the host', () => {
    expect(JSON.stringify(evidenceOf('opnsense'))).not.toContain('practice$');
    expect(JSON.stringify(evidenceOf('opnsense'))).not.toContain('rounds=');
  });

  test('the fix names the place that counts there', () => {
    const evidence = evidenceOf('drift', {
      'usr/local/opnsense/version/core': '{"product_version": "26.7.4"}\n',
      'conf/config.xml': '<opnsense><sysctl/></opnsense>',
    });
    expect(boots(evidence)).toBe(0);
    expect(findings(evidence, 'ZBUF-004')[0]).toMatchObject({verdict: 'fail'});
    expect(findings(evidence, 'ZBUF-004')[0]?.fix).toContain('System > Settings > Tunables');
    expect(findings(evidence, 'ZBUF-006')[0]?.summary).toContain('OPNsense does not load it');
    expect(findings(evidenceOf('bsdrp'), 'ZBUF-003')[0]?.fix).toContain('config save');
  });

  test.each(someOf([['ZBUF-001'], ['ZBUF-009'], ['ZBUF-013']], 3))(
    'so does the fix of %s',
    (rule) => {
      const evidence = evidenceOf('bsdrp', {'etc/sysctl.conf': `${SETS}no assignment\n`});
      const [fails] = findings(evidence, rule).filter(({verdict}) => verdict === 'fail');
      expect(fails?.fix).toContain('config save');
    },
  );

  const item = (value: string): string =>
    `<item><tunable>net.bpf.zerocopy_enable</tunable><value>${value}</value></item>`;
  test.each(
    someOf<[string, string, number | RegExp]>(
      [
        ['no such item', '<opnsense><sysctl></sysctl></opnsense>', 0],
        ['two items: the last counts', `<r><sysctl>${item('1')}${item('0')}</sysctl></r>`, 0],
        ['an item without a value', `<r><sysctl>${item('')}</sysctl></r>`, 0],
        [
          'CDATA, entities, blanks, attributes',
          `<r a="x>y"><sysctl>\n<item u='>'><tunable> net&#46;bpf.zerocopy_enable\n</tunable><value><![CDATA[1]]></value></item></sysctl></r>\n`,
          1,
        ],
        [
          'the same tags elsewhere',
          `<r><x><sysctl>${item('1')}</sysctl></x></r>`,
          /outside the tunables/,
        ],
        [
          'a shell command',
          '<r><system><shellcmd>sysctl net.bpf.zerocopy_enable=1</shellcmd></system><sysctl/></r>',
          /outside/,
        ],
        ['cut off', `<r><sysctl>${item('1')}`, /ends too early/],
        ['crossed tags', `<r><sysctl>${item('0')}</r></sysctl>`, /closes nothing/],
        ['a document type', '<!DOCTYPE r [<!ENTITY a "1">]><r><sysctl/></r>', /a document type/],
        ['empty', '', /ends too early/],
        ['a value to be careful with', `<r><sysctl>${item('$(id)')}</sysctl></r>`, /not a number/],
      ],
      5,
    ),
  )('config.xml with %s', (_, xml, expected) => {
    const value = boots(evidenceOf('opnsense', {'conf/config.xml': xml}));
    if (expected instanceof RegExp) expect(value).toMatch(expected);
    else expect(value).toBe(expected);
  });

  test('without config.xml, and on TrueNAS, the value is unknown, never 0', () => {
    const core = {'usr/local/opnsense/version/core': '{}\n'};
    expect(boots(evidenceOf('healthy', core))).toContain('there is no config.xml');
    expect(boots(evidenceOf('healthy', {'etc/version': 'TrueNAS-13.0-U6\n'}))).toContain(
      'TrueNAS sets it',
    );
  });

  test('NanoBSD: a change that nobody can see was saved is unknown; what is seen in /cfg counts', () => {
    const changed = {'etc/sysctl.conf': 'net.bpf.zerocopy_enable=0\n'};
    expect(boots(evidenceOf('bsdrp', changed))).toContain('/cfg is not mounted');
    expect(
      boots(evidenceOf('bsdrp', {...changed, 'cfg/sysctl.conf': changed['etc/sysctl.conf']})),
    ).toBe(0);
    expect(boots(evidenceOf('bsdrp', {...changed, 'cfg/rc.conf': ''}))).toBe(1);
  });
});

test.each([
  [COMMAND, {kind: 'sets', number: 1, certainly: true}],
  [
    '/sbin/sysctl -q net.bpf.zerocopy_enable="1" >/dev/null 2>&1 # on',
    {kind: 'sets', number: 1, certainly: true},
  ],
  ['test -e /x && sysctl net.bpf.zerocopy_enable=1', {kind: 'sets', number: 1, certainly: false}],
  [
    'echo net.bpf.zerocopy_enable=1 >>/etc/sysctl.conf',
    {kind: 'sets', number: 1, certainly: false},
  ],
  ['sysctl net.bpf.zerocopy_enable=$v', {kind: 'may-set', why: 'sh(1) makes the value'}],
  ['sysctl net.bpf.zerocopy_enable=on', {kind: 'none'}],
  ['${SYSCTL} ${oid}=1', {kind: 'may-set', why: 'sh(1) makes the name'}],
  ['sysctl dev.ix.${i}.fc=0 >/dev/null', {kind: 'none'}],
  ['sysctl $settings', {kind: 'may-set', why: 'sh(1) makes the name'}],
  ['[redacted]', {kind: 'may-set', why: 'part of it was hidden when it was collected'}],
  [
    'sysctl token=[redacted]',
    {kind: 'may-set', why: 'part of it was hidden when it was collected'},
  ],
  ['sysctl a=1 b=2 [too long]', {kind: 'may-set', why: 'it is longer than what was collected'}],
])('%s', (line, effect) => {
  expect(effectOf(line.trimEnd())).toEqual(effect);
});
