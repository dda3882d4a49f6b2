import type {ApplyEvent} from '../../../src/app/change/apply-options.js';
import type {FleetDeps, FleetOptions, Target, Trouble} from '../../../src/app/change/apply-plan.js';
import type {AppliedHost, ApplyRun, HostResult} from '../../../src/model/apply-run.js';
import type {Host} from '../../../src/model/host.js';
import type {Judgement, PlannedHost, PlannedStep} from '../../../src/model/plan.js';
import {hostOutcome} from '../../../src/plan/host-outcome.js';

export const RUN = '20261124T120000Z-apply-51c2';
export const EARLIER = '20261124T110000Z-apply-3f9a';
export const PLAN = 'plan-20261124T110000Z-cf72';

const setRunning: PlannedStep = {
  kind: 'set-running',
  oid: 'net.bpf.zerocopy_enable',
  from: 1,
  to: 0,
  why: ['ZBUF-005'],
  inverse: {kind: 'set-running', oid: 'net.bpf.zerocopy_enable', from: 0, to: 1},
};
const verifyRunning: PlannedStep = {
  kind: 'verify',
  what: 'running',
  expected: 0,
  why: ['ZBUF-005'],
  inverse: null,
};

/** A host that is to be set to 0 and looked at afterwards. */
export const plannedOf = (name: string, change: Partial<PlannedHost> = {}): PlannedHost => ({
  host: name,
  address: '192.0.2.1',
  state: 'changes',
  posture: 'drift',
  standing: [],
  fingerprint: {},
  gate: {allowed: true, reasons: []},
  byHand: [],
  steps: [setRunning, verifyRunning],
  ...change,
});

export const hostNamed = (name: string): Host => ({
  name,
  address: '192.0.2.1',
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  groups: ['all'],
  policy: {},
  origin: {file: 'zbufctl.yaml', line: 1},
});

export const targetOf = (name: string, change: Partial<PlannedHost> = {}): Target => ({
  planned: plannedOf(name, change),
  host: hostNamed(name),
});

export const OPTIONS: FleetOptions = {
  run: RUN,
  plan: PLAN,
  owner: 'op@controller',
  version: '0.1.0',
  confirmSeconds: 120,
  timeoutMs: 10_000,
  acceptNew: false,
  dryRun: false,
  concurrency: 32,
  canaries: 0,
  batch: undefined,
  maxFailures: {unit: 'hosts', count: 0},
};

/** What a look at a host that is as it should be comes to. */
export const COMPLIANT: Judgement = {posture: 'compliant', standing: [], byHand: []};

export const nothing = (): Promise<void> => Promise.resolve();

export interface Fleet {
  readonly deps: FleetDeps;
  /** Every state of the run that was put on disk. */
  readonly drafts: ApplyRun[];
  readonly events: ApplyEvent[];
  readonly waves: string[];
  readonly troubles: Trouble[];
  readonly stop: AbortController;
}

/**
 * What applyPlan needs of the world, with everything it says kept. Nothing connects anywhere: the
 * work is a parameter.
 */
export function fleet(change: Partial<FleetDeps> = {}): Fleet {
  const drafts: ApplyRun[] = [];
  const events: ApplyEvent[] = [];
  const waves: string[] = [];
  const troubles: Trouble[] = [];
  const stop = new AbortController();
  const deps: FleetDeps = {
    transport: {
      connect: () => Promise.reject(new Error('nothing is to be connected')),
      close: () => undefined,
    },
    collector: '',
    changeTemplate: '',
    packetTemplate: '',
    servicesFor: () => [],
    objections: () => [],
    apart: () => undefined,
    judge: () => COMPLIANT,
    isOurs: () => false,
    keep: nothing,
    save: (run) => {
      drafts.push(structuredClone(run));
      return nothing();
    },
    now: () => '2026-11-24T12:00:00.000Z',
    elapsed: () => 0,
    pause: nothing,
    onEvent: (event) => events.push(event),
    onTrouble: (trouble) => troubles.push(trouble),
    onWave: ({kind, hosts}) => waves.push(`${kind} ${hosts}`),
    signal: stop.signal,
    ...change,
  };
  return {deps, drafts, events, waves, troubles, stop};
}

/** A host's entry, as work ends with it. */
export const entryOf = ({planned}: Target, result: HostResult): AppliedHost =>
  hostOutcome(
    planned,
    result,
    result === 'changed' || result === 'already' ? undefined : `it was ${result}`,
  );
