import {readManifest} from '../../io/package/manifest.js';

import {lookUp} from './candidates.js';
import type {Candidate, Manifest, Wanted} from './wanted.js';
import {wantedAt} from './wanted.js';

/**
 * What a shell is offered: no character a shell takes for anything but itself, so that a name in an
 * inventory cannot become a command.
 */
const HARMLESS = /^[A-Za-z0-9._:@/+,=%~[\]-]+$/;

/**
 * The hidden command behind completion: a word for what the shell is to offer (`words`, `files` or
 * `folders`), what stands of the word already, and then the candidates with a tab and a few words
 * about each.
 * @param args the words behind `zbufctl` up to the cursor; of tcsh, which has only its line,
 *   `--line` and nothing more
 */
export async function complete(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const isLine = args[0] === '--line';
  const words = isLine ? wordsOf(env['COMMAND_LINE'] ?? '') : args;
  const wanted = wantedAt(readManifest() as Manifest, words);
  const typed = words.at(-1) ?? '';
  const own = wanted.lookUp.find((kind) => kind === 'files' || kind === 'folders');
  // tcsh cannot be told to take its own files for one place only.
  const candidates = await candidatesFor(wanted, typed, isLine);
  const shown = candidates.filter(({word}) => HARMLESS.test(word) && word.startsWith(typed));
  if (isLine) return shown.map(({word}) => `${word}\n`).join('');
  return [
    own ?? 'words',
    wanted.before,
    ...shown.map(({word, about}) => `${word}\t${oneLine(about)}`),
    '',
  ].join('\n');
}

async function candidatesFor(
  {words, lookUp: kinds, before, given}: Wanted,
  typed: string,
  withFiles: boolean,
): Promise<readonly Candidate[]> {
  const rest = typed.slice(before.length);
  const looked = await Promise.all(
    kinds
      .filter((kind) => withFiles || (kind !== 'files' && kind !== 'folders'))
      .map((kind) => lookUp(kind, rest, given)),
  );
  return [...words, ...looked.flat()].map(({word, about}) => ({word: before + word, about}));
}

/** The words behind the command's name; a line that ends in a blank begins a new one. */
const wordsOf = (line: string): readonly string[] => line.trimStart().split(/\s+/).slice(1);

/** Sixty columns at most: menus of shells show it beside the word. */
const oneLine = (text: string): string => {
  const clean = text.replace(/[^\x20-\x7e]/g, ' ').replace(/\s+/g, ' ');
  return clean.length > 60 ? `${clean.slice(0, 57)}...` : clean;
};
