import type {AppliedHost, ApplyRun, HostResult} from '../model/apply-run.js';
import type {Host} from '../model/host.js';
import type {PlannedHost} from '../model/plan.js';
import {inFlight, isFailure, reasonToStop} from '../plan/apply-progress.js';
import {hostOutcome} from '../plan/host-outcome.js';
import type {Share} from '../plan/share.js';
import type {Wave} from '../plan/waves.js';
import {waves} from '../plan/waves.js';

import {applyHost} from './apply-host.js';
import type {HostDeps, HostOptions} from './apply-options.js';
import {pool} from './pool.js';

export interface FleetOptions extends HostOptions {
  readonly version: string;
  readonly concurrency: number;
  readonly canaries: number;
  /** Undefined: all that is left after the canaries. */
  readonly batch: Share | undefined;
  /** More failures than these, and no further host is started; undefined: every host is tried. */
  readonly maxFailures: Share | undefined;
  /** The run this one undoes. */
  readonly undoes?: string;
}

export interface FleetDeps extends Omit<HostDeps, 'beforeChange'> {
  /** Puts the run on disk as it stands; the last call carries `finishedAt`. */
  save(run: ApplyRun): Promise<void>;
  onWave(wave: {readonly kind: 'canary' | 'batch'; readonly number: number; readonly hosts: number}): void;
  /** Ctrl-C: hosts in flight are seen through, no further one is started. */
  readonly signal: AbortSignal;
}

/** One host of the plan and how to reach it. */
export interface Target {
  readonly planned: PlannedHost;
  readonly host: Host;
  /** How it stands until something else is known: an earlier run lost it. Absent: nothing was done to it. */
  readonly standing?: AppliedHost;
}

/**
 * Carries a plan out: canaries, then batches, until done, stopped or interrupted. Every host of it is in the run.
 * @param work what is done to one host; a resumed run does more than apply
 */
export async function applyPlan(
  targets: readonly Target[],
  options: FleetOptions,
  deps: FleetDeps,
  work: (target: Target, deps: HostDeps) => Promise<AppliedHost> = ({host, planned}, hostDeps) =>
    applyHost(host, planned, options, hostDeps),
): Promise<ApplyRun> {
  const startedAt = deps.now();
  const entries = new Map<string, AppliedHost>(
    targets.map(({planned, standing}) => [planned.host, standing ?? hostOutcome(planned, 'not-started')]),
  );
  const snapshot = (): ApplyRun => ({
    schema: 'zbufctl.apply/1',
    run: options.run,
    plan: options.plan,
    ...(options.continues === undefined ? {} : {continues: options.continues}),
    ...(options.undoes === undefined ? {} : {undoes: options.undoes}),
    startedAt,
    tool: {name: 'zbufctl', version: options.version},
    operator: options.owner,
    interrupted: deps.signal.aborted,
    dryRun: options.dryRun,
    hosts: [...entries.values()],
  });
  await deps.save(snapshot());

  const ask =
    options.undoes === undefined
      ? `zbufctl apply --resume ${options.run}`
      : `zbufctl rollback ${options.undoes}`;
  const tasks = targets.filter(({planned}) => isTask(planned));
  const stopped = new AbortController();
  const results: HostResult[] = [];
  const enter = async (entry: AppliedHost): Promise<void> => {
    entries.set(entry.host, entry);
    await deps.save(snapshot());
  };
  const workOn = async (target: Target, beforeChange: HostDeps['beforeChange']): Promise<AppliedHost> => {
    const applied = await work(target, {...deps, beforeChange});
    const {host, result, reason} = applied;
    deps.onEvent({kind: 'finished', host, result, ...(reason === undefined ? {} : {reason})});
    await enter(applied);
    return applied;
  };
  const applyOne = async (target: Target, kind: Wave<Target>['kind']): Promise<void> => {
    const {planned} = target;
    const applied = await workOn(target, () => enter(inFlight(planned, ask)));
    results.push(applied.result);
    if (options.dryRun || options.maxFailures === undefined) return;
    const why =
      kind === 'canary' && isFailure(applied.result)
        ? `stopped: the canary ${planned.host} was not changed (${applied.result})`
        : reasonToStop(results, tasks.length, options.maxFailures);
    if (why !== undefined) stopped.abort(why);
  };

  // Answered from the plan alone: refused by its gate, or nothing to do.
  for (const target of targets.filter((t) => !isTask(t.planned)))
    await workOn(target, () => Promise.resolve());
  const signal = AbortSignal.any([deps.signal, stopped.signal]);
  for (const [index, wave] of waves(tasks, options.canaries, options.batch).entries()) {
    if (signal.aborted) break;
    deps.onWave({kind: wave.kind, number: index + 1, hosts: wave.hosts.length});
    await pool(wave.hosts, options.concurrency, (target) => applyOne(target, wave.kind), signal);
  }
  const why = stopped.signal.aborted ? String(stopped.signal.reason) : 'stopped by the operator';
  for (const {planned} of targets) {
    const {result, reason} = entries.get(planned.host) ?? {};
    if (result === 'not-started' && reason === undefined)
      entries.set(planned.host, hostOutcome(planned, 'not-started', why));
  }
  const run = {...snapshot(), finishedAt: deps.now()};
  await deps.save(run);
  return run;
}

/** Something is to be done on it; the others are answered from the plan alone. */
const isTask = (planned: PlannedHost): boolean => planned.state === 'changes';
