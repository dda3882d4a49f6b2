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
  const own = Object.entries(about.flags).flatMap(([name, {allowNo}]) => [
    `--${name}`,
    ...(allowNo === true ? [`--no-${name}`] : []),
  ]);
  const known = [...own, '--help'];
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
  [/^Flag --(\S+) can only be specified once$/, (flag) => `--${flag} may be given only once`],
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
  const [, argument, allowed] = /^Expected ([^]*) to be one of: (.*)$/.exec(said) ?? [];
  if (argument !== undefined) return `"${argument}" is not one of ${allowed ?? ''}`;
  const reasons = said.split('\n').map((line) => line.trim());
  const ours = reasons.flatMap((line) => relation(line, about));
  return ours.length > 0 ? [...new Set(ours)].join('; ') : said;
}

/**
 * Flags that exclude or need each other. oclif says the first from both sides, which is once too
 * often.
 */
function relation(line: string, about: UsageOf): readonly string[] {
  const [, one, other] =
    /^--([^\s=]+)(?:=.*)? cannot also be provided when using --(\S+)$/.exec(line) ?? [];
  if (one !== undefined && other !== undefined) {
    const [a = '', b = ''] = [one, other].sort();
    const causes = [a, b].map((flag) => causedBy(flag, about)).join('');
    return [`--${a} and --${b} cannot be used together${causes}`];
  }
  const needs = /^(All|One) of the following must be provided when using --(\S+): (.*)$/.exec(line);
  if (needs === null) return [];
  return [
    `--${needs[2]} needs ${(needs[3] ?? '').split(', ').join(needs[1] === 'All' ? ' and ' : ' or ')}`,
  ];
}

function causedBy(flag: string, about: UsageOf): string {
  const variable = variableOf(flag, about);
  return variable === undefined ? '' : ` (from ${variable})`;
}

/** The environment variable that, and nobody on the command line, gave a flag its value. */
function variableOf(flag: string, {flags, argv, env}: UsageOf): string | undefined {
  const about = flags[flag];
  const variable = about?.env;
  if (variable === undefined || (env[variable] ?? '') === '') return undefined;
  const typed = argv.some(
    (word) =>
      word === `--${flag}` ||
      word.startsWith(`--${flag}=`) ||
      (about?.char !== undefined && /^-[^-]/.test(word) && word.includes(about.char)),
  );
  return typed ? undefined : variable;
}

/**
 * The variables whose value a message names: a value that was read further in, or a file that is
 * not there, was typed by nobody. '' when there is none.
 */
export function setInEnvironment(message: string, about: UsageOf): string {
  const set = Object.keys(about.flags).flatMap((flag) => {
    const variable = variableOf(flag, about);
    const value = variable === undefined ? '' : (about.env[variable] ?? '');
    const words = [value, ...value.split(/[,:]/)].filter((word) => word.length > 1);
    const named = words.some((word) => message.includes(word));
    return variable !== undefined && named ? [`${variable}="${value}" is set.`] : [];
  });
  return set.join(' ');
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

/**
 * The values with those of repeatable flags as lists. A flag on the command line is one already;
 * from its variable it comes as one text.
 */
export function severalValues<F extends object>(
  values: F,
  flags: Readonly<
    Record<
      string,
      {readonly type: string; readonly multiple?: boolean; readonly delimiter?: string}
    >
  >,
): F {
  const lists = Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
    const {multiple, delimiter} = flags[name] ?? {};
    if (multiple !== true || typeof value !== 'string') return [];
    const list = delimiter === undefined ? [value] : value.split(delimiter);
    return [[name, list.map((one) => one.trim()).filter((one) => one !== '')] as const];
  });
  return {...values, ...Object.fromEntries(lists)};
}
