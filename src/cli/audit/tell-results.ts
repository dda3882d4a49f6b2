import type {AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import type {Host} from '../../model/host.js';
import type {Notice, Notifier} from '../../model/notify.js';
import {isChanged, noticeOfChanges, noticeOfRun} from '../../report/notify/notice.js';
import type {RunDiff} from '../../model/run-diff.js';
import {renderRunDiff} from '../../report/runs/runs-text.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT, exitCodeOfAudit} from '../exit-codes.js';
import type {Output} from '../terminal/output.js';
import type {World} from '../world.js';

import {notifyAll} from './notify.js';
import {changesSince} from './since.js';
import {tellExitCode} from './tell-exit-code.js';
import {writeResults} from './write-results.js';

/** An audit, and whom it concerns. */
export interface Audited {
  readonly run: AuditRun;
  readonly hosts: () => readonly Host[];
  /** Of --notify. */
  readonly notifiers: readonly Notifier[];
  /** The audit of --since. */
  readonly before?: AuditRun;
}

/**
 * Writes what an audit found in every format asked for, tells the notifiers, and gives its exit
 * code. With an audit before it, a person and the notifiers see only what changed since.
 */
export async function tellResults(
  {run, hosts, notifiers, before}: Audited,
  outputs: readonly Output[],
  failOn: Severity,
  world: World,
): Promise<ExitCode> {
  const {terminal, folder} = world;
  const changes = before === undefined ? undefined : changesSince(before, run);
  const isQuiet = changes !== undefined && !isChanged(changes);
  await writeResults(run, whole(outputs, changes), terminal, {hosts, folder, failOn});
  if (onTerminal(outputs) && changes !== undefined && !isQuiet)
    await terminal.result(renderRunDiff(changes, terminal));
  const code = isQuiet ? exitCodeOfAudit(run, failOn) : tellExitCode(run, failOn, terminal);
  const noticed = (): Notice | undefined =>
    changes === undefined ? noticeOf(run, code) : noticeOfChanges(run, changes);
  // It goes through all hosts.
  const notice = notifiers.length > 0 ? noticed() : undefined;
  if (notice !== undefined)
    await notifyAll(notifiers, notice, {
      uid: process.getuid?.() ?? 0,
      now: () => world.now(),
      note: (text) => {
        world.note(text);
      },
    });
  if (onTerminal(outputs) && !isQuiet) for (const line of nextSteps(run)) terminal.note(line);
  return code;
}

/** Whether a person reads the table. */
const onTerminal = (outputs: readonly Output[]): boolean =>
  outputs.some(({format, file}) => format === 'table' && file === undefined);

/** With --since, what changed takes the place of the table on the terminal. */
const whole = (outputs: readonly Output[], changes: RunDiff | undefined): readonly Output[] =>
  changes === undefined ? outputs : outputs.filter((output) => !onTerminal([output]));

/** Nobody is told that all is well. */
const noticeOf = (run: AuditRun, code: ExitCode): Notice | undefined =>
  code === EXIT.clean ? undefined : noticeOfRun(run);

/** What people do after an audit: change what fails, and have explained what they do not know. */
function nextSteps({hosts}: AuditRun): readonly string[] {
  const isOpen = hosts.some(({posture}) => !['compliant', 'not-applicable'].includes(posture));
  const isFailing = hosts.some(({posture}) => ['broken', 'at-risk', 'drift'].includes(posture));
  return isOpen
    ? [
        `Next: ${isFailing ? 'zbufctl plan (decides what to change; changes nothing); ' : ''}zbufctl explain WORD (any word above).`,
      ]
    : [];
}
