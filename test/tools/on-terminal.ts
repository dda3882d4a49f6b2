import {spawn, spawnSync} from 'node:child_process';

import {onTestFinished} from 'vitest';

/** util-linux's script(1) gives a command a terminal; its options are not those of FreeBSD's. */
export const HAS_TERMINAL = spawnSync('script', ['--version'], {
  encoding: 'utf8',
}).stdout.includes('util-linux');
if (!HAS_TERMINAL)
  process.stderr.write('SKIPPED: what needs a terminal needs the script(1) of util-linux\n');

export interface Typed {
  /** What has to stand on the screen first, since what was typed last. */
  readonly at: RegExp;
  readonly keys: string;
}

export interface Shown {
  readonly code: number | null;
  readonly screen: string;
}

/** Runs a command line on a terminal and types, in order, once what each waits for is there. */
export async function onTerminal(
  command: string,
  typed: readonly Typed[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly columns?: number;
  },
): Promise<Shown> {
  const {cwd, env, columns = 120} = options;
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${command}`, '/dev/null'], {
    cwd,
    env: {TERM: 'xterm', ...env},
  });
  onTestFinished(() => void child.kill());
  let screen = '';
  let seen = 0;
  const waiting = [...typed];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [next] = waiting;
    if (next?.at.test(withoutEscapes(screen.slice(seen))) !== true) return;
    waiting.shift();
    seen = screen.length;
    child.stdin.write(next.keys);
  });
  // What never comes is told by the screen, and not by a test that was ended.
  const limit = setTimeout(() => child.kill(), 60_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(limit);
  return {code, screen: withoutEscapes(screen)};
}

/** Colours and cursor movements gone: what a person reads. */
const withoutEscapes = (text: string): string =>
  text.replace(/\u001b(?:\[[0-9;?]*[a-zA-Z]|[()][A-Z0-9]|[=>])/g, '');
