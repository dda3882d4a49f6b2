import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {Config} from '@oclif/core';

import ZbufctlHelp from '../cli/help.js';
import {packageRoot} from '../io/package/package-root.js';

/** Help that is kept instead of printed. */
class KeptHelp extends ZbufctlHelp {
  readonly lines: string[] = [];

  protected override log(...args: string[]): void {
    this.lines.push(`${args.join(' ')}\n`);
  }
}

/**
 * What `zbufctl WORDS --help` prints on a terminal of 80 columns.
 * @param words of a command, of a topic, or none
 */
async function helpOf(root: string, words: readonly string[]): Promise<string> {
  // One of its own each: rendering alters the names in it.
  const help = new KeptHelp(await Config.load({root}));
  await help.showHelp([...words]);
  return help.lines.join('');
}

/**
 * Writes dist/help, a file per command and topic: what is asked most often is then answered without
 * loading what lays it out (src/main.ts). Wants FORCE_COLOR=1 in the environment, as colours are
 * taken out again where they are not wanted.
 */
export async function writeHelp(root: string): Promise<void> {
  const folder = join(root, 'dist', 'help');
  rmSync(folder, {recursive: true, force: true});
  if (!existsSync(join(root, 'oclif.manifest.json'))) return;
  const {commandIDs, topics} = await Config.load({root});
  const names = new Set(['', ...commandIDs, ...topics.map(({name}) => name)]);
  mkdirSync(folder, {recursive: true});
  for (const name of names) {
    const words = name.split(':').filter((word) => word !== '');
    writeFileSync(
      join(folder, `${['zbufctl', ...words].join(' ')}.txt`),
      await helpOf(root, words),
    );
  }
}

// Run as a program by `npm run build`.
if (process.argv[1] === fileURLToPath(import.meta.url)) await writeHelp(packageRoot());
