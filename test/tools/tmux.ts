import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {onTestFinished} from 'vitest';

/** tmux is a terminal a test can read: what stands on it is text, of a size that is chosen. */
export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0;

export interface Screen {
  /** As tmux names keys: Enter, Down, C-c, or text. */
  keys(...keys: readonly string[]): void;
  /** The lines on the screen. */
  lines(): readonly string[];
  /** The screen once `pattern` is on it; fails with what is there when it does not come. */
  until(pattern: RegExp): Promise<string>;
}

/** Starts a command on a terminal of its own; everything is gone after the test. */
export function onTmux(
  command: string,
  {
    cols = 80,
    rows = 24,
    env,
  }: {
    readonly cols?: number;
    readonly rows?: number;
    readonly env: Readonly<Record<string, string>>;
  },
): Screen {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-tmux-'));
  const socket = join(folder, 'socket');
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: {PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color'},
    });
  onTestFinished(() => {
    spawnSync('tmux', ['-S', socket, 'kill-server']);
    rmSync(folder, {recursive: true, force: true});
  });
  const settings = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  // Stays open when the command ends, so that its last words can be read.
  const line = `env ${settings.join(' ')} ${command}; echo "ended with $?"; sleep 600`;
  tmux('new-session', '-d', '-x', String(cols), '-y', String(rows), line);
  const lines = (): readonly string[] => tmux('capture-pane', '-p').trimEnd().split('\n');
  return {
    keys: (...keys) => {
      tmux('send-keys', ...keys);
    },
    lines,
    until: async (pattern) => {
      const limit = Date.now() + 30_000;
      for (;;) {
        const text = lines().join('\n');
        if (pattern.test(text)) return text;
        if (Date.now() > limit || text.includes('ended with'))
          throw new Error(`no ${String(pattern)} in:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
