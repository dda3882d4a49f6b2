import type {ApplyRun} from '../../model/apply-run.js';
import {renderApply} from '../../report/apply/apply-table.js';
import {prettyJson} from '../../text/canonical-json.js';

import type {FleetChanged} from './change-fleet.js';
import type {AtHome} from './fleet-troubles.js';
import type {Output} from '../terminal/output.js';
import {reportError} from '../report-error.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeOutputs} from '../terminal/write-outputs.js';

/** Shows what became of an apply or rollback run: a table, or the document. */
export async function writeApply(
  run: ApplyRun,
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<void> {
  await writeOutputs(
    outputs,
    (format, look) => (format === 'json' ? prettyJson(run) : renderApply(run, look)),
    terminal,
  );
}

/**
 * The same right after hosts were changed: a file that cannot be written keeps no other result
 * back, and is no reason to call it wrong usage.
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
