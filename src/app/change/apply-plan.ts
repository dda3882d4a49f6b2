import type {AppliedHost, ApplyRun, HostResult, PlanSigner} from '../../model/apply-run.js';
import type {Host} from '../../model/host.js';
import type {PlannedHost} from '../../model/plan.js';
import {inFlight, isFailure, reasonToStop} from '../../plan/apply-progress.js';
import {hostOutcome} from '../../plan/host-outcome.js';
import type {Share} from '../../plan/share.js';
import type {Wave} from '../../plan/waves.js';
import {waves} from '../../plan/waves.js';

import {applyHost} from './apply-host.js';
import type {HostDeps, HostOptions} from './apply-options.js';
import {notAssessed} from './not-assessed.js';
import {pool} from '../pool.js';

export interface FleetOptions extends HostOptions {
  readonly version: string;
  readonly concurrency: number;
  readonly canaries: number;
  /** Undefined: all that is left after the canaries. */
  readonly batch: Share | undefined;
  /** More failures than these, and no further host is started; undefined: every host is tried. */
  readonly maxFailures: Share | undefined;
  /** Who signed the plan, when that was looked at. */
  readonly signedBy?: PlanSigner;
  /** The run this one undoes. */
  readonly undoes?: string;
}

export interface FleetDeps extends Omit<HostDeps, 'beforeChange'> {
  /** Puts the run on disk as it stands; the last call carries `finishedAt`. */
  save(run: ApplyRun): Promise<void>;
  /**
   * Something failed here, not on a host. Nothing is thrown for it: hosts in flight are seen
   * through.
   */
  onTrouble(trouble: Trouble): void;
  onWave(wave: {
    readonly kind: 'canary' | 'batch';
    readonly number: number;
    readonly hosts: number;
  }): void;
  /** Ctrl-C: hosts in flight are seen through, no further one is started. */
  readonly signal: AbortSignal;
  /** Something broke here: as `signal`, with the reason in words. */
  readonly broken?: AbortSignal;
}

/** What failed at the controller while hosts were changed; no further host is started then. */
export type Trouble =
  | {readonly kind: 'not-stored'; readonly error: unknown}
  | {readonly kind: 'defect'; readonly host: string; readonly error: unknown};

/** One host of the plan and how to reach it. */
export interface Target {
  readonly planned: PlannedHost;
  readonly host: Host;
  /**
   * How it stands until something else is known: an earlier run lost it. Absent: nothing was done
   * to it.
   */
  readonly standing?: AppliedHost;
}

/**
 * Carries a plan out: canaries, then batches, until done, stopped or interrupted. Every host of it
 * is in the run.
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
    targets.map(({planned, standing}) => [
      planned.host,
      standing ?? hostOutcome(planned, 'not-started'),
    ]),
  );
  const snapshot = (): ApplyRun => ({
    schema: 'zbufctl.apply/1',
    run: options.run,
    plan: options.plan,
    ...(options.signedBy === undefined ? {} : {signedBy: options.signedBy}),
    ...(options.continues === undefined ? {} : {continues: options.continues}),
    ...(options.undoes === undefined ? {} : {undoes: options.undoes}),
    startedAt,
    tool: {name: 'zbufctl', version: options.version},
    operator: options.owner,
    interrupted: deps.signal.aborted,
    dryRun: options.dryRun,
    notAssessed: notAssessed([...entries.values()]).length,
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
  const halt = (trouble: Trouble, why: string): void => {
    deps.onTrouble(trouble);
    stopped.abort(`stopped: ${why}`);
  };
  const NOT_STORED = 'the run could not be stored';
  /** False: it is not on disk. The first draft apart, that ends nothing. */
  const enter = async (entry: AppliedHost): Promise<boolean> => {
    entries.set(entry.host, entry);
    try {
      await deps.save(snapshot());
      return true;
    } catch (error) {
      halt({kind: 'not-stored', error}, NOT_STORED);
      return false;
    }
  };
  const keep: HostDeps['keep'] = async (evidence) => {
    try {
      await deps.keep(evidence);
    } catch (error) {
      halt({kind: 'not-stored', error}, NOT_STORED);
    }
  };
  const workOn = async (target: Target): Promise<AppliedHost> => {
    const {planned, standing} = target;
    const begun = new Set<Target>();
    const beforeChange = async (): Promise<void> => {
      // What cannot be written down is not done: if we died, nobody would know that it was begun.
      if (!(await enter(inFlight(planned, ask)))) throw new NotWrittenDown();
      begun.add(target);
    };
    let applied: AppliedHost;
    try {
      applied = await work(target, {...deps, keep, beforeChange});
    } catch (error) {
      const isWrittenDown = !(error instanceof NotWrittenDown);
      if (isWrittenDown)
        halt({kind: 'defect', host: planned.host, error}, `an error at ${planned.host}`);
      applied = begun.has(target)
        ? inFlight(planned, ask)
        : (standing ??
          hostOutcome(
            planned,
            'not-started',
            isWrittenDown ? 'zbufctl itself failed before anything was begun' : NOT_STORED,
          ));
    }
    const {host, result, reason} = applied;
    deps.onEvent({kind: 'finished', host, result, ...(reason === undefined ? {} : {reason})});
    await enter(applied);
    return applied;
  };
  const applyOne = async (target: Target, kind: Wave<Target>['kind']): Promise<void> => {
    const {planned} = target;
    const applied = await workOn(target);
    results.push(applied.result);
    if (options.dryRun || options.maxFailures === undefined) return;
    const isUndo = options.undoes !== undefined;
    const why =
      kind === 'canary' && isFailure(applied.result, isUndo)
        ? `stopped: the canary ${planned.host} was not ${isUndo ? 'rolled back' : 'changed'} (${applied.result})`
        : reasonToStop(results, tasks.length, options.maxFailures, isUndo);
    if (why !== undefined) stopped.abort(why);
  };

  // Answered from the plan alone: refused by its gate, or nothing to do.
  for (const target of targets.filter((t) => !isTask(t.planned))) await workOn(target);
  const broken = deps.broken === undefined ? [] : [deps.broken];
  const signal = AbortSignal.any([deps.signal, stopped.signal, ...broken]);
  for (const [index, wave] of waves(tasks, options.canaries, options.batch).entries()) {
    if (signal.aborted) break;
    deps.onWave({kind: wave.kind, number: index + 1, hosts: wave.hosts.length});
    await pool(wave.hosts, options.concurrency, (target) => applyOne(target, wave.kind), signal);
  }
  const halted = [stopped.signal, ...broken].find(({aborted}) => aborted);
  const why = halted === undefined ? 'stopped by the operator' : String(halted.reason);
  for (const {planned} of targets) {
    const {result, reason} = entries.get(planned.host) ?? {};
    if (result === 'not-started' && reason === undefined)
      entries.set(planned.host, hostOutcome(planned, 'not-started', why));
  }
  const run = {...snapshot(), finishedAt: deps.now()};
  await deps.save(run).catch((error: unknown) => {
    halt({kind: 'not-stored', error}, NOT_STORED);
  });
  return run;
}

/** A host was not changed, because that could not be put on disk. */
class NotWrittenDown extends Error {}

/** Something is to be done on it; the others are answered from the plan alone. */
const isTask = (planned: PlannedHost): boolean => planned.state === 'changes';
