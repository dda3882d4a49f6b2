import {writeTextFile} from '../../io/files/result-file.js';
import type {ApplyRun} from '../../model/apply-run.js';
import {renderApply} from '../../report/apply/apply-table.js';
import {prettyJson} from '../../text/canonical-json.js';

import type {FleetChanged} from './change-fleet.js';
import type {AtHome} from './fleet-troubles.js';
import type {Output} from '../terminal/output.js';
import {reportError} from '../report-error.js';
import type {Terminal} from '../terminal/terminal.js';

/** Shows what became of an apply or rollback run: a table, or the document. */
export async function writeApply(
  run: ApplyRun,
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<void> {
  const render = (format: string, colour: boolean, width: number): string =>
    format === 'json' ? prettyJson(run) : renderApply(run, {colour, width, verbose: terminal.verbose});
  for (const {format, file} of outputs) {
    if (file === undefined) await terminal.result(render(format, terminal.colour, terminal.width));
    else await writeTextFile(file, render(format, false, Infinity));
  }
}

/**
 * The same right after hosts were changed: a file that cannot be written keeps no other result back, and is no reason to
 * call it wrong usage.
 */
export async function writeChanged(
  {run, atHome}: FleetChanged,
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<AtHome> {
  let how = atHome;
  for (const output of outputs) {
    try {
      await writeApply(run, [output], terminal);
    } catch (error) {
      reportError(error, (text) => process.stderr.write(text));
      if (how === 'well') how = 'trouble';
    }
  }
  return how;
}
