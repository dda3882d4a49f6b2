import type {AppliedHost, HostResult} from '../model/apply-run.js';
import type {PlannedHost} from '../model/plan.js';

import {hostOutcome} from './host-outcome.js';
import type {Share} from './share.js';
import {hostsIn} from './share.js';

/**
 * What stands in the stored run for a host that is being changed: true even if the controller dies
 * this moment.
 * @param ask the command that finds out
 */
export const inFlight = (planned: PlannedHost, ask: string): AppliedHost =>
  hostOutcome(
    planned,
    'lost',
    `it was being changed when this was written, and the end is not known here. The host undoes by itself what is not confirmed. Ask it with: ${ask}`,
  );

/**
 * A result that --max-failures counts: refused, unreachable, rolled back, lost or in doubt.
 * @param isUndo to a rollback, a host that was rolled back is a success
 */
export const isFailure = (result: HostResult, isUndo = false): boolean =>
  result !== 'already' && result !== (isUndo ? 'rolled-back' : 'changed');

/** Why no further host may be started; undefined: go on. */
export function reasonToStop(
  results: readonly HostResult[],
  total: number,
  maxFailures: Share,
  isUndo = false,
): string | undefined {
  const failures = results.filter((result) => isFailure(result, isUndo)).length;
  const allowed = hostsIn(maxFailures, total);
  if (failures <= allowed) return undefined;
  return `stopped: ${failures} of ${total} hosts failed, --max-failures allows ${allowed}`;
}
