import {Config, Errors, run} from '@oclif/core';

import {EXIT} from './exit-codes.js';
import {reportError} from './report-error.js';

/** Runs one command line. Errors that reach this far come from oclif itself (unknown command) or are defects. */
export async function runCli(argv: string[], entry: string): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `zbufctl ... | head` closed the pipe: nobody reads on, and that is no mistake.
    if (error.code === 'EPIPE') process.exitCode = EXIT.clean;
    else throw error;
  });
  try {
    const config = await Config.load({root: entry});
    await run(argv, config);
  } catch (error) {
    if (error instanceof Errors.ExitError) {
      process.exitCode = error.oclif.exit ?? EXIT.defect;
      return;
    }
    process.exitCode = reportError(error, (text) => process.stderr.write(text));
  }
}
