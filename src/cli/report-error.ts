import {Errors} from '@oclif/core';

import {OperatorError} from '../model/operator-error.js';
import {sanitize} from '../text/sanitize.js';

import type {ExitCode} from './exit-codes.js';
import {EXIT} from './exit-codes.js';

/** Says what went wrong in words for the one who can mend it, and returns the exit code. */
export function reportError(error: unknown, write: (text: string) => void): ExitCode {
  if (error instanceof OperatorError) {
    write(`zbufctl: ${sanitize(error.message, {keepNewlines: true, limit: 100_000})}\n`);
    if (error.fix !== '') write(`  ${sanitize(error.fix, {keepNewlines: true})}\n`);
    return error.exitCode;
  }
  if (error instanceof Errors.CLIError) {
    write(
      `zbufctl: ${sanitize(error.message.replace(/\nSee more help with --help$/, ''), {keepNewlines: true})}\n`,
    );
    write('  See zbufctl --help.\n');
    return EXIT.usage;
  }
  const defect = error instanceof Error ? (error.stack ?? error.message) : String(error);
  write(
    `zbufctl: a defect in zbufctl itself, please report it with these lines:\n${sanitize(defect, {keepNewlines: true})}\n`,
  );
  return EXIT.defect;
}
