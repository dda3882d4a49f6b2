import {RUN_FORMATS, REPORT_ONLY_FORMATS} from '../../report/format-names.js';

/** What oclif.manifest.json says of commands, as far as completing a command line needs it. */
export interface Manifest {
  readonly commands: Readonly<Record<string, KnownCommand>>;
}

export interface KnownCommand {
  readonly id: string;
  readonly summary?: string;
  readonly hidden?: boolean;
  readonly args: Readonly<Record<string, {readonly options?: readonly string[]}>>;
  readonly flags: Readonly<Record<string, KnownFlag>>;
}

interface KnownFlag {
  readonly type: string;
  readonly char?: string;
  readonly summary?: string;
  readonly hidden?: boolean;
  readonly allowNo?: boolean;
  readonly multiple?: boolean;
  readonly helpValue?: string | readonly string[];
  readonly options?: readonly string[];
}

/** What only the machine can tell: the words are looked up (candidates.ts). */
export const LOOKED_UP = [
  'files',
  'folders',
  'hosts',
  'groups',
  'runs',
  'plans',
  'services',
  'explained',
  'rules',
] as const;
export type LookedUp = (typeof LOOKED_UP)[number];

export interface Candidate {
  readonly word: string;
  /** A few words about it, for shells that show them; may be empty. */
  readonly about: string;
}

/** What may stand where the cursor is. */
export interface Wanted {
  /** What of the word stands already and is not part of a candidate, e.g. `--group=`. */
  readonly before: string;
  readonly words: readonly Candidate[];
  readonly lookUp: readonly LookedUp[];
  /** Values of flags typed before, by the flag's name: where to look. */
  readonly given: Readonly<Record<string, readonly string[]>>;
}

/**
 * What may stand for the last of the words.
 * @param words what follows `zbufctl`, up to the cursor; the last may be empty
 */
export function wantedAt({commands}: Manifest, words: readonly string[]): Wanted {
  const typed = words[0] === 'help' ? words.slice(1) : words;
  const last = typed.at(-1) ?? '';
  const done = typed.slice(0, -1);
  const names = namesOf(commands);
  const depth = commandDepth(done, names);
  const path = done.slice(0, depth).join(':');
  const next = nextNames(path, names, commands);
  const command = commands[path];
  if (command === undefined || words[0] === 'help') return only(last.startsWith('-') ? [] : next);
  const place = placeOf(command, done.slice(depth));
  const atValue = valueAt(command, place, last);
  if (atValue !== undefined) return {...atValue, given: place.given};
  if (last.startsWith('-') && !place.onlyArguments)
    return {...only(flagWords(command, place.given)), given: place.given};
  const sub = place.arguments === 0 ? next : [];
  return {...argumentAt(command, place.arguments, sub), given: place.given};
}

const only = (words: readonly Candidate[], before = ''): Wanted => ({
  before,
  words,
  lookUp: [],
  given: {},
});

const looked = (before: string, ...lookUp: readonly LookedUp[]): Wanted => ({
  before,
  words: [],
  lookUp,
  given: {},
});

/** `runs:show` and its beginning `runs`. */
function namesOf(commands: Manifest['commands']): ReadonlySet<string> {
  const shown = Object.values(commands).filter(({hidden}) => hidden !== true);
  return new Set(
    shown.flatMap(({id}) => {
      const parts = id.split(':');
      return parts.map((_, i) => parts.slice(0, i + 1).join(':'));
    }),
  );
}

/** How many of the words are the command's name. */
function commandDepth(done: readonly string[], names: ReadonlySet<string>): number {
  let depth = 0;
  while (depth < done.length && names.has(done.slice(0, depth + 1).join(':'))) depth += 1;
  return depth;
}

function nextNames(
  path: string,
  names: ReadonlySet<string>,
  commands: Manifest['commands'],
): readonly Candidate[] {
  const start = path === '' ? '' : `${path}:`;
  return [...names]
    .filter((name) => name.startsWith(start) && !name.slice(start.length).includes(':'))
    .sort()
    .map((name) => ({
      word: name.slice(start.length),
      about: commands[name]?.summary ?? '',
    }));
}

/** Where on the command line the cursor is. */
interface Place {
  /** The flag whose value comes now. */
  readonly flag?: string;
  /** How many arguments stand before. */
  readonly arguments: number;
  /** Behind `--`. */
  readonly onlyArguments: boolean;
  readonly given: Readonly<Record<string, readonly string[]>>;
}

function placeOf(command: KnownCommand, done: readonly string[]): Place {
  const given: Record<string, string[]> = {};
  let waiting: string | undefined;
  let count = 0;
  let onlyArguments = false;
  for (const word of done) {
    if (waiting !== undefined) {
      (given[waiting] ??= []).push(word);
      waiting = undefined;
    } else if (onlyArguments || !word.startsWith('-') || word === '-') count += 1;
    else if (word === '--') onlyArguments = true;
    else {
      const {name, value} = flagOf(command, word);
      if (name === undefined) continue;
      const list = (given[name] ??= []);
      if (command.flags[name]?.type !== 'option') continue;
      if (value === undefined) waiting = name;
      else list.push(value);
    }
  }
  return {
    ...(waiting === undefined ? {} : {flag: waiting}),
    arguments: count,
    onlyArguments,
    given,
  };
}

/** The flag a word means: `--output`, `--output=json`, `-o`, `-ojson`, the o of `-qo`. */
function flagOf(
  {flags}: KnownCommand,
  word: string,
): {readonly name?: string; readonly value?: string} {
  const [, long, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) {
    const name = flags[long] !== undefined ? long : long.replace(/^no-/, '');
    if (flags[name] === undefined) return {};
    return {name, ...(value === undefined ? {} : {value})};
  }
  for (const [at, char] of Array.from(word.slice(1)).entries()) {
    const [name, flag] = Object.entries(flags).find(([, one]) => one.char === char) ?? [];
    if (name === undefined) return {};
    const rest = word.slice(at + 2);
    if (flag?.type === 'option') return {name, ...(rest === '' ? {} : {value: rest})};
    if (rest === '') return {name};
  }
  return {};
}

/** The flag's value, when that is what comes now. */
function valueAt(command: KnownCommand, {flag}: Place, last: string): Wanted | undefined {
  if (flag !== undefined) return valueOf(command, flag, '', last);
  const [start, name = ''] = /^--([^=]+)=/.exec(last) ?? [];
  if (start === undefined || command.flags[name]?.type !== 'option') return undefined;
  return valueOf(command, name, start, last.slice(start.length));
}

/** What flags take by the word that stands for their value in the help. */
const BY_VALUE: Readonly<Record<string, LookedUp>> = {
  FILE: 'files',
  PATH: 'files',
  KEY: 'files',
  DIR: 'folders',
  RUN: 'runs',
};

function valueOf(command: KnownCommand, name: string, start: string, typed: string): Wanted {
  const flag = command.flags[name];
  if (flag?.options !== undefined) return only(plain(flag.options), start);
  if (name === 'output') return formatsOf(command, start, typed);
  if (name === 'group')
    return looked(`${start}${typed.slice(0, typed.lastIndexOf(',') + 1)}`, 'groups');
  const words = flag?.helpValue ?? '';
  const kinds = (typeof words === 'string' ? words.split('|') : words).map(
    (word) => BY_VALUE[word],
  );
  const own = name === 'sign' ? plain(['agent']) : [];
  return {...looked(start, ...kinds.filter((kind) => kind !== undefined)), words: own};
}

/** Commands whose result needs no report have these formats only. */
const FEW_FORMATS = ['table', 'json'];
const ALL_FORMATS = ['audit', 'report', 'runs:show', 'runs:merge'];

function formatsOf({id}: KnownCommand, start: string, typed: string): Wanted {
  const at = typed.indexOf(':');
  if (at >= 0) return looked(`${start}${typed.slice(0, at + 1)}`, 'files');
  const formats = ALL_FORMATS.includes(id) ? [...RUN_FORMATS, ...REPORT_ONLY_FORMATS] : FEW_FORMATS;
  return only(plain(formats), start);
}

const plain = (words: readonly string[]): readonly Candidate[] =>
  words.map((word) => ({word, about: ''}));

/** The flags that may still be given. */
function flagWords(command: KnownCommand, given: Place['given']): readonly Candidate[] {
  return [
    ...Object.entries(command.flags).flatMap(([name, flag]) => {
      if (flag.hidden === true || (given[name] !== undefined && flag.multiple !== true)) return [];
      const about = flag.summary ?? '';
      return [
        {word: `--${name}`, about},
        ...(flag.allowNo === true ? [{word: `--no-${name}`, about}] : []),
      ];
    }),
    {word: '--help', about: 'show what the command does, and its flags'},
  ];
}

/** What arguments are, by command and name, where the name alone does not tell. */
const BY_ARGUMENT: Readonly<Record<string, LookedUp>> = {
  host: 'hosts',
  plan: 'plans',
  run: 'runs',
  from: 'runs',
  to: 'runs',
  file: 'files',
  path: 'files',
  id: 'explained',
  text: 'services',
  service: 'services',
};

/** The last argument of a command may come several times, as hosts do. */
function argumentAt(command: KnownCommand, at: number, sub: readonly Candidate[]): Wanted {
  const args = Object.entries(command.args);
  const [name = '', arg] = args[Math.min(at, args.length - 1)] ?? [];
  if (arg?.options !== undefined) return only([...sub, ...plain(arg.options)]);
  const kind = BY_ARGUMENT[name];
  return {...looked('', ...(kind === undefined ? [] : [kind])), words: sub};
}
