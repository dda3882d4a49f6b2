import type {PrunePlan, Retention, RunFate} from '../../model/prune.js';
import type {ListedRun} from '../../model/run-summary.js';
import {kindOfRun, startOfRun} from '../../text/run-id.js';

const DAY_MS = 86_400_000;

export interface PruneRequest {
  /** Newest first, as the store lists them. */
  readonly runs: readonly ListedRun[];
  readonly retention: Retention;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** By apply and rollback: the runs it makes no sense without. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Unfinished runs whose writer is alive. */
  readonly beingWritten: ReadonlySet<string>;
  /** Runs an interrupted pruning left over. */
  readonly recorded: ReadonlySet<string>;
  /** Runs the operator wants to go on comparing with. */
  readonly baselines: readonly string[];
}

/**
 * What a retention would remove. Records of prunings are never removed: they say what became of the
 * others.
 */
export function planPruning(request: PruneRequest): PrunePlan {
  const {runs, retention} = request;
  const candidates = runs.filter((listed) => !isRecordOfPruning(listed));
  const old = candidates.filter((listed) => isOld(listed, request));
  const newest = newestOfEachKind(candidates, retention.atLeast);

  const spared = new Map<string, string>();
  for (const listed of old) {
    const why = whyStay(listed, newest, request);
    if (why !== undefined) spared.set(listed.run, why);
  }
  const isOldRun = new Set(old.map(({run}) => run));
  const kept = candidates
    .map(({run}) => run)
    .filter((run) => !isOldRun.has(run) || spared.has(run));
  for (const run of kept) {
    for (const needed of request.needs.get(run) ?? []) {
      if (!isOldRun.has(needed) || spared.has(needed)) continue;
      spared.set(needed, `run ${run} rests on it`);
      kept.push(needed); // it may need others in its turn
    }
  }

  const oldestFirst = [...old].reverse();
  return {
    retention,
    remove: oldestFirst
      .filter(({run}) => !spared.has(run))
      .map((listed) => removal(listed, request)),
    spare: oldestFirst.flatMap(({run}): RunFate[] => {
      const why = spared.get(run);
      return why === undefined ? [] : [{run, why}];
    }),
    young: candidates.length - old.length,
  };
}

/**
 * One whose writer died has named nothing that was removed, and goes like any other unfinished run.
 */
const isRecordOfPruning = ({state, run}: ListedRun): boolean =>
  kindOfRun(run) === 'prune' && state !== 'unfinished';

function isOld(listed: ListedRun, {now, retention, recorded}: PruneRequest): boolean {
  return recorded.has(listed.run) || ageInDays(listed, now) >= retention.keepDays;
}

/**
 * Since its end; of a run without one, since its start. A time in the future or none at all is no
 * age.
 */
function ageInDays(listed: ListedRun, now: number): number {
  const ended =
    listed.state === 'finished' ? Date.parse(listed.summary.finishedAt) : startOfRun(listed.run);
  return Number.isNaN(ended) ? -1 : Math.floor((now - ended) / DAY_MS);
}

function newestOfEachKind(runs: readonly ListedRun[], atLeast: number): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const newest = new Set<string>();
  for (const {state, run} of runs) {
    const kind = kindOfRun(run) ?? '';
    const count = (counts.get(kind) ?? 0) + 1;
    if (state !== 'finished' || count > atLeast) continue;
    counts.set(kind, count);
    newest.add(run);
  }
  return newest;
}

function whyStay(
  {state, run}: ListedRun,
  newest: ReadonlySet<string>,
  {baselines, recorded, beingWritten, retention}: PruneRequest,
): string | undefined {
  if (baselines.includes(run)) return 'named with --baseline';
  if (recorded.has(run)) return undefined;
  const kind = kindOfRun(run) ?? 'run';
  switch (state) {
    case 'unreadable':
      return 'it cannot be read: see zbufctl runs --verify';
    case 'unfinished':
      if (beingWritten.has(run)) return 'the zbufctl that writes it is still there';
      return kind === 'apply' || kind === 'rollback'
        ? 'it was never finished, so a host may still have to be looked at'
        : undefined;
    case 'finished':
      return newest.has(run)
        ? `one of the newest ${retention.atLeast} of its kind (${kind})`
        : undefined;
  }
}

function removal(listed: ListedRun, {now, recorded}: PruneRequest): RunFate {
  const {run, state} = listed;
  if (recorded.has(run)) return {run, why: 'recorded as removed already, and still there'};
  const age = `${ageInDays(listed, now)} days`;
  return {run, why: state === 'finished' ? `ended ${age} ago` : `never finished, begun ${age} ago`};
}
