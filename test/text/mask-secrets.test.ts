import {spawnSync} from 'node:child_process';

import fc from 'fast-check';
import {expect, test} from 'vitest';

import {loadCollectTemplate} from '../../src/io/package/templates.js';
import {maskSecrets} from '../../src/text/mask-secrets.js';
import {KEYS, SECRET, SHAPES} from './secret-shapes.js';

/** The text of a variable of collect.sh that holds an awk program. */
function awkText(name: string): string {
  const script = loadCollectTemplate();
  const from = script.indexOf(`\n${name}='`) + name.length + 3;
  return script.slice(from, script.indexOf("'\n", from));
}

/** The lines as the host would mask them. */
function maskedByAwk(awk: readonly string[], lines: readonly string[]): readonly string[] {
  const [program = '', ...words] = awk;
  const ran = spawnSync(program, [...words, `${awkText('mask_text')}\n{ print mask($0) }`], {
    input: lines.map((line) => `${line}\n`).join(''),
    env: {...process.env, LC_ALL: 'C'},
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\n').slice(0, -1);
}

// Another awk can be the system's own: hosts have one of their own, and this must hold in each.
const AWKS = [['original-awk'], ['mawk'], ['gawk', '--posix'], ['gawk']].filter(
  ([program = '']) => spawnSync(program, ['BEGIN { exit 0 }']).error === undefined,
);

test.each(SHAPES)('a secret like %s is masked, and masked again it stays as it is', (shape) => {
  const masked = maskSecrets(shape);

  expect(masked).not.toContain(SECRET);
  expect(masked).not.toContain('two-words');
  expect(maskSecrets(masked)).toBe(masked);
});

test.each(KEYS)('a key that only looks like one is masked: %s', (key) => {
  expect(maskSecrets(`prog ${key} -i em0`)).toMatch(/^prog [[a-z\].]+ -i em0$/);
});

test('more than forty shapes', () => {
  expect(SHAPES.length + KEYS.length).toBeGreaterThanOrEqual(40);
});

test.each([
  'suricata -D --pcap -c /usr/local/etc/suricata/suricata.yaml --pidfile /var/run/suricata.pid',
  '/usr/sbin/tcpdump -p -n -i em0 -w /var/log/x.pcap host 192.0.2.1 and port 53',
  'tcpdump -pni em0',
  'pflogd: [running] -s 116 -i pflog0 -f /var/log/pflog (pflogd)',
  '# the keymap, and all traffic that may pass',
  'net.inet.tcp.syncookies=1',
  'net.key.preferred_oldsa=0',
  'hw.kbd.keymap_restrict_change=4',
  'net.inet.sctp.valid_cookie_life=60000',
  'net.inet.tcp.fastopen.psk_enable=1',
  'security.bsd.hardlink_check_uid=1 # 2026-11-24T08:15:00Z',
  'net.bpf.zerocopy_enable=1',
])('what is no secret stays: %s', (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test.each(AWKS)('%s masks on the host what is masked here', (...awk) => {
  const pieces = fc.sample(
    fc.array(
      fc.constantFrom(
        ...SHAPES,
        ...(
          '-p --pw= " \' \\" = : ; , ) a -n token key= pass: PASSWORD= yes 1 user:x@ :// @h $6$ab$c #& | x_psk' +
          ' bearer -c snmp mysql -pab Cookie: /token none'
        ).split(' '),
        ' ',
        '\t',
        'AKIA0123456789ABCDEF',
        'é',
      ),
      {maxLength: 12},
    ),
    {numRuns: 1500, seed: 7},
  );
  const lines = [
    ...SHAPES,
    ...KEYS,
    ...pieces.map((list) => list.join('')),
    ...pieces.map((list) => list.join(' ')),
  ];

  expect(maskedByAwk(awk, lines)).toEqual(lines.map(maskSecrets));
});

/** The program with its loops counted, and how many turns they took for a line of this unit. */
function turns(awk: readonly string[], unit: string, length: number): number {
  const [program = '', ...words] = awk;
  const counted = awkText('mask_text').replaceAll(
    /while \((.*)\) ?(\{?)$/gm,
    'while (turn() && ($1)) $2',
  );
  const ran = spawnSync(
    program,
    [
      ...words,
      `function turn() { return ++turned }${counted}\n{ mask_line($0) }\nEND { print turned }`,
    ],
    {
      input: `${unit.repeat(length / unit.length)}\n`,
      env: {...process.env, LC_ALL: 'C'},
      encoding: 'utf8',
      timeout: 60_000,
    },
  );
  expect(ran.stderr).toBe('');
  return Number(ran.stdout);
}

test.each(AWKS)(
  '%s turns no more for 256 KB on one line than for a line as long as it masks',
  (...awk) => {
    for (const unit of ['a b ', 'a=b ', 'pw=x ', 'a:b@ ', '" ', 'token "']) {
      const most = turns(awk, unit, 4000);
      expect(most).toBeGreaterThan(300);
      expect(turns(awk, unit, 256 * 1024), unit).toBeLessThanOrEqual(most);
    }
  },
);

test('a line that is cut says so, and keeps no half of a key', () => {
  const line = `${'a b '.repeat(998)}AKIA${'0123456789abcdef'.repeat(4)}`;
  const ran = spawnSync('awk', [`${awkText('mask_text')}\n{ print mask_line($0) }`], {
    input: `${line}\n`,
    encoding: 'utf8',
  });
  expect(ran.stdout).toBe(`${'a b '.repeat(998)}[too long]\n`);
});

test.each([
  'y',
  'a:',
  '://',
  'a:a@',
  ' ',
  "'",
  'pw=1 -',
  '-c x ',
  'token "',
  '\\"',
  '$6$',
  'a/',
  '=',
])('a long text of %j takes time in proportion to its length', (unit) => {
  const time = (length: number): number => {
    const text = `@${unit.repeat(length / unit.length)}`;
    const begun = performance.now();
    maskSecrets(text);
    return performance.now() - begun;
  };
  // A quadratic pattern takes minutes here.
  expect(time(100_000)).toBeLessThan(3000);
});
