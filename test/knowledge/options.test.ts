import fc from 'fast-check';
import {expect, test} from 'vitest';

import {effectivePattern} from '../../src/knowledge/effective-pattern.js';
import {holds} from '../../src/knowledge/holds.js';
import type {Holds} from '../../src/knowledge/holds.js';
import {optionsOf} from '../../src/knowledge/invocation.js';
import {parseOptions} from '../../src/knowledge/options.js';
import {splitFlags, splitShown} from '../../src/knowledge/split-words.js';
import type {OptionGrammar} from '../../src/model/service.js';

import {SERVICES, service} from './sources.js';

/** Options certainly given, in the order they were met. */
const given = (id: string, args: string): string =>
  [...optionsOf(service(id), args).given]
    .map(([option, values]) => option + values.map((v) => (v === '' ? '' : `=${v}`)).join(''))
    .join(' ');

test.each([
  ['tcpdump -n', '-n'],
  ['tcpdump -nni lo0', '-n -i=lo0'],
  ['tcpdump -s0n', '-s=0n'],
  ['tcpdump -s 0 -n', '-s=0 -n'],
  // -i takes an argument, so the n is an interface and no -n.
  ['tcpdump -in', '-i=n'],
  ['tcpdump -i -n', '-i=-n'],
  ['tcpdump -w /tmp/x -C 10 -z gzip', '-w=/tmp/x -C=10 -z=gzip'],
  ['tcpdump -wn -n', '-w=n -n'],
  ['tcpdump icmp -n', '-n'],
  ['tcpdump -- -n', ''],
  ['tcpdump -i lo0 -- icmp and host -n', '-i=lo0'],
  ['tcpdump --interface=lo0 -n', '--interface=lo0 -n'],
  ['tcpdump --interface -n', '--interface=-n'],
  ['tcpdump --immediate-mode -n', '--immediate-mode -n'],
  ['tcpdump -#n', '-# -n'],
  ['tcpdump -i lo0 -', '-i=lo0'],
  ['/usr/sbin/tcpdump   -n\t-e', '-n -e'],
  ['tcpdump', ''],
])('getopt_long: %s', (args, expected) => {
  expect(given('tcpdump', args)).toBe(expected);
});

test('getopt(3) ends at the first operand', () => {
  expect(given('pfflowd', 'pfflowd -n a:1 filter -d')).toBe('-n=a:1');
  expect(given('p0f', 'p0f -i em0 port 80 -d')).toBe('-i=em0');
});

test('an optional argument of a short option is in the same word', () => {
  expect(given('zeek', 'zeek -j4 -i em0')).toBe('-j=4 -i=em0');
  expect(given('zeek', 'zeek -j 4')).toBe('-j');
});

test('programs that compare whole words are read word by word', () => {
  expect(given('isc-dhcpd', 'dhcpd -q -cf /etc/dhcpd.conf -d em0')).toBe(
    '-q -cf=/etc/dhcpd.conf -d',
  );
  expect(given('isc-dhcpd', 'dhcpd -cf -d em0')).toBe('-cf=-d');
  expect(given('darkstat', 'darkstat -i em0 --no-daemon --no-dns')).toBe(
    '-i=em0 --no-daemon --no-dns',
  );
});

const answers = (
  id: string,
  args: string,
  all: readonly string[],
  none: readonly string[] = [],
): Holds => holds({all, none}, optionsOf(service(id), args));

test('a letter the grammar does not know makes the rest of the line doubtful, not wrong', () => {
  // Some other version of tcpdump may take an argument here, and -n would be it.
  expect(answers('tcpdump', 'tcpdump -o -n', ['-n'])).toBe('maybe');
  expect(answers('tcpdump', 'tcpdump -on', ['-n'])).toBe('maybe');
  expect(answers('tcpdump', 'tcpdump -no', ['-n'])).toBe('yes');
  expect(answers('tcpdump', 'tcpdump -o x', ['-n'])).toBe('no');
  expect(answers('tcpdump', 'tcpdump --some-new-option -n', ['-n'])).toBe('maybe');
  expect(answers('tcpdump', 'tcpdump --some-new-option=1 -n', ['-n'])).toBe('yes');
});

test('an abbreviated long option may be what it begins', () => {
  expect(answers('ucarp', 'ucarp --daemon', [], ['-B|--daemonize'])).toBe('maybe');
  expect(answers('ucarp', 'ucarp --daemonize', [], ['-B|--daemonize'])).toBe('no');
});

test('without a grammar a plain flag counts, and letters of a longer word only may', () => {
  expect(answers('snort2', 'snort -D -q', ['-D'])).toBe('yes');
  expect(answers('snort2', 'snort -qD', ['-D'])).toBe('maybe');
  expect(answers('snort2', 'snort -q', ['-D'])).toBe('no');
  expect(answers('fastnetmon', 'fastnetmon --daemonize', ['--daemonize'])).toBe('yes');
});

test('alternatives, several members, forbidden ones and globs on arguments', () => {
  const options = parseOptions(['-z', 'gzip', '-G', '60', '-P', '/usr/lib/rssm.so'], {
    style: 'getopt',
    short: 'z:C:G:P:n',
    long: {},
  });

  expect(holds({all: ['-z', '-C|-G'], none: []}, options)).toBe('yes');
  expect(holds({all: ['-z', '-C'], none: []}, options)).toBe('no');
  expect(holds({all: ['-z'], none: ['-n']}, options)).toBe('yes');
  expect(holds({all: ['-z'], none: ['-C|-G']}, options)).toBe('no');
  expect(holds({all: ['-P=*rssm*|-P=*rzkeychange*'], none: []}, options)).toBe('yes');
  expect(holds({all: ['-P=*rzkeychange*'], none: []}, options)).toBe('no');
});

test('flags of rc.conf are split as the shell splits them', () => {
  expect(splitFlags(`-f "/var/log/a b" -x 'c d' e\\ f ""`)).toEqual({
    words: ['-f', '/var/log/a b', '-x', 'c d', 'e f', ''],
    expands: false,
  });
  expect(splitFlags('-u ${user}').expands).toBe(true);
  expect(splitFlags("-u '$x'").expands).toBe(false);
});

const word = fc.oneof(
  fc.constantFrom(
    '-',
    '--',
    '-n',
    '-i',
    '--interface',
    '--=x',
    '-=',
    '-:',
    '-::',
    '-+',
    '',
    '=',
    '--a=b=c',
  ),
  fc.string({maxLength: 8}),
  fc.string({unit: 'binary', maxLength: 8}).map((s) => `-${s}`),
);

const grammars: fc.Arbitrary<OptionGrammar | undefined> = fc.option(
  fc.record({
    style: fc.constantFrom('getopt', 'getopt-long', 'words'),
    short: fc.stringMatching(/^\+?[a-zA-Z0-9:]{0,12}$/),
    long: fc.dictionary(
      fc.constantFrom('--interface', '-cf', '--a', '__proto__', 'constructor'),
      fc.constantFrom('none', 'required', 'optional'),
    ),
  }),
  {nil: undefined},
);

test('no command line makes the parser throw, and every option it reports stands in the line', () => {
  fc.assert(
    fc.property(fc.array(word, {maxLength: 12}), grammars, (words, grammar) => {
      const parsed = parseOptions(words, grammar);
      const line = words.join(' ');
      for (const option of parsed.given.keys()) {
        const shown = option.startsWith('--') || line.includes(option) ? option : option.slice(1);
        expect(line).toContain(shown);
      }
    }),
  );
});

test('no text from a host makes any service throw, and an answer is always one of the known', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary', maxLength: 200}), fc.nat(), (text, at) => {
      const known = SERVICES[at % SERVICES.length]!;
      for (const invocation of [text, {flags: text}]) {
        const answer = effectivePattern(known, invocation);
        expect(['safe', 'race', 'unknown', 'breaks']).toContain(answer.outlook);
        if (answer.certain) expect(answer.outlook).not.toBe('unknown');
      }
    }),
  );
});

test('adding -n behind any tcpdump line whose words are known never leaves the question open', () => {
  const known = fc.constantFrom(
    '-n',
    '-e',
    '-i lo0',
    '-s0',
    '-w /tmp/x',
    '-vv',
    '--immediate-mode',
    '-c 5',
  );
  fc.assert(
    fc.property(fc.array(known), (words) => {
      const {pattern, certain} = effectivePattern(
        service('tcpdump'),
        `tcpdump ${words.join(' ')} -n`,
      );
      expect({pattern, certain}).toEqual({pattern: 'none', certain: true});
    }),
  );
});

test('a very long line is cut, not chewed on', () => {
  const line = `tcpdump ${'-e '.repeat(1_000_000)}`;
  const before = performance.now();

  optionsOf(service('tcpdump'), line);

  expect(performance.now() - before).toBeLessThan(500);
  expect(splitShown(line).length).toBeLessThan(100_000);
});
