import {afterAll, describe, expect, test} from 'vitest';

import type {Release} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIO_NAMES, SCENARIOS} from '../../src/lab/scenarios.js';
import {NO_CHANGE_POLICY} from '../../src/model/change-policy.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {BufferMode, ModePolicy} from '../../src/model/mode.js';
import {MODES} from '../../src/model/mode.js';
import type {PlannedHost} from '../../src/model/plan.js';
import type {PlanHostInput} from '../../src/plan/make-plan.js';
import {planHost} from '../../src/plan/make-plan.js';
import {findingsOf} from '../../src/plan/policy-wants.js';
import {afterSteps} from '../../src/plan/undo.js';
import {capturePrograms} from '../../src/rules/reading/capture-services.js';
import {executableOf} from '../../src/rules/reading/libpcap-in-use.js';
import {withOurObjects} from '../../src/rules/reading/mode-object.js';
import {practiceEvidence} from '../collect/practice-evidence.js';
import type {State} from '../collect/replay/replay-host.js';
import {ReplayHost, STATES} from '../collect/replay/replay-host.js';
import {ofAll, sampled} from '../tools/sampled.js';

import {MODE_OBJECTS} from './moded-hosts.js';
import {NOW, probeOf, SERVICES} from './scene.js';

/*
 * Every captured real state and every practice scenario, with every mode given to all that captures
 * there: judged and planned, and what a plan would do judged again.
 */

interface Case {
  readonly name: string;
  /** Of these at least one is always tried. */
  readonly kind: string;
  readonly evidence: () => Promise<Evidence>;
}

const replays: ReplayHost[] = [];
afterAll(() => {
  for (const host of replays) host.remove();
});

const captured = (state: State): Case => ({
  name: state,
  kind: 'captured',
  evidence: async () => {
    const host = new ReplayHost({state});
    replays.push(host);
    return host.evidence();
  },
});

const practised = (scenario: ScenarioName, release: Release): Case => ({
  name: `${scenario} ${release}`,
  kind: /mode|mixed|plugin|libmapped|preloaded/.test(scenario) ? 'linked' : 'others',
  evidence: () =>
    Promise.resolve(
      practiceEvidence(
        SCENARIOS[scenario].machine({release, hostname: 'fw01', bootTime: 1_795_000_000}),
      ),
    ),
});

const ALL: readonly Case[] = [
  ...STATES.map(captured),
  ...SCENARIO_NAMES.flatMap((scenario) =>
    SCENARIOS[scenario].releases.map((release) => practised(scenario, release)),
  ),
];
const CASES = sampled(
  ALL,
  24,
  ({name}) => name,
  ({kind}) => kind,
);
process.stdout.write(`modes on ${ofAll(CASES, ALL)} hosts\n`);

function inputOf(
  evidence: Evidence,
  zerocopy: 'on' | 'off' | 'auto' | undefined,
  modes: ModePolicy | undefined,
): PlanHostInput {
  const {release} = evidence.identity;
  const scene = {
    // As of a real host, of which a probe counts.
    evidence: withOurObjects({...evidence, practice: false}, MODE_OBJECTS),
    policy: {
      ...(zerocopy === undefined ? {} : {zerocopy}),
      ...(modes === undefined ? {} : {modes}),
    },
    services: SERVICES,
    host: 'fw01.example.net',
    address: '192.0.2.1',
    changes: {...NO_CHANGE_POLICY, modes: modes ?? {}},
    modeObjects: MODE_OBJECTS,
    now: NOW,
    probe: probeOf(release.state === 'read' ? {kernel: release.value} : {}),
  };
  return {...scene, findings: findingsOf(scene)};
}

/** One mode for all that captures, or will: by service, or by the path of what nobody knows. */
function toAll(evidence: Evidence, mode: BufferMode): Readonly<Record<string, BufferMode>> {
  const scene = {evidence, services: SERVICES, policy: {}};
  const names = capturePrograms(scene).flatMap(({service, pids}) =>
    service === undefined ? pids.flatMap((pid) => executableOf(evidence, pid) ?? []) : [service.id],
  );
  return Object.fromEntries([...new Set(names)].map((name) => [name, mode]));
}

const KIND_ORDER = ['install-mode', 'map-mode', 'set-running', 'restart-service', 'verify'];

/** What holds of every plan, whatever the host. */
function expectSound(plan: PlannedHost, input: PlanHostInput): void {
  for (const {text, remedy, kind} of plan.gate.reasons)
    if (kind !== 'note') expect([text, remedy]).toEqual([text, expect.stringMatching(/\S/)]);
  if (plan.state !== 'changes') {
    expect(plan.steps).toEqual([]);
    return;
  }
  const at = plan.steps.flatMap(({kind}) => {
    const place = KIND_ORDER.indexOf(kind);
    return place < 0 ? [] : [place];
  });
  expect(at).toEqual([...at].sort());
  for (const {kind, inverse} of plan.steps)
    expect([kind, inverse?.kind]).toEqual([kind, kind === 'verify' ? undefined : kind]);
  for (const step of plan.steps)
    if (step.kind === 'map-mode' && step.to !== null)
      expect(plan.steps.some(({kind}) => kind === 'verify')).toBe(true);
  // Nothing that is known to lose its capture at the next start or boot is left behind.
  const after = afterSteps(input.evidence, plan.steps, SERVICES);
  const {findings: _, ...scene} = input;
  const lost = findingsOf({...scene, evidence: after}).filter(
    ({rule, verdict, waived}) =>
      (rule === 'ZBUF-002' || rule === 'ZBUF-003') && verdict === 'fail' && waived === undefined,
  );
  const stopped = plan.steps.some(({kind}) => kind === 'stop-service');
  if (!stopped) expect(lost.map(({summary}) => summary)).toEqual([]);
}

describe.each(CASES)('$name', (one) => {
  let known: Evidence | undefined;
  const evidence = async (): Promise<Evidence> => (known ??= await one.evidence());

  test.each([...MODES, 'auto'] as const)('%s, with zero-copy on and off', async (mode) => {
    const host = await evidence();
    const modes = mode === 'auto' ? mode : toAll(host, mode);
    for (const zerocopy of ['on', 'off'] as const) {
      const input = inputOf(host, zerocopy, modes);
      const plan = planHost(input);
      expectSound(plan, input);
      // The rule and the plan go by the same wishes.
      const wanted = input.findings.filter(({rule}) => rule === 'ZBUF-015');
      const differs = wanted.some(({verdict}) => verdict === 'fail');
      if (differs && plan.state === 'nothing')
        expect(wanted.map(({summary}) => summary)).toEqual([]);
    }
  });

  test('modes: {} changes nothing for anyone', async () => {
    const host = await evidence();
    for (const zerocopy of ['on', 'off', 'auto', undefined] as const) {
      const [none, empty] = [inputOf(host, zerocopy, undefined), inputOf(host, zerocopy, {})];
      expect(empty.findings).toEqual(none.findings);
      const [without, with_] = [planHost(none), planHost(empty)];
      expect(with_).toEqual(without);
      expect(with_.steps.filter(({kind}) => kind.includes('mode'))).toEqual([]);
      expect(with_.gate.reasons.filter(({text}) => text.includes('buffer mode'))).toEqual([]);
    }
  });
});
