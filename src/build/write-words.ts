import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {EXPLAINED_RULES, EXPLAINED_WORDS} from '../app/explain.js';

/** Writes dist/words.json: what `explain` knows, for completion, which loads no rule. */
export function writeWords(root: string): void {
  const words = {
    rules: EXPLAINED_RULES.map(({id, title}) => ({word: id, about: title})),
    explained: EXPLAINED_WORDS.map((word) => ({word, about: ''})),
  };
  mkdirSync(join(root, 'dist'), {recursive: true});
  writeFileSync(join(root, 'dist', 'words.json'), `${JSON.stringify(words)}\n`);
}
