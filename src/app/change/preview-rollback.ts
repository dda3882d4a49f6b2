import {inputFor} from '../audit.js';
import type {ApplyRun} from '../../model/apply-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host} from '../../model/host.js';
import type {Plan} from '../../model/plan.js';
import type {HostToUndo} from '../../model/rollback-preview.js';
import type {Step} from '../../model/step.js';
import {standingFindings} from '../../plan/standing.js';
import {afterSteps, undoSteps} from '../../plan/undo.js';

import {openLookups} from '../judging.js';
import type {Deps} from '../ports.js';

/**
 * What undoing a run comes to on these hosts: the inverse steps, and which grave findings stand
 * again, judged from the evidence the run was verified by as it would be then.
 */
export async function previewRollback(
  run: ApplyRun,
  plan: Plan,
  hosts: readonly Host[],
  deps: Deps,
): Promise<readonly HostToUndo[]> {
  const lookups = await openLookups(hosts, deps);
  const judging = {...lookups, now: () => deps.now()};
  const seen = new Map<string, Evidence>();
  for await (const evidence of deps.store.evidence(
    run.run,
    hosts.map(({name}) => name),
  ))
    seen.set(evidence.host, evidence);

  const bringsBack = (host: Host, steps: readonly Step[]): readonly string[] => {
    const evidence = seen.get(host.name);
    // Of a host nobody could look at, only the value says something.
    if (evidence === undefined) return steps.flatMap(withoutEvidence);
    const after = afterSteps(evidence, steps, lookups.servicesFor(host));
    const standing = (state: Evidence) => standingFindings(inputFor(host, state, judging).findings);
    const before = new Set(standing(evidence).map(({rule}) => rule));
    return standing(after)
      .filter(({rule}) => !before.has(rule))
      .map(({rule, summary}) => `${rule} ${summary}`);
  };
  return hosts.flatMap((host): HostToUndo[] => {
    const planned = plan.hosts.find((one) => one.host === host.name);
    const applied = run.hosts.find((one) => one.host === host.name);
    if (planned === undefined || applied === undefined) return [];
    const steps = undoSteps(planned, applied);
    return [
      {
        host: host.name,
        isKnown: applied.result === 'changed',
        steps,
        bringsBack: bringsBack(host, steps),
      },
    ];
  });
}

const withoutEvidence = (step: Step): readonly string[] =>
  step.kind === 'set-running' && step.to !== 0
    ? [`the value is ${step.to} again: a capture whose program forks may lose it at its next start`]
    : [];
