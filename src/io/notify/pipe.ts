import {spawn} from 'node:child_process';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import {sanitize} from '../../text/sanitize.js';

/** Characters of what a program complains of that are repeated. */
const QUOTED = 300;

/** Runs sendmail(8) or logger(1) with a text on its stdin, and with little of our environment. */
export function pipeTo(
  program: string,
  args: readonly string[],
  input: string,
  timeoutMs: number,
): Promise<Result<undefined, string>> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: {PATH: '/bin:/usr/bin:/sbin:/usr/sbin', LC_ALL: 'C', HOME: process.env['HOME'] ?? '/'},
    });
    let said = '';
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      child.stderr.destroy();
      resolve(fail(`${program} did not end within ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < QUOTED) said += chunk.toString('utf8');
    });
    // A program that does not read its input to the end says by its status what came of it.
    child.stdin.on('error', () => undefined);
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late);
      resolve(fail(`${program} could not be run: ${error.code ?? 'unknown error'}`));
    });
    child.on('close', (code, signal) => {
      clearTimeout(late);
      if (code === 0) resolve(ok(undefined));
      else {
        const words = said.trim() === '' ? '' : `: ${sanitize(said.trim(), {limit: QUOTED})}`;
        resolve(fail(`${program} ended with ${signal ?? `status ${code ?? '?'}`}${words}`));
      }
    });
    child.stdin.end(input);
  });
}
