import type {Interfaces} from '@oclif/core';
import {Command, Errors} from '@oclif/core';

import {OperatorError} from '../model/operator-error.js';

import type {ExitCode} from './exit-codes.js';
import type {Parsed} from './flags.js';
import {globalFlags} from './flags.js';
import {reportError} from './report-error.js';
import {listenToStdout} from './terminal/stdout-gone.js';
import type {Terminal} from './terminal/terminal.js';
import {terminalOf} from './terminal/terminal.js';
import {badSwitch, setInEnvironment, severalValues, usageMessage} from './usage-error.js';
import type {World} from './world.js';
import {openWorld} from './world.js';

type GlobalFlags = Parsed<typeof globalFlags>;

/**
 * What all commands share: global flags, error texts with exit codes, and how to write to the
 * terminal.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags;

  /**
   * stdout is the result and nothing else; everything for people while they wait goes to stderr.
   */
  protected terminal({color, quiet, verbose}: GlobalFlags): Terminal {
    return terminalOf({colour: color, quiet, verbose});
  }

  /** All the command needs of the world, opened once. */
  protected world(flags: GlobalFlags): World {
    return openWorld(this.terminal(flags), flags['state-dir']);
  }

  protected finish(code: ExitCode): void {
    process.exitCode = code;
  }

  protected override catch(error: Error): Promise<void> {
    // oclif ends --help with an ExitError of code 0; run-cli.ts knows what to do with those.
    if ('oclif' in error && error.message.startsWith('EEXIT')) throw error;
    process.exitCode = reportError(this.inOurWords(error), (text) => process.stderr.write(text));
    return Promise.resolve();
  }

  /** Before the command line is read: a switch in the environment that says neither yes nor no. */
  protected override init(): Promise<void> {
    listenToStdout();
    const wrong = badSwitch(this.allFlags(), process.env);
    if (wrong !== undefined) throw new OperatorError(wrong, 'Write 1 or 0, yes or no.');
    return super.init() as Promise<void>;
  }

  /** oclif takes a variable for one value, also of a flag that may be given several times. */
  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse<F, B, A>(options, argv);
    return {...parsed, flags: severalValues(parsed.flags, this.allFlags())};
  }

  private inOurWords(error: Error): Error {
    const about = {
      command: (this.id ?? '').replaceAll(':', ' '),
      flags: this.allFlags(),
      argv: this.argv,
      env: process.env,
    };
    if (error instanceof OperatorError) {
      const set = error.message.includes('ZBUFCTL_') ? '' : setInEnvironment(error.message, about);
      if (set === '') return error;
      return new OperatorError(error.message, `${error.fix} ${set}`.trim(), error.exitCode);
    }
    if (!(error instanceof Errors.CLIError)) return error;
    const {message, fix} = usageMessage(error, about);
    return new OperatorError(message, fix);
  }

  private allFlags(): (typeof Command)['flags'] {
    const {flags, baseFlags} = this.ctor;
    return {...baseFlags, ...flags};
  }
}
