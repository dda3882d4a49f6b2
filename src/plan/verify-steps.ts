import type {Recording} from '../model/apply-run.js';
import type {Descriptor, Evidence} from '../model/evidence.js';
import type {PlannedHost} from '../model/plan.js';
import type {Service} from '../model/service.js';
import type {StepOutcome, VerifyStep} from '../model/step.js';
import type {TwoLooks} from '../model/two-looks.js';
import {bootValue, runningValue} from '../rules/reading/boot-value.js';
import {noCaptureIsStalled} from '../rules/zbuf-001-no-capture-is-stalled.js';

import type {Verified} from './host-outcome.js';
import {least, RECORDING_TEXT, recordingOf, testable} from './recording.js';
import {modeInForce, preloadInForce} from './verify-modes.js';

/**
 * The plan's `verify` steps, judged from evidence collected after the change by the same parser and
 * the same rules as an audit. What cannot be told was not verified: `failed`, since unknown is
 * never a pass.
 */
export function verifySteps(
  planned: PlannedHost,
  evidence: Evidence,
  services: readonly Service[],
  looks?: TwoLooks,
): Verified {
  const restarted = planned.steps.flatMap((step) =>
    step.kind === 'restart-service' ? [step.service] : [],
  );
  const check = {evidence, services, restarted};
  const of = (step: VerifyStep): StepOutcome => {
    switch (step.what) {
      case 'mode':
        return modeInForce(String(step.expected), check);
      case 'preload':
        return preloadInForce(String(step.expected), check);
      case 'running':
      case 'boot':
      case 'captures':
        return verifyStep(step, step.what, evidence, services, looks);
    }
  };
  return new Map(
    planned.steps.flatMap((step, index) =>
      step.kind === 'verify' ? [[index, of(step)] as const] : [],
    ),
  );
}

/**
 * Whether what the plan restarted records again: the least of its services, and where a packet of
 * ours may tell more.
 */
export function purposeOf(
  planned: PlannedHost,
  evidence: Evidence,
  services: readonly Service[],
  looks?: TwoLooks,
): {readonly recording?: Recording; readonly testable: readonly string[]} {
  const restarted = planned.steps.flatMap((step) => {
    if (step.kind !== 'verify' || step.what !== 'captures') return [];
    const mine = capturesOf(String(step.expected), evidence, services);
    const word = recordingOf(mine, evidence, looks);
    return word === 'stalled' ? [] : [{mine, word}];
  });
  const recording = least(restarted.map(({word}) => word));
  const open = restarted.filter(({word}) => word !== 'recording').flatMap(({mine}) => mine);
  return {...(recording === undefined ? {} : {recording}), testable: testable(open)};
}

function verifyStep(
  step: VerifyStep,
  what: Exclude<VerifyStep['what'], 'mode' | 'preload'>,
  evidence: Evidence,
  services: readonly Service[],
  looks: TwoLooks | undefined,
): StepOutcome {
  switch (what) {
    case 'running':
      return compared(step, 'runs with', runningValue(evidence));
    case 'boot': {
      const boot = bootValue(evidence);
      return compared(
        step,
        'boots with',
        boot.state === 'read' ? {state: 'read', value: boot.value.value} : boot,
      );
    }
    case 'captures':
      return capturesAlive(String(step.expected), evidence, services, looks);
  }
}

function compared(
  step: VerifyStep,
  verb: string,
  found:
    | {readonly state: 'read'; readonly value: number}
    | {readonly state: 'absent'}
    | {readonly state: 'unreadable'; readonly why: string},
): StepOutcome {
  if (found.state === 'absent') return failed(`${verb} no value, not ${step.expected}`);
  if (found.state === 'unreadable') return failed(`what it ${verb} cannot be read: ${found.why}`);
  return found.value === step.expected
    ? verified(`${verb} ${found.value}`)
    : failed(`${verb} ${found.value}, not ${step.expected}`);
}

const serviceOf = (id: string, services: readonly Service[]): Service | undefined =>
  services.find((one) => one.id === id || one.rcScript === id);

/** Its descriptors, as the later sample has them; none where they could not be read. */
function capturesOf(
  id: string,
  evidence: Evidence,
  services: readonly Service[],
): readonly Descriptor[] {
  const service = serviceOf(id, services);
  const descriptors = evidence.samples[1].descriptors;
  if (service === undefined || descriptors.state !== 'read') return [];
  return descriptors.value.filter(({command}) => service.commands.some((c) => fits(c, command)));
}

/**
 * The service has a capture, and none of its captures is stalled (ZBUF-001: moving, or idle with
 * healthy pages; or packets that came meanwhile lie there). What was seen of its purpose is said:
 * that no packet came is no proof.
 */
function capturesAlive(
  id: string,
  evidence: Evidence,
  services: readonly Service[],
  looks: TwoLooks | undefined,
): StepOutcome {
  if (serviceOf(id, services) === undefined) return failed(`${id} is not in the knowledge base`);
  const descriptors = evidence.samples[1].descriptors;
  if (descriptors.state !== 'read') return failed('the descriptors cannot be read');
  const mine = capturesOf(id, evidence, services);
  if (mine.length === 0) return failed(`${id} has no capture open`);
  const opinions = noCaptureIsStalled.evaluate({evidence, services, policy: {}});
  const pids = new Set(mine.map(({pid}) => pid));
  // An opinion about no process is one about the host: it could not be seen, so this capture was
  // not either.
  const about = opinions.filter(({pid}) => pid === undefined || pids.has(pid));
  const bad =
    about.find(({verdict}) => verdict === 'fail') ?? about.find(({verdict}) => verdict !== 'pass');
  if (bad !== undefined) return failed(bad.summary);
  const where = `${id} captures on ${[...new Set(mine.map((d) => d.interfaceName))].join(', ')}`;
  const word = recordingOf(mine, evidence, looks);
  return word === 'stalled'
    ? failed(`${where}, and does not take the packets that arrive there`)
    : verified(`${where}, ${RECORDING_TEXT[word]}`);
}

const fits = (pattern: string, command: string): boolean =>
  pattern.endsWith('*') ? command.startsWith(pattern.slice(0, -1)) : pattern === command;

/** A verify step changes nothing: `already` is the word for "it is as planned". */
const verified = (detail: string): StepOutcome => ({kind: 'verify', outcome: 'already', detail});
const failed = (detail: string): StepOutcome => ({kind: 'verify', outcome: 'failed', detail});
