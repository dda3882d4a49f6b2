import {pruningOf} from '../../app/runs/pruning-of.js';
import {DEFAULT_AT_LEAST} from '../../inventory/retention-shape.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Retention} from '../../model/prune.js';
import {parseDays} from '../../text/days.js';
import {plural} from '../../report/terminal/page.js';

import type {HostFlags} from '../flags.js';
import {readInventory} from '../hosts/load-hosts.js';
import type {World} from '../world.js';

import type {PruneFlags} from './prune-flags.js';

export type RetentionFlags = Pick<HostFlags, 'inventory'> &
  Partial<Pick<PruneFlags, 'keep' | 'at-least'>>;

/**
 * The retention of the command line, over that of zbufctl.yaml; undefined when neither says. Throws
 * OperatorError.
 */
export async function retentionFor(
  flags: RetentionFlags,
  world: Pick<World, 'inventory'>,
): Promise<Retention | undefined> {
  const given = flags.keep === undefined ? undefined : parseDays(flags.keep);
  if (flags.keep !== undefined && given === undefined)
    throw new OperatorError('--keep is not a number of days', 'Write e.g. --keep 365d.');
  const file =
    given !== undefined && flags['at-least'] !== undefined
      ? undefined
      : (await world.inventory({inventory: flags.inventory}, true)).retention;
  const keepDays = given ?? file?.keepDays;
  if (keepDays === undefined) return undefined;
  return {keepDays, atLeast: flags['at-least'] ?? file?.atLeast ?? DEFAULT_AT_LEAST};
}

/** Beside the list of runs: how many could go. Never stops the list itself. */
export async function hintAtRetention(flags: RetentionFlags, world: World): Promise<void> {
  const {store, terminal} = world;
  if (terminal.quiet) return;
  let retention: Retention | undefined;
  try {
    // Warnings about the inventory are for the commands that use its hosts.
    retention = await retentionFor(flags, quiet(world));
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    terminal.note('How long runs are kept was not read: zbufctl runs prune says why.');
    return;
  }
  if (retention === undefined) return;
  const count = (await pruningOf(store, retention, [], Date.now())).remove.length;
  if (count > 0)
    terminal.note(
      `${plural(count, 'run is', 'runs are')} past the retention (${retention.keepDays}d): zbufctl runs prune shows which.`,
    );
}

/** The same world, in which the inventory's warnings are not told. */
const quiet = ({surroundings, terminal}: World): Pick<World, 'inventory'> => ({
  inventory: (flags, mayBeEmpty) =>
    readInventory(flags, surroundings, {...terminal, note: () => undefined}, mayBeEmpty),
});
