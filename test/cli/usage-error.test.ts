import {describe, expect, test} from 'vitest';

import {zbufctl, zbufctlAgain} from '../e2e/cli.js';

const lines = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

describe('help is where people look for it', () => {
  test.each([
    [['-h'], 'zbufctl [COMMAND]'],
    [['help'], 'zbufctl [COMMAND]'],
    [['audit', '-h'], 'zbufctl audit [HOST...]'],
    [['help', 'audit'], 'zbufctl audit [HOST...]'],
    [['help', 'runs', 'show'], 'zbufctl runs show'],
  ] as const)('%j', async (args, usage) => {
    const {code, stdout, stderr} = await zbufctl([...args]);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`$ ${usage}`);
  });

  test('-V is --version', async () => {
    const [short, long] = await Promise.all([zbufctl(['-V']), zbufctl(['--version'])]);

    expect([short.code, short.stdout]).toEqual([0, long.stdout]);
  });
});

describe('a wrong command line is told in the words of the field', () => {
  const CASES: readonly (readonly [
    args: readonly string[],
    said: readonly string[],
    env?: Readonly<Record<string, string>>,
  ])[] = [
    [
      ['audit', '--jsonn'],
      ['zbufctl: unknown flag --jsonn', 'Did you mean "--json"? See zbufctl audit --help.'],
    ],
    [
      ['audit', '--hlp'],
      ['zbufctl: unknown flag --hlp', 'Did you mean "--help"? See zbufctl audit --help.'],
    ],
    [
      ['audit', '--xyzzy'],
      ['zbufctl: unknown flag --xyzzy', 'See zbufctl audit --help.'],
    ],
    [
      ['plan', '--no-colr'],
      ['zbufctl: unknown flag --no-colr', 'Did you mean "--no-color"? See zbufctl plan --help.'],
    ],
    [
      ['audit', '--concurrency', 'x'],
      ['zbufctl: --concurrency: "x" is not a number', 'See zbufctl audit --help.'],
    ],
    [
      ['audit', '--concurrency', '0'],
      ['zbufctl: --concurrency: the least is 1', 'See zbufctl audit --help.'],
    ],
    [
      ['audit', '--timeout', '9999'],
      ['zbufctl: --timeout: the most is 3600', 'See zbufctl audit --help.'],
    ],
    [
      ['audit', '-v', '-q'],
      ['zbufctl: --quiet and --verbose cannot be used together', 'See zbufctl audit --help.'],
    ],
    [
      ['audit', '--program', 'x'],
      ['zbufctl: --program needs --with-helper', 'See zbufctl audit --help.'],
    ],
    [
      ['audit', '--timeout', '5', '--timeout', '6'],
      ['zbufctl: --timeout may be given only once', 'See zbufctl audit --help.'],
    ],
    [
      ['audit', '-o'],
      ['zbufctl: --output needs a value', 'See zbufctl audit --help.'],
    ],
    [
      ['explain', 'broken', 'pieces'],
      ['zbufctl: unexpected argument "pieces"', 'See zbufctl explain --help.'],
    ],
    [
      ['completion', 'ksh'],
      ['zbufctl: "ksh" is not one of bash, zsh, fish, tcsh', 'See zbufctl completion --help.'],
    ],
    [
      ['help', 'runs', 'shw'],
      [
        'zbufctl: there is no command "runs shw"',
        'Did you mean "runs show"? zbufctl help lists them all.',
      ],
    ],
    [
      ['audit'],
      [
        'zbufctl: --concurrency: "abc" is not a number (from ZBUFCTL_CONCURRENCY)',
        'See zbufctl audit --help.',
      ],
      {ZBUFCTL_CONCURRENCY: 'abc'},
    ],
    [
      ['audit', '--concurrency', 'y'],
      ['zbufctl: --concurrency: "y" is not a number', 'See zbufctl audit --help.'],
      {ZBUFCTL_CONCURRENCY: 'abc'},
    ],
    [
      ['audit'],
      ['zbufctl: ZBUFCTL_JSON="maybe" is neither yes nor no', 'Write 1 or 0, yes or no.'],
      {ZBUFCTL_JSON: 'maybe'},
    ],
    [
      ['audit', '-v'],
      [
        'zbufctl: --quiet and --verbose cannot be used together (from ZBUFCTL_QUIET)',
        'See zbufctl audit --help.',
      ],
      {ZBUFCTL_QUIET: '1'},
    ],
    // Read further in than the command line: the variable is named all the same.
    [
      ['audit', '--local'],
      [
        'zbufctl: unknown format "tabel"',
        expect.stringMatching(
          /^Formats here: table, json, .*\. ZBUFCTL_OUTPUT="json:x\.json,tabel" is set\.$/,
        ) as string,
      ],
      {ZBUFCTL_OUTPUT: 'json:x.json,tabel'},
    ],
    [
      ['audit'],
      [
        'zbufctl: /nowhere/hosts: is not there',
        'Check the path; zbufctl init makes an inventory. ZBUFCTL_INVENTORY="/nowhere/hosts" is set.',
      ],
      {ZBUFCTL_INVENTORY: '/nowhere/hosts'},
    ],
  ];

  test.each(CASES.map(([args, said, env = {}]) => ({args, said, env})))(
    '$args: $said',
    async ({args, said, env}) => {
      const {code, stdout, stderr} = await zbufctlAgain([...args], {env});

      expect([code, stdout]).toEqual([2, '']);
      expect(lines(stderr)).toEqual(said);
    },
  );

  test('a missing argument is named with what it is', async () => {
    const {code, stderr} = await zbufctlAgain(['rollback']);

    expect(code).toBe(2);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/^zbufctl: RUN is missing: /),
      'See zbufctl rollback --help.',
    ]);
  });
});

test('services takes several words without quotes, and needs all of them', async () => {
  const [one, two] = await Promise.all([
    zbufctlAgain(['services', 'dhcp']),
    zbufctlAgain(['services', 'dhcp', 'kea']),
  ]);
  expect([one.code, two.code]).toEqual([0, 0]);
  expect(one.stdout).toContain('dnsmasq');
  expect(two.stdout).toContain('kea-dhcp4');
  expect(two.stdout).not.toContain('dnsmasq');
});
