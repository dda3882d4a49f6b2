import {afterAll, describe, expect, test} from 'vitest';

import type {Release} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIO_NAMES, SCENARIOS} from '../../src/lab/scenarios.js';
import type {ModePolicy} from '../../src/model/mode.js';
import {MODES} from '../../src/model/mode.js';
import {verifySteps} from '../../src/plan/verify-steps.js';
import {capturePrograms} from '../../src/rules/reading/capture-services.js';
import {machineOf} from '../lab/practice-root.js';
import {MODE_OBJECTS} from '../plan/moded-hosts.js';
import {SERVICES} from '../plan/scene.js';
import {ofAll, sampled} from '../tools/sampled.js';

import {changeFleet, isLocked, leftOvers, RUN} from './change-host.js';
import {look, plannedFor} from './mode-host.js';

/*
 * Every mode on every practice scenario, carried out: planned, done by the host, verified from what
 * the real collector says then, judged, and undone.
 */
const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

interface Point {
  readonly scenario: ScenarioName;
  readonly release: Release;
  readonly mode: (typeof MODES)[number] | 'auto';
}

const ALL: readonly Point[] = SCENARIO_NAMES.flatMap((scenario) =>
  SCENARIOS[scenario].releases.flatMap((release) =>
    [...MODES, 'auto' as const].map((mode) => ({scenario, release, mode})),
  ),
);
const nameOf = ({scenario, release, mode}: Point): string => `${mode} on ${scenario} ${release}`;
/** On these a mode means something, and one of them is always tried. */
const TELLING = /^(stalled-pflogd|healthy|mixed-captures|mode-\w+)$/;
const POINTS = sampled(ALL, 300, nameOf, ({scenario}) =>
  TELLING.test(scenario) ? 'telling' : 'others',
);
process.stdout.write(`modes carried out on ${ofAll(POINTS, ALL)} hosts\n`);

describe.each(POINTS.map((point) => [nameOf(point), point] as const))('%s', (_, point) => {
  test('is done, verified and undone, or refused and nothing is touched', async () => {
    const host = fleet.open(machineOf(point.scenario, point.release));
    const before = host.snapshot();
    const seen = await look(host);
    const scene = {evidence: seen, services: SERVICES, policy: {}};
    const known = capturePrograms(scene).flatMap(({service}) => service?.id ?? []);
    const {mode} = point;
    const modes: ModePolicy =
      mode === 'auto' ? mode : Object.fromEntries(known.map((id) => [id, mode]));
    const {plan} = plannedFor(seen, {modes});
    if (plan.state !== 'changes') {
      expect(host.snapshot()).toEqual(before);
      return;
    }

    const {record, err} = await host.begin(plan.steps, {
      objectOf: (sha256) => MODE_OBJECTS.find((object) => object.sha256 === sha256)?.bytes,
    });

    expect(record?.state, err).toBe('waiting');
    const after = await look(host);
    const verified = [...verifySteps(plan, after, SERVICES).values()];
    expect(verified.filter(({outcome}) => outcome !== 'already')).toEqual([]);
    const again = plannedFor(after, {modes});
    expect(again.plan.steps).toEqual([]);
    // What rc does not start keeps the mode it has, and a person is told.
    const old = again.input.findings.some((f) => f.rule === 'ZBUF-014' && f.verdict === 'fail');
    if (old) expect(again.plan.state).toBe('by-hand');

    await host.contact('undo', RUN);
    expect(host.snapshot()).toEqual(before);
    expect(leftOvers(host)).toEqual([]);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
    expect(plannedFor(await look(host), {modes}).plan.state).toBe('changes');
  });
});
