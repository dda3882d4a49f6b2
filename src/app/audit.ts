import type {
  Asked,
  AuditedHost,
  AuditRun,
  HelperResult,
  RunOrigin,
  Shard,
  ValueSummary,
} from '../model/audit-run.js';
import type {ChangePolicy} from '../model/change-policy.js';
import type {Evidence} from '../model/evidence.js';
import type {Failure, FailureKind, Result} from '../model/failure.js';
import {forTheRecord, ok} from '../model/failure.js';
import type {Posture} from '../model/finding.js';
import type {Host} from '../model/host.js';
import type {ModeObject} from '../model/mode.js';
import type {StoredProbe} from '../model/probe.js';
import type {Reading} from '../model/reading.js';
import type {Service} from '../model/service.js';
import type {Transport} from '../model/transport.js';
import type {Waiver} from '../model/waiver.js';
import {bootValue, runningValue} from '../rules/reading/boot-value.js';
import {doThis} from '../plan/do-this.js';
import {changesFor} from '../plan/plan-host.js';
import type {PlanHostInput} from '../plan/plan-input.js';
import {findingsOf} from '../plan/policy-wants.js';
import {posture} from '../rules/posture.js';
import {auditedCaptures} from '../rules/reading/audited-captures.js';
import {withOurObjects} from '../rules/reading/mode-object.js';
import {applyWaivers} from '../rules/waivers.js';
import {utcDay} from '../text/iso-date.js';

import {sharing} from './alike.js';
import {collectThrough} from './collect-through.js';
import type {HostResult, Narrowed} from './each-host.js';
import {eachHost} from './each-host.js';
import type {HelperDeps} from './helper.js';
import {withHelper} from './helper.js';
import type {Pacing} from './pacing.js';

/** What happens while an audit runs; for progress and logs. */
export type AuditEvent =
  | {
      readonly kind: 'started';
      readonly host: string;
      readonly stage: 'connecting' | 'collecting' | 'judging';
    }
  | {
      readonly kind: 'finished';
      readonly host: string;
      readonly posture: Posture;
      readonly failure?: Failure;
    }
  | Narrowed;

export interface AuditOptions {
  readonly run: string;
  readonly version: string;
  readonly concurrency: number;
  /** Milliseconds a host may take from the first packet to the last. */
  readonly timeoutMs: number;
  readonly acceptNew: boolean;
  readonly asked: Asked;
  /** --shard: the hosts are this part of those asked. */
  readonly shard?: Shard;
  /** How many hosts at a time through one jump host; absent: as many as of others. */
  readonly perJumpHost?: number | undefined;
  /** When the run was begun, if it was not now. */
  readonly startedAt?: string;
}

/** Evidence that is in the run already, and its hash. */
export interface StoredEvidence {
  readonly evidence: Evidence;
  readonly hash: string;
}

/** What the audit needs from the world. */
export interface AuditDeps {
  readonly transport: Transport;
  /** collect.sh with its arguments in front. */
  readonly collector: string;
  /** The knowledge base with a host's policy merged in. */
  servicesFor(host: Host): readonly Service[];
  /** The last stored probe of a host. */
  probeFor(host: string): StoredProbe | undefined;
  /** What the host's policy says of changes. */
  changesFor(host: Host): ChangePolicy;
  /** Objects of the package that give a buffer mode; absent: none is known. */
  readonly modeObjects?: readonly ModeObject[];
  /** Of every policy; each names the hosts it covers. */
  readonly waivers: readonly Waiver[];
  /** Of a run that is resumed: what a host said then; such a host is not asked again. */
  stored?(host: string): Promise<StoredEvidence | undefined>;
  /** Hosts of a run that is resumed which the inventory has no more: they are not asked. */
  readonly gone?: ReadonlySet<string>;
  /** Stores the evidence and returns its hash. */
  keep(evidence: Evidence): Promise<string>;
  /** ISO 8601 UTC. */
  now(): string;
  /** Milliseconds, monotonic. */
  elapsed(): number;
  onEvent(event: AuditEvent): void;
  readonly signal: AbortSignal;
  readonly pacing: Pacing;
  /** Present with --with-helper: what it takes to run the native program on a host. */
  readonly helper?: HelperDeps;
}

/**
 * Collects from every host and judges what it said. Every host meant is in the run, whatever became
 * of it.
 */
export async function audit(
  hosts: readonly Host[],
  options: AuditOptions,
  deps: AuditDeps,
): Promise<AuditRun> {
  const startedAt = options.startedAt ?? deps.now();
  const alike = sharing();
  const audited = await eachHost(
    hosts,
    options,
    deps,
    async (host) => {
      const {result, again} = await resultOf(host, options, deps);
      return {result: alike(result), again};
    },
    (host, {posture: word, failure}) => {
      deps.onEvent({
        kind: 'finished',
        host: host.name,
        posture: word,
        ...(failure === undefined ? {} : {failure}),
      });
    },
  );
  return assembleRun(
    hosts.map((host, index) => audited[index] ?? unreached(host, INTERRUPTED, 0)),
    {...options, startedAt, finishedAt: deps.now(), interrupted: deps.signal.aborted},
  );
}

export function assembleRun(
  hosts: readonly AuditedHost[],
  about: {
    readonly run: string;
    readonly version: string;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly interrupted: boolean;
    readonly asked: Asked;
    readonly shard?: Shard;
    readonly origin?: RunOrigin;
  },
): AuditRun {
  const totals: Partial<Record<Posture, number>> = {};
  for (const host of hosts) totals[host.posture] = (totals[host.posture] ?? 0) + 1;
  return {
    schema: 'zbufctl.audit/1',
    run: about.run,
    startedAt: about.startedAt,
    finishedAt: about.finishedAt,
    tool: {name: 'zbufctl', version: about.version},
    interrupted: about.interrupted,
    ...scopeOf(about),
    ...(about.origin === undefined ? {} : {origin: about.origin}),
    hosts,
    totals,
    notAssessed: (totals.unknown ?? 0) + (totals.unreachable ?? 0),
  };
}

/** A part of a fleet is no word on the fleet: readers that know of no shards are told so, too. */
const scopeOf = ({
  asked,
  shard,
}: Pick<AuditOptions, 'asked' | 'shard'>): Pick<AuditRun, 'asked' | 'shard'> =>
  shard === undefined ? {asked} : {asked: 'named', shard: {...shard, asked}};

const INTERRUPTED: Failure = {
  kind: 'interrupted',
  message: 'the run was stopped before this host was finished',
  fix: 'Run the audit again for this host.',
};

const GONE: Failure = {
  kind: 'interrupted',
  message:
    'the run was stopped before this host was finished, and it is no longer in the inventory',
  fix: 'Put the host back into the inventory, or audit the inventory as it is.',
};

async function resultOf(
  host: Host,
  options: AuditOptions,
  deps: AuditDeps,
): Promise<HostResult<AuditedHost>> {
  const stored = await deps.stored?.(host.name);
  if (stored !== undefined) {
    const {evidence, hash: evidenceHash} = stored;
    return {result: {...judgeHost(host, evidence, deps), evidenceHash, durationMs: 0}};
  }
  if (deps.gone?.has(host.name) === true) return {result: unreached(host, GONE, 0)};
  await deps.pacing.turn();
  const begun = deps.elapsed();
  const collected = await collect(host, options, deps);
  const durationMs = Math.round(deps.elapsed() - begun);
  if (!collected.ok) {
    const {error} = collected;
    return {result: unreached(host, error, durationMs), again: error.again};
  }
  const evidence = collected.value;
  const evidenceHash = await deps.keep(evidence);
  return {result: {...judgeHost(host, evidence, deps), evidenceHash, durationMs}};
}

/** Milliseconds that must be left of a host's time to begin anew. */
const WORTH_A_RETRY_MS = 5000;

/** What collecting takes of an audit's options and of the world. */
type CollectOptions = Pick<AuditOptions, 'timeoutMs' | 'acceptNew'>;
export type CollectDeps = Pick<
  AuditDeps,
  'transport' | 'collector' | 'now' | 'elapsed' | 'onEvent' | 'signal' | 'helper' | 'pacing'
>;

/**
 * Nothing was changed, so a connection that went silent is given up for a new one, and a server
 * that had no room for us is asked again a little later: once, in the time that is left. Whoever
 * calls it has waited for the turn of the first connection.
 */
export async function collect(
  host: Host,
  options: CollectOptions,
  deps: CollectDeps,
): Promise<Result<Evidence>> {
  const begun = deps.elapsed();
  const left = (): number => options.timeoutMs - (deps.elapsed() - begun);
  const hasTime = (ms: number): boolean => left() >= ms && !deps.signal.aborted;
  const first = await collectOnce(host, options, deps);
  if (first.ok) return first;
  const isBusy = first.error.again === 'later';
  if (!isBusy && first.error.kind !== 'silent') return first;
  if (!hasTime(WORTH_A_RETRY_MS)) return first;
  if (isBusy) await deps.pacing.backOff();
  await deps.pacing.turn();
  if (!hasTime(1)) return first;
  return collectOnce(host, {...options, timeoutMs: left()}, deps);
}

async function collectOnce(
  host: Host,
  options: CollectOptions,
  deps: CollectDeps,
): Promise<Result<Evidence>> {
  const collectedAt = deps.now();
  deps.onEvent({kind: 'started', host: host.name, stage: 'connecting'});
  const connected = await deps.transport.connect(host, {
    connectTimeoutMs: options.timeoutMs,
    authTimeoutMs: options.timeoutMs,
    acceptNew: options.acceptNew,
    signal: deps.signal,
  });
  if (!connected.ok) return connected;
  const session = connected.value;
  try {
    deps.onEvent({kind: 'started', host: host.name, stage: 'collecting'});
    const parsed = await collectThrough(session, host, {
      collector: deps.collector,
      timeoutMs: options.timeoutMs,
      collectedAt,
      signal: deps.signal,
    });
    if (!parsed.ok || deps.helper === undefined) return parsed;
    return ok(await withHelper(session, parsed.value, deps.helper, deps.signal));
  } finally {
    session.close();
  }
}

/** What judging looks up besides the evidence. */
export type JudgeDeps = Pick<
  AuditDeps,
  'servicesFor' | 'probeFor' | 'changesFor' | 'waivers' | 'now' | 'modeObjects'
>;

/**
 * All a plan for the host rests on, judged: what audit, plan and apply start from. Pure but for
 * what `deps` looks up.
 */
export function inputFor(host: Host, evidence: Evidence, deps: JudgeDeps): PlanHostInput {
  const probe = deps.probeFor(host.name);
  const now = deps.now();
  const scene = {
    host: host.name,
    address: host.address,
    evidence: withOurObjects(evidence, deps.modeObjects ?? []),
    ...(deps.modeObjects === undefined ? {} : {modeObjects: deps.modeObjects}),
    services: deps.servicesFor(host),
    policy: host.policy,
    changes: deps.changesFor(host),
    now,
    ...(probe === undefined ? {} : {probe}),
  };
  const judged = {host: host.name, groups: host.groups, findings: findingsOf(scene)};
  const [marked = judged] = applyWaivers([judged], deps.waivers, utcDay(now)).hosts;
  return {...scene, findings: marked.findings};
}

/** Judges evidence; pure but for what `deps` looks up. */
export function judgeHost(
  host: Host,
  evidence: Evidence,
  deps: JudgeDeps,
): Omit<AuditedHost, 'durationMs'> {
  const input = inputFor(host, evidence, deps);
  const {findings} = input;
  // One judgement with the plan; where nothing fails it has no step, and need not be made.
  const lines = findings.some(({verdict}) => verdict === 'fail')
    ? doThis(changesFor(input), input)
    : [];
  const {release} = evidence.identity;
  const boot = bootValue(evidence);
  return {
    host: host.name,
    address: host.address,
    posture: posture(evidence, findings),
    groups: host.groups,
    running: summary(runningValue(evidence)),
    boot: boot.state === 'read' ? boot.value.value : summary(boot),
    findings,
    ...(lines.length === 0 ? {} : {doThis: lines}),
    captures: auditedCaptures(input),
    ...(release.state === 'read' ? {release: release.value} : {}),
    practice: evidence.practice || host.practice === true,
    ...helperOf(evidence),
  };
}

/** What became of the helper, as the evidence has it; undefined: nobody asked. */
function helperOf({descriptorStats: stats}: Evidence): {helper?: HelperResult} {
  switch (stats?.state) {
    case undefined:
      return {};
    case 'read':
      return {helper: {state: 'answered'}};
    case 'absent':
      return {helper: {state: 'model'}};
    case 'unreadable':
      return {helper: {state: 'failed', why: stats.why}};
  }
}

/** `unknown`: logged in, but what came back was no evidence: the host is there, and that is all. */
const POSTURE_OF: Readonly<Record<FailureKind, 'unknown' | 'unreachable'>> = {
  unresolved: 'unreachable',
  refused: 'unreachable',
  'timed-out': 'unreachable',
  'host-key-unknown': 'unreachable',
  'host-key-changed': 'unreachable',
  'host-key-revoked': 'unreachable',
  'host-key-weak': 'unreachable',
  unsupported: 'unreachable',
  auth: 'unreachable',
  become: 'unknown',
  cut: 'unknown',
  silent: 'unknown',
  flooded: 'unknown',
  protocol: 'unreachable',
  jump: 'unreachable',
  interrupted: 'unreachable',
  'no-record': 'unknown',
};

export function unreached(host: Host, failure: Failure, durationMs: number): AuditedHost {
  return {
    host: host.name,
    address: host.address,
    posture: POSTURE_OF[failure.kind],
    groups: host.groups,
    running: 'unreadable',
    boot: 'unreadable',
    findings: [],
    failure: forTheRecord(failure),
    practice: host.practice === true,
    durationMs,
  };
}

function summary(reading: Reading<unknown>): ValueSummary {
  if (reading.state === 'absent') return null;
  if (reading.state === 'unreadable') return 'unreadable';
  return typeof reading.value === 'number' ? reading.value : 'unreadable';
}
