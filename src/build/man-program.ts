import {EXIT_MEANING} from '../cli/exit-codes.js';
import type {UsageFlag} from '../cli/usage-line.js';
import {flagValue, usageParts} from '../cli/usage-line.js';

import {argument, literal, macro, paragraphs, prose, tagged, usageMacros} from './mdoc.js';

interface PageFlag extends UsageFlag {
  readonly summary?: string;
  readonly env?: string;
  readonly default?: unknown;
}

export interface PageCommand {
  readonly id: string;
  readonly summary?: string;
  readonly description?: string;
  readonly hidden?: boolean;
  readonly strict?: boolean;
  readonly examples?: readonly unknown[];
  readonly args: Readonly<
    Record<string, {readonly required?: boolean; readonly description?: string}>
  >;
  readonly flags: Readonly<Record<string, PageFlag>>;
}

/** So many commands have a flag before it is said once for all of them. */
const COMMON_FROM = 4;

/**
 * zbufctl(8) from what --help is made of: every command with its usage, flags and examples.
 * @param date as .Dd wants it, e.g. `November 27, 2026`
 */
export function programPage(
  all: readonly PageCommand[],
  about: {readonly date: string; readonly description: string},
): string {
  const commands = all.filter(({hidden}) => hidden !== true);
  const common = commonFlags(commands);
  return `${[
    `.Dd ${about.date}`,
    '.Dt ZBUFCTL 8',
    '.Os',
    '.Sh NAME',
    '.Nm zbufctl',
    '.Nd tell whether BPF packet captures are being lost',
    '.Sh SYNOPSIS',
    ...commands.flatMap((command) => [
      '.Nm',
      macro('Cm', ...nameOf(command)),
      ...usageMacros(usageParts({...command, flags: {}})),
      '.Op Ar flags',
    ]),
    '.Sh DESCRIPTION',
    ...paragraphs(about.description),
    '.Sh COMMANDS',
    ...commands.flatMap((command) => commandSection(command, common)),
    '.Sh COMMON FLAGS',
    'These mean the same in every command that has them.',
    ...flagList([...common.values()]),
    '.Sh ENVIRONMENT',
    'A flag on the command line wins over its variable.',
    ...tagged(variables(commands)),
    '.Sh FILES',
    ...tagged(FILES.map(({path, what}) => ({tag: macro('It Pa', path), body: prose(what)}))),
    '.Sh EXIT STATUS',
    'With several, the largest that applies; 1 and 2 stand alone.',
    ...tagged(
      Object.entries(EXIT_MEANING).map(([code, meaning]) => ({
        tag: `.It ${code}`,
        body: prose(`${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`),
      })),
    ),
    '.Sh SEE ALSO',
    '.Xr ssh 1 ,',
    '.Xr bpf 4 ,',
    '.Xr sysctl.conf 5 ,',
    '.Xr zbufctl.yaml 5 ,',
    '.Xr pflogd 8 ,',
    '.Xr sysctl 8',
  ].join('\n')}\n`;
}

const nameOf = ({id}: PageCommand): readonly string[] => id.split(':');

function commandSection(
  command: PageCommand,
  common: ReadonlyMap<string, NamedFlag>,
): readonly string[] {
  const own = Object.entries(command.flags)
    .filter(
      ([name, {hidden}]) => hidden !== true && common.get(name)?.key !== keyOf(command.flags[name]),
    )
    .map(([name, flag]) => ({name, flag}));
  const flags = own.map(({name, flag}) => [name, flag] as const);
  const args = Object.entries(command.args).flatMap(([name, {description = ''}]) =>
    description === ''
      ? []
      : [{tag: macro('It Ar', name.toUpperCase()), body: prose(`${description}.`)}],
  );
  return [
    `.Ss zbufctl ${nameOf(command).join(' ')}`,
    '.Nm',
    macro('Cm', ...nameOf(command)),
    ...usageMacros(usageParts({...command, flags: Object.fromEntries(flags)})),
    '.Op Ar common flags',
    '.Pp',
    ...paragraphs(command.summary ?? ''),
    ...(command.description === undefined ? [] : ['.Pp', ...paragraphs(command.description)]),
    ...tagged(args),
    ...flagList(own),
    ...examplesOf(command),
  ];
}

function examplesOf(command: PageCommand): readonly string[] {
  const lines = (command.examples ?? []).flatMap((one) =>
    typeof one !== 'string'
      ? []
      : [
          one
            .replaceAll('<%= config.bin %>', 'zbufctl')
            .replaceAll('<%= command.id %>', nameOf(command).join(' ')),
        ],
  );
  return lines.length === 0 ? [] : ['.Pp', 'Examples:', ...literal(lines)];
}

interface NamedFlag {
  readonly name: string;
  readonly flag: PageFlag;
  readonly key?: string;
}

/** Two flags are one when they read the same. */
const keyOf = (flag: PageFlag | undefined): string =>
  JSON.stringify([flag?.summary, flag?.char, flag?.env, flag?.default]);

function commonFlags(commands: readonly PageCommand[]): ReadonlyMap<string, NamedFlag> {
  const seen = new Map<string, {name: string; flag: PageFlag; count: number}>();
  for (const {flags} of commands)
    for (const [name, flag] of Object.entries(flags)) {
      const id = `${name} ${keyOf(flag)}`;
      seen.set(id, {name, flag, count: (seen.get(id)?.count ?? 0) + 1});
    }
  // Of several with one name, the one most commands have.
  const often = [...seen.values()]
    .filter(({count}) => count >= COMMON_FROM)
    .sort((a, b) => a.count - b.count);
  const chosen = new Map(often.map(({name, flag}) => [name, {name, flag, key: keyOf(flag)}]));
  return new Map([...chosen].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const flagList = (flags: readonly NamedFlag[]): readonly string[] =>
  tagged(
    flags.map(({name, flag}) => {
      const value = flag.type === 'option' ? ` Ar ${argument(flagValue(flag))}` : '';
      const long = argument(`-${flag.allowNo === true ? '[no-]' : ''}${name}`);
      const short = flag.char === undefined ? '' : `Fl ${flag.char} , `;
      const text = flag.summary ?? '';
      const initial =
        typeof flag.default === 'string' || typeof flag.default === 'number'
          ? ` The default is ${flag.default}.`
          : '';
      return {
        tag: `.It ${short}Fl ${long}${value}`,
        body: prose(`${text.charAt(0).toUpperCase()}${text.slice(1)}.${initial}`),
      };
    }),
  );

function variables(
  commands: readonly PageCommand[],
): readonly {readonly tag: string; readonly body: readonly string[]}[] {
  const flags = new Map<string, string>();
  for (const command of commands)
    for (const [name, {env}] of Object.entries(command.flags))
      if (env !== undefined) flags.set(env, name);
  return [
    ...[...flags].sort().map(([env, name]) => ({
      tag: macro('It Ev', env),
      body: ['The same as', `.Fl ${argument(`-${name}`)} .`],
    })),
    {tag: '.It Ev NO_COLOR', body: ['Not empty: no colours.']},
    {
      tag: '.It Ev SSH_AUTH_SOCK',
      body: ['The agent that is asked for keys.'],
    },
    {
      tag: '.It Ev XDG_CONFIG_HOME , XDG_STATE_HOME',
      body: prose('Where the inventory is looked for, and where runs are kept.'),
    },
  ];
}

const FILES = [
  {path: 'zbufctl.yaml', what: 'Inventory and policy, in the current folder.'},
  {path: '~/.config/zbufctl/zbufctl.yaml', what: 'The same, when the current folder has none.'},
  {path: '~/.local/state/zbufctl', what: 'Runs, their evidence and plans.'},
  {
    path: '~/.ssh/config',
    what: 'How to reach hosts, where the inventory does not say; read through ssh -G.',
  },
  {path: '~/.ssh/known_hosts', what: 'The keys hosts must have.'},
  {
    path: '/var/db/zbufctl',
    what: 'On a host that was changed: journal, byte-exact copies, and undo.sh.',
  },
] as const;
