import {planPruning} from '../../app/plan-pruning.js';
import type {RunStore} from '../../io/store/run-store.js';
import {DEFAULT_AT_LEAST} from '../../inventory/retention-shape.js';
import {OperatorError} from '../../model/operator-error.js';
import type {PrunePlan, Retention} from '../../model/prune.js';
import {parseDays} from '../../text/days.js';
import {plural} from '../../report/terminal/page.js';

import type {HostFlags} from '../hosts/load-hosts.js';
import {readInventory} from '../hosts/load-hosts.js';
import type {Surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

export interface RetentionFlags extends Pick<HostFlags, 'inventory'> {
  readonly keep?: string | undefined;
  readonly 'at-least'?: number | undefined;
}

/** The retention of the command line, over that of zbufctl.yaml; undefined when neither says. Throws OperatorError. */
export async function retentionFor(
  flags: RetentionFlags,
  around: Surroundings,
  terminal: Terminal,
): Promise<Retention | undefined> {
  const given = flags.keep === undefined ? undefined : parseDays(flags.keep);
  if (flags.keep !== undefined && given === undefined)
    throw new OperatorError('--keep is not a number of days', 'Write e.g. --keep 365d.');
  const file =
    given !== undefined && flags['at-least'] !== undefined
      ? undefined
      : (await readInventory({inventory: flags.inventory}, around, terminal, true)).retention;
  const keepDays = given ?? file?.keepDays;
  if (keepDays === undefined) return undefined;
  return {keepDays, atLeast: flags['at-least'] ?? file?.atLeast ?? DEFAULT_AT_LEAST};
}

/** What the retention would remove from this store, as it is now. */
export async function pruningOf(
  store: RunStore,
  retention: Retention,
  baselines: readonly string[],
): Promise<PrunePlan> {
  const runs = await store.list();
  const unfinished = runs.filter(({state}) => state === 'unfinished').map(({run}) => run);
  return planPruning({
    runs,
    retention,
    baselines,
    now: Date.now(),
    needs: await store.needs(runs.map(({run}) => run)),
    beingWritten: await store.beingWritten(unfinished),
    recorded: await store.recordedRuns(),
  });
}

/** Beside the list of runs: how many could go. Never stops the list itself. */
export async function hintAtRetention(
  store: RunStore,
  flags: RetentionFlags,
  around: Surroundings,
  terminal: Terminal,
): Promise<void> {
  if (terminal.quiet) return;
  let retention: Retention | undefined;
  try {
    // Warnings about the inventory are for the commands that use its hosts.
    retention = await retentionFor(flags, around, {...terminal, note: () => undefined});
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    terminal.note('How long runs are kept was not read: zbufctl runs prune says why.');
    return;
  }
  if (retention === undefined) return;
  const count = (await pruningOf(store, retention, [])).remove.length;
  if (count > 0)
    terminal.note(
      `${plural(count, 'run is', 'runs are')} past the retention (${retention.keepDays}d): zbufctl runs prune shows which.`,
    );
}
