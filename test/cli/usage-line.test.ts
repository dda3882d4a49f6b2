import {Args, Flags} from '@oclif/core';
import {expect, test} from 'vitest';

import type {UsageCommand} from '../../src/cli/usage-line.js';
import {usageParts} from '../../src/cli/usage-line.js';

const usage = (flags: object, args: object = {}, strict = true): string =>
  usageParts({args, strict, flags} as unknown as UsageCommand).join(' ');

const file = (more: object = {}): object => Flags.string({helpValue: 'FILE', ...more});

test.each([
  ['nothing', {}, ''],
  ['a flag', {json: Flags.boolean()}, '[--json]'],
  [
    'values, a letter, several times',
    {out: file({char: 'o', multiple: true}), wish: Flags.string({options: ['on', 'off']})},
    '[-o FILE...] [--wish on|off]',
  ],
  ['what must be given', {key: file({required: true})}, '--key FILE'],
  [
    'what excludes each other, said by one of them',
    {local: Flags.boolean({exclusive: ['from']}), from: file()},
    '[--local | --from FILE]',
  ],
  [
    'two that go together against one',
    {a: Flags.boolean({exclusive: ['c']}), b: Flags.boolean({exclusive: ['c']}), c: file()},
    '[[--a] [--b] | --c FILE]',
  ],
  [
    'what does not divide into choices stands alone',
    {
      a: Flags.boolean({exclusive: ['b']}),
      b: Flags.boolean({exclusive: ['c']}),
      c: Flags.boolean({exclusive: ['d']}),
      d: Flags.boolean(),
    },
    '[--a] [--b] [--c] [--d]',
  ],
  [
    'what needs another stands inside it, and is no alternative of anything',
    {helper: Flags.boolean(), program: file({dependsOn: ['helper']})},
    '[--helper [--program FILE]]',
  ],
  ['an exclusive flag this command does not have', {a: Flags.boolean({exclusive: ['b']})}, '[--a]'],
  [
    'hidden flags not at all, those of all commands last',
    {
      quiet: Flags.boolean({char: 'q', helpGroup: 'GLOBAL'}),
      secret: Flags.boolean({hidden: true}),
      color: Flags.boolean({allowNo: true}),
    },
    '[--[no-]color] [-q]',
  ],
] as const)('usage of %s', (_what, flags, line) => {
  expect(usage(flags)).toBe(line);
});

test('arguments: needed, not needed, the last several times', () => {
  const args = {run: Args.string({required: true}), host: Args.string()};
  expect([usage({}, args), usage({}, args, false)]).toEqual(['RUN [HOST]', 'RUN [HOST...]']);
});
