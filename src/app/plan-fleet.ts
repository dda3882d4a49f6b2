import type {ChangePolicy} from '../model/change-policy.js';
import type {Plan} from '../model/plan.js';
import {windowAt} from '../plan/in-window.js';
import type {HostToPlan} from '../plan/make-plan.js';
import {makePlan} from '../plan/make-plan.js';

import {inputFor} from './audit.js';
import {readChangePolicies} from './change-policies.js';
import type {Audited} from './evidence/stored-audit.js';
import {openLookups} from './judging.js';
import type {Deps} from './ports.js';

/** Decides what to change on the hosts of an audit. Reads stored evidence, and changes nothing. */
export async function planFleet(
  {run, hosts, evidence: stored}: Audited,
  options: {readonly cleanDuplicates: boolean},
  deps: Deps,
): Promise<{readonly plan: Plan; readonly changes: ReadonlyMap<string, ChangePolicy>}> {
  const lookups = await openLookups(hosts, deps);
  const madeAt = deps.now();
  const judging = {...lookups, now: () => madeAt};
  const changes = readChangePolicies(hosts, lookups.servicesFor, deps.folder);
  const seen = new Map<string, HostToPlan>();
  for await (const evidence of stored()) {
    const host = hosts.find(({name}) => name === evidence.host);
    if (host === undefined) continue;
    seen.set(host.name, {state: 'evidence', ...inputFor(host, evidence, judging)});
  }
  const audited = new Map(run.hosts.map((one) => [one.host, one]));
  const plan = makePlan({
    hosts: hosts.map(
      (host): HostToPlan =>
        seen.get(host.name) ?? {
          state: 'failure',
          host: host.name,
          address: host.address,
          policy: host.policy,
          posture: audited.get(host.name)?.posture === 'unreachable' ? 'unreachable' : 'unknown',
          failure: audited.get(host.name)?.failure ?? NO_EVIDENCE,
        },
    ),
    madeFrom: run.run,
    madeAt,
    version: deps.version,
    cleanDuplicates: options.cleanDuplicates,
  });
  return {plan, changes};
}

/**
 * Where the maintenance window of hosts to change is closed now, and when it opens; a line a
 * window.
 */
export function windowNotes(
  plan: Plan,
  changes: ReadonlyMap<string, ChangePolicy>,
): readonly string[] {
  const now = new Date(plan.madeAt);
  const notes = plan.hosts.flatMap((host) => {
    const window = changes.get(host.host)?.window ?? [];
    const state = windowAt(window, now);
    if (state.open || host.state !== 'changes') return [];
    const ranges = window.map(({text}) => text).join(', ');
    return [
      `The maintenance window (${ranges}) is closed; it opens at ${state.opens.toISOString().slice(0, 16)}Z.`,
    ];
  });
  return [...new Set(notes)];
}

const NO_EVIDENCE = {message: 'the run has no evidence of it', fix: 'Audit the host again.'};
