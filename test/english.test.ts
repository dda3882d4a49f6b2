import {readdirSync, readFileSync} from 'node:fs';
import {posix} from 'node:path';

import {expect, test} from 'vitest';

/** What a native operator stumbles over, and what to write instead. */
const STUMBLES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:is|are) no (?!longer|more|reason)(?:[a-z]+ ){0,2}[a-z]+/, 'is not a'],
  [/\b[Mm]end\b/, 'fix'],
  [/\bgone? on with\b|\bGo on with\b/, 'continue, resume'],
  [
    /\b(?:hosts?|lines?|seconds?|limit|MB|KB|ms|number|line|question) an? (?:host|run|line|round|file|service|batch|window)\b/,
    'per',
  ],
  [/\bone (?:host|line|file) a (?:host|line|file)\b/, 'one host per line'],
  [/\bover no hosts?\b/, 'covers no hosts'],
  [/\bbehind a command\b/, 'after'],
  [/\bmay not be read by you\b/, 'you cannot read it'],
  [/\bcame to no result\b/, 'failed'],
  [/\bcould not be seen\b/, 'Could not tell, could not list'],
  [/\bsaid nothing\b/, 'did not respond'],
];

/** "There is no fleet" is what a native says, too. */
const FINE = /\b[Tt]here (?:is|are) no\b|\bso there is no\b|\bwhere there is no\b/g;

const sources = ['src', 'commands', 'templates/report'].flatMap((folder) =>
  readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((file) => /\.(?:ts|eta)$/.test(file) && !/^(?:lab|build)\//.test(file))
    .map((file) => posix.join(folder, file)),
);

/** Literals of a TypeScript file that are sentences; all of a template. */
function textsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.eta')) return [text.replaceAll(/<%.*?%>/gs, '')];
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$|(?<=[,;{]) \/\/ .*$/gm, '');
  return [...code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)]
    .map(([, , literal = '']) => literal)
    .filter((literal) => literal.includes(' ') && !literal.includes('import '));
}

test('no text for people uses what a native operator stumbles over', () => {
  const found = sources.flatMap((file) =>
    textsOf(file).flatMap((text) =>
      STUMBLES.flatMap(([pattern, instead]) => {
        const [match] = pattern.exec(text.replaceAll(FINE, '')) ?? [];
        return match === undefined ? [] : [`${file}: "${match}": ${instead}`];
      }),
    ),
  );
  expect(found).toEqual([]);
});
