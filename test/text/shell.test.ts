import {spawnSync} from 'node:child_process';

import fc from 'fast-check';
import {expect, test} from 'vitest';

import {scriptWithArguments, shellQuote} from '../../src/text/shell.js';

/** What a real sh makes of a script on its stdin. */
const run = (script: string): string =>
  spawnSync('dash', ['-s'], {input: script}).stdout.toString('utf8');

test('arguments arrive in the script as they were, whatever they hold', () => {
  const script = 'printf "%s\\n" $#; printf "<%s>\\0" "$@"; exit\n';
  fc.assert(
    fc.property(
      fc.array(
        fc.string({unit: 'grapheme', maxLength: 30}).map((s) => s.replaceAll('\0', '')),
        {minLength: 1, maxLength: 5},
      ),
      (args) => {
        const expected = `${args.length}\n${args.map((arg) => `<${arg}>\0`).join('')}`;
        expect(run(scriptWithArguments(script, args))).toBe(expected);
      },
    ),
    {numRuns: 30},
  );
});

test('quotes, expansions, newlines and a leading dash are only text', () => {
  const nasty = ["it's", '$(id)', '`id`', '"', '\\', '-n', '', '\n', ';exit 3;', "'; id; '"];

  expect(run(scriptWithArguments('for a in "$@"; do printf "<%s>" "$a"; done', nasty))).toBe(
    nasty.map((text) => `<${text}>`).join(''),
  );
});

test('a script without arguments gets none, not those of the shell', () => {
  expect(run(scriptWithArguments('echo $#', []))).toBe('0\n');
});

test('a NUL cannot be quoted: asking for it is a bug', () => {
  expect(() => shellQuote('a\0b')).toThrow('NUL');
});
