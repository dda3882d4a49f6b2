#!/usr/bin/env node
import {readFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';

import manifest from '../package.json' with {type: 'json'};

/**
 * The door. What scripts and people ask most often is answered here, before the program is loaded:
 * the version, and the help the build has written down (src/build/write-help.ts). It is built as
 * one CommonJS file, because to load an ES module alone costs a quarter of `node -e 0` (npm run
 * bench).
 */
function main(argv: readonly string[]): void {
  const answer = versionFor(argv) ?? helpFor(argv);
  if (answer === undefined) void import('./program.js').then(async ({program}) => program(argv));
  else say(answer);
}

/** At once: to set process.stdout up costs a tenth of `node -e 0`. */
function say(answer: string): void {
  try {
    writeSync(1, answer);
  } catch (error) {
    void import('./program.js').then(async (program) => program.say(answer, error));
  }
}

function versionFor([first, ...rest]: readonly string[]): string | undefined {
  if (rest.length > 0 || !['--version', '-V', 'version'].includes(first ?? '')) return undefined;
  return `zbufctl ${manifest.version} node-${process.version}\n`;
}

/** Undefined when it has to be laid out for this terminal, or there is none of that name. */
function helpFor(argv: readonly string[]): string | undefined {
  const words = wordsBeforeHelp(argv);
  if (words?.every((word) => /^[a-z][a-z-]*$/.test(word)) !== true) return undefined;
  const {isTTY, columns} = process.stdout;
  if (process.env['FORCE_COLOR'] !== undefined || (isTTY && columns < 80)) return undefined;
  try {
    const file = join(import.meta.dirname, '..', 'help', `${['zbufctl', ...words].join(' ')}.txt`);
    const text = readFileSync(file, 'utf8');
    return isTTY && !isPlain() ? text : text.replaceAll(/\u001B\[\d+m/g, '');
  } catch {
    return undefined;
  }
}

const isPlain = (): boolean =>
  (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';

/** `help runs show`, `runs show --help`, `runs show -h`, or nothing at all. */
function wordsBeforeHelp(argv: readonly string[]): readonly string[] | undefined {
  if (argv.length === 0) return [];
  if (argv[0] === 'help') return argv.slice(1);
  return ['--help', '-h'].includes(argv.at(-1) ?? '') ? argv.slice(0, -1) : undefined;
}

main(process.argv.slice(2));
