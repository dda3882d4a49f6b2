import {expect, test} from 'vitest';

import type {Shape} from '../../src/build/largest-answer.js';
import {largestAnswer, SHAPES} from '../../src/build/largest-answer.js';
import {loadServices} from '../../src/cli/hosts/load-services.js';
import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {splitFrames} from '../../src/collect/frames.js';
import {parsePrograms} from '../../src/collect/facts/programs.js';
import type {Section} from '../../src/collect/section.js';
import type {Evidence} from '../../src/model/evidence.js';
import {fingerprintOf} from '../../src/plan/fingerprint.js';
import {planHost} from '../../src/plan/plan-host.js';
import {judgeGate} from '../../src/plan/gate.js';
import {judgeAll} from '../../src/rules/index.js';

/**
 * One host's answer is judged in the one thread that confirms all the others, so it may not cost
 * more than its length. Steps are counted, not time: how often anything of the evidence is looked
 * at.
 */
const services = await loadServices();

/** The same value, telling the counter of every look at any of its members. */
function counted<T extends object>(value: T, counter: {looks: number}): T {
  const wrapped = new WeakMap<object, object>();
  const wrap = (target: object): object => {
    const known = wrapped.get(target);
    if (known !== undefined) return known;
    const proxy = new Proxy(target, {
      get(object, key, receiver) {
        counter.looks += 1;
        const member: unknown = Reflect.get(object, key, receiver);
        return typeof member === 'object' && member !== null ? wrap(member) : member;
      },
    });
    wrapped.set(target, proxy);
    return proxy;
  };
  return wrap(value) as T;
}

function evidenceOf(shape: Shape, size: number): Evidence {
  const meta = {host: 'fw', address: 'fw', collectedAt: '2026-11-24T08:15:00.000Z'};
  const parsed = parseCollectorOutput(largestAnswer(shape, size), meta);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const {samples, holders, processes} = parsed.value;
  const read = [samples[0].descriptors, samples[1].descriptors, holders, processes].map(
    (r) => r.state,
  );
  expect(read, 'the answer is one the parser admits').toEqual(['read', 'read', 'read', 'read']);
  return parsed.value;
}

const changes = {
  keep: [],
  disable: [],
  rc: {},
  modes: {},
  preload: [],
  window: [],
  probeAge: 86_400,
};
const now = '2026-11-24T08:15:00.000Z';

const STAGES = {
  judge: (evidence: Evidence) => judgeAll({evidence, services, policy: {zerocopy: 'auto'}}),
  gate: (evidence: Evidence) =>
    judgeGate({
      evidence,
      services,
      policy: {zerocopy: 'on'},
      target: 1,
      disabled: [],
      changes,
      now,
    }),
  fingerprint: (evidence: Evidence) => fingerprintOf({evidence, services, policy: {}}),
  plan: (evidence: Evidence) =>
    planHost({
      evidence,
      services,
      policy: {zerocopy: 'off'},
      host: 'fw',
      address: 'fw',
      changes,
      findings: [],
      now,
    }),
} as const;

const looks = (shape: Shape, size: number, stage: keyof typeof STAGES): number => {
  const evidence = evidenceOf(shape, size);
  const counter = {looks: 0};
  STAGES[stage](counted(evidence, counter));
  return counter.looks;
};

const cases = SHAPES.flatMap((shape) =>
  Object.keys(STAGES).map((stage) => [shape, stage] as const),
);

test.each(cases)('%s: %s costs what the answer is long', (shape, stage) => {
  const [small, large] = [60, 240].map((size) => looks(shape, size, stage as keyof typeof STAGES));
  expect(large).toBeLessThan(5 * (small ?? 0));
});

test('what is known of programs is joined by path, not searched for', () => {
  const steps = (size: number): number => {
    const frames = splitFrames(largestAnswer('programs', size));
    if (!frames.ok) throw new Error(frames.error.message);
    const counter = {looks: 0};
    const named = (name: string): readonly Section[] => frames.value.filter((s) => s.name === name);
    parsePrograms({
      ...counted(
        {kinds: named('programs')[0], ldd: named('ldd')[0], strings: named('strings')},
        counter,
      ),
      commands: {},
      maps: {},
    });
    return counter.looks;
  };
  expect(steps(240)).toBeLessThan(5 * steps(60));
});
