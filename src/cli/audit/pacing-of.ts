import {fittingConcurrency} from '../../app/fitting-concurrency.js';
import type {Pacing} from '../../app/pacing.js';
import {pacing} from '../../app/pacing.js';
import {descriptorLimit} from '../../io/descriptor-limit.js';
import {atATime} from '../../report/terminal/progress-line.js';
import type {World} from '../world.js';

/** The pace of --rate, until the run is stopped. */
export const pacingOf = (rate: number | undefined, signal: AbortSignal, world: World): Pacing =>
  pacing(rate, {
    elapsed: () => world.elapsed(),
    random: Math.random,
    wait: (ms) => world.wait(ms, signal),
  });

/** --concurrency, or as many as this process can carry; that is said then. */
export async function concurrencyFor(wanted: number, {note}: Pick<World, 'note'>): Promise<number> {
  const descriptors = await descriptorLimit();
  const fits = fittingConcurrency(wanted, descriptors);
  if (fits < wanted)
    note(
      `Only ${descriptors ?? 0} files may be open at a time (ulimit -n): ${atATime(fits)} instead of ${wanted}.`,
    );
  return fits;
}
