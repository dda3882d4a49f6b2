import {spawn, spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, onTestFinished, test} from 'vitest';

import {tempDir} from '../../io/store/temp-dir.js';
import {compileForChild} from '../../tools/compile-for-child.js';

const CHILD = join(import.meta.dirname, 'progress-child.ts');
const SHOWN = '1/3 hosts · 1 at work · 1 failed';

/** util-linux's script(1) gives a command a terminal; its options are not those of FreeBSD's. */
const hasScript = spawnSync('script', ['--version'], {encoding: 'utf8'}).stdout.includes(
  'util-linux',
);
if (!hasScript)
  process.stderr.write('SKIPPED: the live line needs the script(1) of util-linux for a terminal\n');

/**
 * What the command writes, to a terminal or to pipes, while a host is under way.
 *
 * @param until the text to wait for before the last host is let finish; absent: the command ends at
 *   once
 */
async function watch(options: {
  readonly terminal: boolean;
  readonly word?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly until?: string;
  /** Columns of the terminal. */
  readonly columns?: number;
}): Promise<{readonly all: string; readonly stdout: string}> {
  const stop = join(tempDir(), 'stop');
  const command = [process.execPath, await compileForChild(CHILD), stop, options.word ?? ''];
  const quoted = command.map((part) => `'${part}'`).join(' ');
  const env = {PATH: process.env['PATH'], TERM: 'xterm', ...options.env};
  const child = options.terminal
    ? spawn(
        'script',
        ['-qec', `stty rows 24 cols ${options.columns ?? 100}; ${quoted}`, '/dev/null'],
        {env},
      )
    : spawn(command[0] ?? '', command.slice(1), {env});
  onTestFinished(() => void child.kill());
  let all = '';
  let stdout = '';
  const look = (): void => {
    if (options.until === undefined || all.includes(options.until)) writeFileSync(stop, '');
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    look();
  });
  look();
  await new Promise((resolve) => child.on('close', resolve));
  return {all, stdout};
}

describe.skipIf(!hasScript)('on a terminal', () => {
  test('a line says how far it is, who is slowest and at what, and is gone before the result', async () => {
    const {all} = await watch({terminal: true, until: 'collecting for'});

    expect(all).toContain(SHOWN);
    expect(all).toContain('slowest: fw2\\x1b[2J, collecting for');
    expect(all).not.toContain('\u001b[2J');
    // Erased, and the cursor given back.
    const last = all.slice(all.lastIndexOf(SHOWN));
    expect(last).toMatch(/\u001b\[(?:2K|1?G|J|0?J)/);
    expect(all.lastIndexOf('\u001b[?25h')).toBeGreaterThan(all.lastIndexOf('\u001b[?25l'));
    expect(last).toContain('RESULT');
  });

  test('nothing moves with -q, in CI, on a dumb terminal and on one without a size', async () => {
    for (const quiet of [
      {word: 'quiet'},
      {env: {CI: 'true'}},
      {env: {TERM: 'dumb'}},
      {columns: 0},
    ]) {
      const {all} = await watch({terminal: true, ...quiet});
      expect(all.replaceAll('\r', '')).toBe('RESULT\n');
    }
  });
});

describe('without a terminal', () => {
  test('nothing is said but the result, as cron wants it', async () => {
    expect(await watch({terminal: false})).toEqual({all: 'RESULT\n', stdout: 'RESULT\n'});
  });

  test('with -v a plain line a host, on stderr', async () => {
    const {all, stdout} = await watch({terminal: false, word: 'verbose', until: 'fw1'});
    expect(all).toBe('fw1: unreachable: refused\\x07\nRESULT\n');
    expect(stdout).toBe('RESULT\n');
  });
});
