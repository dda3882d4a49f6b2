import {Config, Errors, run} from '@oclif/core';

import {OperatorError} from '../model/operator-error.js';
import {didYouMean} from '../text/near-misses.js';

import {EXIT} from './exit-codes.js';
import {reportError} from './report-error.js';
import {noticeLoss} from './terminal/stdout-gone.js';

/**
 * Runs one command line. Errors that reach this far come from oclif itself (unknown command) or are
 * defects.
 */
export async function runCli(argv: string[], entry: string): Promise<void> {
  // Nobody reads on (`zbufctl ... | head`), or the terminal is gone: that is no mistake of ours,
  // and no reason to leave hosts in flight. The exit code still tells.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', noticeLoss);
  let commands: readonly string[] = [];
  try {
    const config = await Config.load({root: entry});
    commands = config.commandIDs;
    await run(helpAsFlag(argv), config);
  } catch (error) {
    if (error instanceof Errors.ExitError) {
      process.exitCode = error.oclif.exit ?? EXIT.defect;
      return;
    }
    process.exitCode = reportError(unknownCommand(error, commands) ?? error, (text) =>
      process.stderr.write(text),
    );
  }
}

/** `help runs show` is `runs show --help`. */
const helpAsFlag = (argv: string[]): string[] =>
  argv[0] === 'help' ? [...argv.slice(1).filter((word) => !word.startsWith('-')), '--help'] : argv;

/** What to say of a command that is not there; undefined when the error is another. */
function unknownCommand(error: unknown, commands: readonly string[]): OperatorError | undefined {
  const [, id] =
    /^command (\S+) not found\.?$/i.exec(error instanceof Error ? error.message : '') ?? [];
  if (id === undefined) return undefined;
  // oclif takes what follows for the rest of a command's name: the longest beginning that is near
  // one counts.
  const words = id.split(':');
  const names = commands.map((name) => name.replaceAll(':', ' '));
  const near = words
    .map((_, at) => didYouMean(words.slice(0, words.length - at).join(' '), names))
    .find((text) => text !== '');
  return new OperatorError(
    `there is no command "${words.join(' ')}"`,
    `${near ?? ''} zbufctl help lists them all.`.trim(),
  );
}
