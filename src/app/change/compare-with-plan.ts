import type {Evidence} from '../../model/evidence.js';
import type {Result} from '../../model/failure.js';
import {ok} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {PlannedHost} from '../../model/plan.js';
import type {Session} from '../../model/transport.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {collectThrough} from '../collect-through.js';

export interface Compared {
  readonly evidence: Evidence;
  /** How the host differs from what the plan was made for; undefined: in nothing. */
  readonly apart?: string;
}

/**
 * A host that may have been changed knows nothing of the run. Its record cannot tell whether
 * nothing was begun or the record is gone, so the host itself has to: as the plan found it, nothing
 * was done.
 */
export async function compareWithPlan(
  session: Session,
  host: Host,
  planned: PlannedHost,
  options: HostOptions,
  deps: HostDeps,
): Promise<Result<Compared>> {
  const evidence = await collectThrough(session, host, {
    collector: deps.collector,
    timeoutMs: options.timeoutMs,
    collectedAt: deps.now(),
  });
  if (!evidence.ok) return evidence;
  const apart = deps.apart(host, planned, evidence.value);
  return ok({evidence: evidence.value, ...(apart === undefined ? {} : {apart})});
}

/** Why such a host is lost. */
export const apartText = (apart: string): string =>
  `the host knows nothing of the run, and is not as it was planned: ${apart}. Look at it with zbufctl audit, and plan again`;
