import type {AppliedHost} from '../model/apply-run.js';
import type {Failure, Result} from '../model/failure.js';
import type {Host} from '../model/host.js';
import type {HostRecord} from '../model/host-record.js';
import type {PlannedHost} from '../model/plan.js';
import type {Session} from '../model/transport.js';
import {hostOutcome} from '../plan/host-outcome.js';
import {beginScript} from '../steps/change-script.js';
import {plannedState} from '../text/planned-state.js';

import type {ApplyStage, HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';
import {collectThrough} from './collect-through.js';
import {clearTheWay} from './clear-the-way.js';
import {connectTo} from './connect-to.js';
import {seeThrough} from './see-through.js';
import {stepProgress} from './step-progress.js';
import {workMs} from './time-limits.js';

/**
 * Carries the plan out on one host: look again, let the host change itself with the dead-man switch armed, look again
 * over a new connection, confirm. Whatever happens ends in an entry of the run; nothing is thrown for what a host does.
 */
export async function applyHost(
  host: Host,
  planned: PlannedHost,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const {reasons} = planned.gate;
  switch (plannedState(planned)) {
    case 'nothing':
      return hostOutcome(planned, 'already', 'nothing to do');
    case 'refused':
      return hostOutcome(planned, 'refused', reasons.join('; '));
    case 'unknown':
      return hostOutcome(planned, 'not-started', `when the plan was made: ${reasons.join('; ')}`);
    case 'changes':
  }
  const stage = (word: ApplyStage): void => {
    deps.onEvent({kind: 'started', host: host.name, stage: word});
  };
  stage('connecting');
  const connected = await connectTo(host, options, deps);
  if (!connected.ok) return unreached(planned, connected.error);
  const session = connected.value;
  let begun: Result<HostRecord>;
  try {
    stage('checking');
    const objection = await check(session, host, planned, options, deps);
    if (objection !== undefined) return objection;
    if (options.dryRun) return hostOutcome(planned, 'not-started', 'dry run: it would be changed now');
    await deps.beforeChange(host.name);
    stage('changing');
    const of = planned.steps.filter(({kind}) => kind !== 'verify').length;
    const watch = stepProgress((step) => {
      deps.onEvent({kind: 'step', host: host.name, of, step});
    });
    begun = await exchange(session, begin(planned, options, deps), workMs(planned.steps), watch);
  } finally {
    session.close();
  }
  return seeThrough(host, planned, begun.ok ? begun.value : undefined, options, deps);
}

/** Everything that can be known before anything is changed; undefined: nothing speaks against it. */
async function check(
  session: Session,
  host: Host,
  planned: PlannedHost,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost | undefined> {
  const way = await clearTheWay(session, options, deps);
  if (!way.ok) return unreached(planned, way.error);
  if (way.value !== undefined) return hostOutcome(planned, way.value.result, way.value.reason);
  const evidence = await collectThrough(session, host, {
    collector: deps.collector,
    timeoutMs: options.timeoutMs,
    collectedAt: deps.now(),
  });
  if (!evidence.ok) return unreached(planned, evidence.error);
  const objections = deps.objections(host, planned, evidence.value);
  return objections.length === 0 ? undefined : hostOutcome(planned, 'refused', objections.join('; '));
}

const begin = (planned: PlannedHost, options: HostOptions, deps: HostDeps): string =>
  beginScript({
    run: options.run,
    plan: options.plan,
    owner: options.owner,
    confirmSeconds: options.confirmSeconds,
    steps: planned.steps,
    template: deps.changeTemplate,
  });

/** Nothing was begun, so nothing is in doubt: the host can be taken again with --resume. */
const unreached = (planned: PlannedHost, {message, fix}: Failure): AppliedHost =>
  hostOutcome(planned, 'not-started', `could not be asked: ${message}. ${fix}`);
