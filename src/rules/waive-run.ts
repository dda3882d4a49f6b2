import type {AuditedHost, AuditRun} from '../model/audit-run.js';
import type {Finding, Posture} from '../model/finding.js';
import type {Waiver, WaiverState} from '../model/waiver.js';
import {withMembers} from '../text/host-on-demand.js';
import {postureOf} from './posture.js';
import {applyWaivers} from './waivers.js';

export interface WaivedRun {
  readonly run: AuditRun;
  readonly waivers: readonly WaiverState[];
  /** About the policy: expired and unmatched waivers. */
  readonly findings: readonly Finding[];
}

/**
 * An audit with waivers applied, whether or not it had any: findings are marked anew, and a host
 * whose marks changed gets the posture its findings make now. See `applyWaivers`.
 *
 * @param fleet every host of the inventory; absent: the hosts of the run
 */
export function waiveRun(
  run: AuditRun,
  waivers: readonly Waiver[],
  day: string,
  fleet?: readonly Pick<AuditedHost, 'host' | 'groups'>[],
): WaivedRun {
  const applied = applyWaivers(run.hosts, waivers, day, fleet);
  const hosts = applied.hosts.map((host, i) => withPosture(run.hosts[i], host));
  const totals: Partial<Record<Posture, number>> = {};
  for (const {posture} of hosts) totals[posture] = (totals[posture] ?? 0) + 1;
  const notAssessed =
    run.notAssessed === undefined
      ? {}
      : {notAssessed: (totals.unknown ?? 0) + (totals.unreachable ?? 0)};
  return {
    run: {...run, hosts, totals, ...notAssessed},
    waivers: applied.waivers,
    findings: applied.findings,
  };
}

function withPosture(before: AuditedHost | undefined, after: AuditedHost): AuditedHost {
  if (before === undefined || before === after) return after;
  const same = after.findings.every(
    (f, i) => (f.waived === undefined) === (before.findings[i]?.waived === undefined),
  );
  // A posture that the findings did not make (no evidence, not FreeBSD) is none that a waiver can
  // change.
  if (same || postureOf(before.findings) !== before.posture) return after;
  return withMembers(after, {posture: postureOf(after.findings)});
}
