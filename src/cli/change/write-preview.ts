import type {HostToUndo, RollbackPreview} from '../../model/rollback-preview.js';
import {renderRollback} from '../../report/apply/rollback-text.js';
import type {RenderOptions} from '../../report/renderer.js';
import {prettyJson} from '../../text/canonical-json.js';

import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import type {Output} from '../terminal/output.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeOutputs} from '../terminal/write-outputs.js';

/**
 * `rollback --preview`: what would be undone, as a table or a document; ends as a plan does, with 3
 * when there is something to do.
 * @param undoes undefined: no stored run changed any of the hosts
 */
export async function writePreview(
  undoes: string | undefined,
  hosts: readonly HostToUndo[],
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<ExitCode> {
  const preview: RollbackPreview = {
    schema: 'zbufctl.rollback-preview/1',
    ...(undoes === undefined ? {} : {undoes}),
    hosts,
  };
  await writeOutputs(
    outputs,
    (format, look) => (format === 'json' ? prettyJson(preview) : tableOf(undoes, hosts, look)),
    terminal,
  );
  return hosts.length === 0 ? EXIT.clean : EXIT.findings;
}

const tableOf = (
  undoes: string | undefined,
  hosts: readonly HostToUndo[],
  look: RenderOptions,
): string =>
  undoes === undefined || hosts.length === 0
    ? 'Nothing to undo.\n'
    : renderRollback(undoes, hosts, look);
