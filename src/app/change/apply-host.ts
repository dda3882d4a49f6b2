import type {AppliedHost, HostResult, Would} from '../../model/apply-run.js';
import type {Failure, Result} from '../../model/failure.js';
import type {Host} from '../../model/host.js';
import type {HostRecord} from '../../model/host-record.js';
import type {Judgement, PlannedHost} from '../../model/plan.js';
import {unreachable} from '../../model/unreachable.js';
import type {Session} from '../../model/transport.js';
import {hostOutcome, seenBefore} from '../../plan/host-outcome.js';
import {beginScript} from '../../steps/change-script.js';

import type {ApplyStage, HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';
import {collectThrough} from '../collect-through.js';
import {clearTheWay} from './clear-the-way.js';
import {connectTo} from '../connect-to.js';
import {seeThrough} from './see-through.js';
import {stepProgress} from './step-progress.js';
import {unheardMs, workMs} from '../time-limits.js';

/**
 * Carries the plan out on one host: look again, let the host change itself with the dead-man switch
 * armed, look again over a new connection, confirm. Whatever happens ends in an entry of the run;
 * nothing is thrown for what a host does.
 */
export async function applyHost(
  host: Host,
  planned: PlannedHost,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const entry = fromPlan(planned) ?? (await changeHost(host, planned, options, deps));
  const would = entry.would ?? WOULD[entry.result];
  return options.dryRun && would !== undefined ? {...entry, would} : entry;
}

/** What a dry run says of a host that was not taken as far as the change. */
const WOULD: Readonly<Partial<Record<HostResult, Would>>> = {refused: 'refuse', already: 'nothing'};

/** What the plan alone answers; undefined: something is to be done. */
function fromPlan(planned: PlannedHost): AppliedHost | undefined {
  const why = planned.gate.reasons
    .filter(({kind}) => kind === 'refusal' || kind === 'gap')
    .map(({text}) => text)
    .join('; ');
  switch (planned.state) {
    case 'changes':
      return undefined;
    case 'nothing':
      return hostOutcome(planned, 'already', 'nothing to do');
    case 'by-hand':
      return hostOutcome(planned, 'already', 'what is left is to be done by hand');
    case 'refused':
      return hostOutcome(planned, 'refused', why);
    case 'unknown':
      return hostOutcome(planned, 'not-started', `not known when the plan was made: ${why}`);
    case 'unreachable':
      return hostOutcome(planned, 'not-started', `unreachable when the plan was made: ${why}`);
    default:
      return unreachable(planned.state);
  }
}

async function changeHost(
  host: Host,
  planned: PlannedHost,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const stage = (word: ApplyStage): void => {
    deps.onEvent({kind: 'started', host: host.name, stage: word});
  };
  stage('connecting');
  const connected = await connectTo(host, options, deps);
  if (!connected.ok) return unreached(planned, connected.error);
  const session = connected.value;
  let begun: Result<HostRecord>;
  let before: Judgement | undefined;
  let seen = false;
  try {
    stage('checking');
    const checked = await check(session, host, planned, options, deps);
    before = checked.before;
    const stop =
      checked.objection ??
      (options.dryRun
        ? {
            ...hostOutcome(planned, 'not-started', 'it would be changed now'),
            would: 'change' as const,
          }
        : undefined);
    if (stop !== undefined) return before === undefined ? stop : seenBefore(stop, before);
    await deps.beforeChange(host.name);
    stage('changing');
    const changing = planned.steps.filter(({kind}) => kind !== 'verify');
    const of = changing.length;
    const at = (index: number): void => {
      const step = changing[index];
      if (step !== undefined) deps.onEvent({kind: 'doing', host: host.name, of, index, step});
    };
    at(0);
    const watch = stepProgress((step) => {
      seen = true;
      deps.onEvent({kind: 'step', host: host.name, of, step});
      at(step.index + 1);
    });
    begun = await exchange(session, begin(planned, options, deps), workMs(planned.steps), {
      onChunk: watch,
      unheardMs: unheardMs(options.confirmSeconds),
    });
  } finally {
    session.close();
  }
  const known = {record: begun.ok ? begun.value : undefined, begun: seen, mayBeConfirmed: false};
  const end = await seeThrough(host, planned, known, options, deps);
  return before === undefined ? end : seenBefore(end, before);
}

interface Checked {
  /** Undefined: nothing speaks against the change. */
  readonly objection?: AppliedHost;
  /** Undefined: the host was not looked at. */
  readonly before?: Judgement;
}

/** Everything that can be known before anything is changed. */
async function check(
  session: Session,
  host: Host,
  planned: PlannedHost,
  options: HostOptions,
  deps: HostDeps,
): Promise<Checked> {
  const way = await clearTheWay(session, options, deps);
  if (!way.ok) return {objection: unreached(planned, way.error)};
  if (way.value !== undefined) {
    const {result, reason, would} = way.value;
    const entry = hostOutcome(planned, result, reason);
    return {objection: would === undefined ? entry : {...entry, would}};
  }
  const evidence = await collectThrough(session, host, {
    collector: deps.collector,
    timeoutMs: options.timeoutMs,
    collectedAt: deps.now(),
  });
  if (!evidence.ok) return {objection: unreached(planned, evidence.error)};
  const before = deps.judge(host, evidence.value);
  const objections = deps.objections(host, planned, evidence.value);
  const [first] = objections;
  if (first === undefined) return {before};
  const why = objections.map(({text}) => text).join('; ');
  return {before, objection: {...hostOutcome(planned, 'refused', why), refusedAs: first.word}};
}

const begin = (planned: PlannedHost, options: HostOptions, deps: HostDeps): string =>
  beginScript({
    run: options.run,
    plan: options.plan,
    owner: options.owner,
    confirmSeconds: options.confirmSeconds,
    ...(options.continues === undefined ? {} : {continues: options.continues}),
    ...(options.acceptNoBootGuard === true ? {acceptNoBootGuard: true} : {}),
    steps: planned.steps,
    ...(deps.objectOf === undefined ? {} : {objectOf: deps.objectOf}),
    template: deps.changeTemplate,
  });

/** Nothing was begun, so nothing is in doubt: the host can be taken again with --resume. */
const unreached = (planned: PlannedHost, {message, fix}: Failure): AppliedHost =>
  hostOutcome(planned, 'not-started', `could not be asked: ${message}. ${fix}`);
