import type {Errors} from '@oclif/core';

import {didYouMean} from '../text/near-misses.js';

/** What of a command a usage error may have to name. */
export interface UsageOf {
  /** As it is typed, e.g. `runs show`. */
  readonly command: string;
  readonly flags: Readonly<
    Record<string, {readonly env?: string; readonly allowNo?: boolean; readonly char?: string}>
  >;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface UsageMessage {
  readonly message: string;
  readonly fix: string;
}

/** An error of oclif's parser; some carry what they are about. */
type ParserError = Errors.CLIError & {
  readonly flags?: readonly string[];
  readonly args?: unknown;
};

interface NamedArgument {
  readonly name: string;
  readonly description?: string;
}

/**
 * A wrong command line in our own words: what is wrong, what was probably meant, where to look.
 * Whatever oclif says that is not known here is passed on as it is.
 */
export function usageMessage(error: Errors.CLIError, about: UsageOf): UsageMessage {
  const help = `See zbufctl ${about.command} --help.`;
  const {flags, args} = error as ParserError;
  if (Array.isArray(flags)) return unknownFlags(flags as readonly string[], about, help);
  if (Array.isArray(args)) {
    const missing = (args as readonly (string | NamedArgument)[]).flatMap((arg) =>
      typeof arg === 'string' ? [] : [arg],
    );
    if (missing.length > 0) return {message: missing.map(missingArgument).join('; '), fix: help};
    const extra = (args as readonly string[]).map((arg) => `"${arg}"`).join(', ');
    return {
      message: `unexpected ${args.length === 1 ? 'argument' : 'arguments'} ${extra}`,
      fix: help,
    };
  }
  const said = error.message.replace(/\nSee more help with --help$/, '');
  return {message: inOurWords(said, about), fix: help};
}

const missingArgument = ({name, description}: NamedArgument): string =>
  `${name.toUpperCase()} is missing${description === undefined ? '' : `: ${description}`}`;

function unknownFlags(flags: readonly string[], about: UsageOf, help: string): UsageMessage {
  const known = Object.entries(about.flags).flatMap(([name, {allowNo}]) => [
    `--${name}`,
    ...(allowNo === true ? [`--no-${name}`] : []),
  ]);
  const [first = ''] = flags;
  const meant = flags.length === 1 ? didYouMean(first, known) : '';
  return {
    message: `unknown ${flags.length === 1 ? 'flag' : 'flags'} ${flags.join(', ')}`,
    fix: meant === '' ? help : `${meant} ${help}`,
  };
}

/** oclif's sentences, each with what we say instead; the first group is the flag. */
const SENTENCES: readonly (readonly [
  RegExp,
  (flag: string, rest: string, more: string) => string,
])[] = [
  [
    /^Parsing --(\S+) \n\tExpected an integer (greater|less) than or equal to (\S+) but received: /,
    (flag, which, limit) => `--${flag}: the ${which === 'greater' ? 'least' : 'most'} is ${limit}`,
  ],
  [
    /^Parsing --(\S+) \n\tExpected an integer but received: ([^]*)$/,
    (flag, value) => `--${flag}: "${value}" is not a number`,
  ],
  [
    /^Expected --(\S+?)=([^]*) to be one of: (.*)$/,
    (flag, value, words) => `--${flag}: "${value}" is not one of ${words}`,
  ],
  [/^Flag --(\S+) expects a value$/, (flag) => `--${flag} needs a value`],
  [
    /^Flag --(\S+) expects one of these values: (.*)$/,
    (flag, words) => `--${flag} needs one of ${words}`,
  ],
];

function inOurWords(said: string, about: UsageOf): string {
  for (const [pattern, say] of SENTENCES) {
    const [, flag, rest = '', more = ''] = pattern.exec(said) ?? [];
    if (flag !== undefined) return say(flag, rest, more) + causedBy(flag, about);
  }
  const reasons = said.split('\n').map((line) => line.trim());
  const ours = reasons.flatMap(relation);
  return ours.length > 0 ? [...new Set(ours)].join('; ') : said;
}

/**
 * Flags that exclude or need each other. oclif says the first from both sides, which is once too
 * often.
 */
function relation(line: string): readonly string[] {
  const [, one, other] =
    /^--([^\s=]+)(?:=.*)? cannot also be provided when using --(\S+)$/.exec(line) ?? [];
  if (one !== undefined && other !== undefined) {
    const [a, b] = [one, other].sort();
    return [`--${a} and --${b} cannot be used together`];
  }
  const needs = /^(All|One) of the following must be provided when using --(\S+): (.*)$/.exec(line);
  if (needs === null) return [];
  return [
    `--${needs[2]} needs ${(needs[3] ?? '').split(', ').join(needs[1] === 'All' ? ' and ' : ' or ')}`,
  ];
}

/** Names the environment variable where it, and nobody on the command line, gave the value. */
function causedBy(flag: string, {flags, argv, env}: UsageOf): string {
  const about = flags[flag];
  const variable = about?.env;
  if (variable === undefined || (env[variable] ?? '') === '') return '';
  const typed = argv.some(
    (word) =>
      word === `--${flag}` ||
      word.startsWith(`--${flag}=`) ||
      (about?.char !== undefined && /^-[^-]/.test(word) && word.includes(about.char)),
  );
  return typed ? '' : ` (from ${variable})`;
}

const SWITCH = ['0', 'false', 'n', 'no', '1', 'true', 'y', 'yes'];

/**
 * What is wrong with the environment's switches; undefined: nothing. A word that means neither is
 * not taken for no.
 */
export function badSwitch(
  flags: Readonly<Record<string, {readonly env?: string; readonly type?: string}>>,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (const {env: variable, type} of Object.values(flags)) {
    const value = variable === undefined ? undefined : env[variable];
    if (
      type === 'boolean' &&
      value !== undefined &&
      value !== '' &&
      !SWITCH.includes(value.toLowerCase())
    )
      return `${variable ?? ''}="${value}" is neither yes nor no`;
  }
  return undefined;
}
