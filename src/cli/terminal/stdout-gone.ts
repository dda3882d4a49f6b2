import {sanitize} from '../../text/sanitize.js';

import {EXIT} from '../exit-codes.js';

/** What a stream says whose other end is closed: a pipe, a terminal (EIO), a socket. */
const GONE: readonly string[] = ['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED'];

/** Calls back when nobody reads the result any more, or it cannot be written. */
export function whenStdoutIsGone(then: () => void): void {
  process.stdout.once('error', then);
}

/** What an error of stdout means: that nobody reads on, or that the result is lost. */
export function noticeLoss(error: NodeJS.ErrnoException): void {
  if (!GONE.includes(error.code ?? '')) failToWrite(error);
}

let isTold = false;

/**
 * The result could not be written (no space, say): the command goes on, and its code must not say
 * that all is well.
 */
function failToWrite(error: Error): void {
  // A long result fails with every piece of it.
  if (isTold) return;
  isTold = true;
  process.stderr.write(
    `zbufctl: the result could not be written to stdout: ${sanitize(error.message)}\n`,
  );
  process.once('exit', () => {
    if (process.exitCode !== EXIT.inDoubt) process.exitCode = EXIT.defect;
  });
}

/** oclif's commands bring a listener that throws whatever is not EPIPE: ours takes its place. */
export function listenToStdout(): void {
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', noticeLoss);
}
