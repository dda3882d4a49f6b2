import {Command} from '@oclif/core';

import type {ExitCode} from './exit-codes.js';
import {globalFlags} from './flags.js';
import {reportError} from './report-error.js';
import type {Terminal} from './terminal.js';
import {terminalOf} from './terminal.js';

/** What all commands share: global flags, error texts with exit codes, and how to write to the terminal. */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags;

  /** stdout is the result and nothing else; everything for people while they wait goes to stderr. */
  protected terminal(flags: {
    readonly color?: boolean;
    readonly quiet?: boolean;
    readonly verbose?: boolean;
  }): Terminal {
    return terminalOf({
      colour: flags.color !== false,
      quiet: flags.quiet === true,
      verbose: flags.verbose === true,
    });
  }

  protected finish(code: ExitCode): void {
    process.exitCode = code;
  }

  protected override catch(error: Error): Promise<void> {
    // oclif ends --help with an ExitError of code 0; run-cli.ts knows what to do with those.
    if ('oclif' in error && error.message.startsWith('EEXIT')) throw error;
    process.exitCode = reportError(error, (text) => process.stderr.write(text));
    return Promise.resolve();
  }
}
