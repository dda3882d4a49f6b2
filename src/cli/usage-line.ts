/** What of a flag its usage rests on; oclif's definitions have these names. */
export interface UsageFlag {
  readonly type: string;
  readonly char?: string;
  readonly required?: boolean;
  readonly multiple?: boolean;
  readonly allowNo?: boolean;
  readonly hidden?: boolean;
  readonly helpValue?: string | readonly string[];
  readonly helpGroup?: string;
  readonly options?: readonly string[];
  readonly exclusive?: readonly string[];
  readonly dependsOn?: readonly string[];
}

export interface UsageCommand {
  readonly args: Readonly<Record<string, {readonly required?: boolean; readonly name?: string}>>;
  /** False: the last argument may be repeated. */
  readonly strict?: boolean;
  readonly flags: Readonly<Record<string, UsageFlag>>;
}

/** Flags every command has; they come last. */
const GLOBAL = 'GLOBAL';

/**
 * What may follow a command's name, part by part: `[HOST...]`, `[--local | --from PATH...]`. Flags
 * that exclude each other are one part, those that need another stand inside its brackets, and what
 * all commands have comes last.
 */
export function usageParts({args, strict, flags}: UsageCommand): readonly string[] {
  const shown = Object.entries(flags).filter(([, {hidden}]) => hidden !== true);
  const own = shown.filter(([, {helpGroup}]) => helpGroup !== GLOBAL);
  const global = shown.filter(([, {helpGroup}]) => helpGroup === GLOBAL);
  const names = Object.entries(args);
  return [
    ...names.map(([name, {required}], i) => {
      const word = `${name.toUpperCase()}${strict === false && i === names.length - 1 ? '...' : ''}`;
      return required === true ? word : `[${word}]`;
    }),
    ...partsOf(Object.fromEntries(own)),
    ...partsOf(Object.fromEntries(global)),
  ];
}

type Flags = UsageCommand['flags'];

function partsOf(flags: Flags): readonly string[] {
  const names = Object.keys(flags).filter((name) => needed(name, flags) === undefined);
  const done = new Set<string>();
  return names.flatMap((name) => {
    if (done.has(name)) return [];
    const choices = choicesOf(name, names, flags);
    for (const choice of choices.flat()) done.add(choice);
    if (choices.length === 1) return [bracketed(name, flags)];
    const words = choices.map((choice) =>
      choice.length === 1
        ? plain(choice[0] ?? '', flags)
        : choice.map((one) => bracketed(one, flags)).join(' '),
    );
    return [`[${words.join(' | ')}]`];
  });
}

/** The flag in whose brackets this one stands. */
const needed = (name: string, flags: Flags): string | undefined =>
  flags[name]?.dependsOn?.find((other) => flags[other] !== undefined);

/**
 * The flag with those it excludes: one list for each choice, of flags that go together and exclude
 * the same others. Where they do not divide like that, the flag stands alone: better no word about
 * it than a wrong one.
 */
function choicesOf(
  name: string,
  names: readonly string[],
  flags: Flags,
): readonly (readonly string[])[] {
  const foes = (one: string): readonly string[] =>
    names.filter((other) => other !== one && excludes(one, other, flags));
  const circle = new Set([name]);
  for (const member of circle) for (const foe of foes(member)) circle.add(foe);
  const kinds = new Map<string, string[]>();
  for (const member of names.filter((one) => circle.has(one))) {
    const key = foes(member).join(' ');
    kinds.set(key, [...(kinds.get(key) ?? []), member]);
  }
  const choices = [...kinds.values()];
  const divides = choices.every((choice) =>
    choice.every((member) => foes(member).length === circle.size - choice.length),
  );
  return divides ? choices : [[name]];
}

const excludes = (one: string, other: string, flags: Flags): boolean =>
  flags[one]?.exclusive?.includes(other) === true ||
  flags[other]?.exclusive?.includes(one) === true;

const bracketed = (name: string, flags: Flags): string =>
  flags[name]?.required === true ? plain(name, flags) : `[${plain(name, flags)}]`;

/** The flag, its value, and the flags that need it. */
function plain(name: string, flags: Flags): string {
  const inside = Object.keys(flags).filter((other) => needed(other, flags) === name);
  return [flagWord(name, flags[name]), ...inside.map((other) => bracketed(other, flags))].join(' ');
}

function flagWord(name: string, flag: UsageFlag | undefined): string {
  const word =
    flag?.char !== undefined
      ? `-${flag.char}`
      : `--${flag?.allowNo === true ? '[no-]' : ''}${name}`;
  return flag?.type === 'option' ? `${word} ${flagValue(flag)}` : word;
}

/** What stands for a flag's value: its own word for it, or all it may be. */
export function flagValue({helpValue, options, multiple}: UsageFlag): string {
  const word = helpValue ?? options?.join('|') ?? 'TEXT';
  return `${typeof word === 'string' ? word : word.join(' ')}${multiple === true ? '...' : ''}`;
}
