import type {AppliedHost} from '../../model/apply-run.js';
import type {Host} from '../../model/host.js';
import type {PlannedHost} from '../../model/plan.js';
import {seenAfter} from '../../plan/host-outcome.js';
import {purposeOf, verifySteps} from '../../plan/verify-steps.js';
import {contactScript} from '../../steps/change-script.js';

import type {ApplyStage, HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';
import {compareWithPlan} from './compare-with-plan.js';
import {collectThrough} from '../collect-through.js';
import {connectTo} from '../connect-to.js';
import type {Contacted, Known} from './settle.js';
import {lost, settle} from './settle.js';
import {testPacket} from './test-packet.js';
import {contactMs, longestPauseMs, SILENT_MS, workMs} from '../time-limits.js';

/**
 * The pause before the first contact; it doubles, so that contacts are few enough not to look like
 * an attack.
 */
const FIRST_PAUSE_MS = 1000;

/**
 * From the moment a host may have begun until somebody has decided: confirmed after verification,
 * or undone by us or by the host itself. Ends as `lost` when the host cannot be asked after its own
 * time to undo has passed, too, or when what it says cannot be: nothing is believed from a record
 * that contradicts what is known.
 */
export async function seeThrough(
  host: Host,
  planned: PlannedHost,
  known: Known,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const {record} = known;
  const work = workMs(planned.steps);
  // The dead-man switch may let the script have all its time, then the confirmation's, then undo
  // for as long again.
  const until =
    deps.elapsed() + (record === undefined ? work : 0) + options.confirmSeconds * 1000 + work;
  const stage = (word: ApplyStage): void => {
    deps.onEvent({kind: 'started', host: host.name, stage: word});
  };
  let now: Contacted = {...known, trouble: 'the connection was cut while it was being changed'};
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 0; ; attempt += 1) {
    const settled = settle(planned, now, options);
    if (settled !== undefined) {
      if (now.evidence === undefined) return settled;
      await deps.keep(now.evidence);
      // What was undone is not as the evidence saw it any more.
      const stays = settled.result === 'changed' || settled.result === 'already';
      if (!stays) return settled;
      const seen = seenAfter(settled, deps.judge(host, now.evidence));
      return now.recording === undefined ? seen : {...seen, verified: now.recording};
    }
    if (deps.elapsed() > until) return lost(planned, now, options.run);
    // Straight on only from a `begin` that came back: there is something to verify, and a
    // confirmation to give.
    if (attempt > 0 || now.record?.state !== 'waiting') {
      stage('waiting for the host');
      await deps.pause(pause);
      pause = Math.min(pause * 2, longestPauseMs(options.confirmSeconds));
    }
    const begun = now.begun || (now.record !== undefined && now.record.state !== 'none');
    now = {
      ...now,
      begun,
      ...(await contact(host, planned, {...now, begun}, attempt, options, deps, stage)),
    };
  }
}

/**
 * `none` right after a cut may only mean that the script is still on its way into the shell: asked
 * so often before it counts.
 */
const ASK_AGAIN = 3;

/** What a contact adds to what was known. */
type Found = Pick<Contacted, 'record'> & Partial<Contacted>;

/** One new connection: find out where the host stands, and do what is next. */
async function contact(
  host: Host,
  planned: PlannedHost,
  before: Contacted,
  attempt: number,
  options: HostOptions,
  deps: HostDeps,
  stage: (word: ApplyStage) => void,
): Promise<Found> {
  const known = before.record;
  const timeoutMs = contactMs(options.timeoutMs, options.confirmSeconds);
  const connected = await connectTo(host, {...options, timeoutMs}, deps);
  if (!connected.ok) {
    return {record: undefined, trouble: `${connected.error.kind}: ${connected.error.message}`};
  }
  const session = connected.value;
  try {
    const ask = async (what: 'status' | 'confirm' | 'undo'): Promise<Found> => {
      const script = contactScript({what, run: options.run, template: deps.changeTemplate});
      const limit = what === 'undo' ? workMs(planned.steps) : options.timeoutMs;
      const answer = await exchange(session, script, limit);
      return answer.ok
        ? {record: answer.value}
        : {record: undefined, trouble: answer.error.message};
    };
    if (known?.state === 'abandoned') {
      stage('undoing');
      return await ask('undo');
    }
    if (known?.state !== 'waiting') {
      const found = await ask('status');
      const isNone = found.record?.state === 'none' && found.record.refused === undefined;
      if (!isNone || before.begun || attempt + 1 < ASK_AGAIN) return found;
      const compared = await compareWithPlan(session, host, planned, options, deps);
      if (!compared.ok) return {record: undefined, trouble: compared.error.message};
      const {evidence, apart} = compared.value;
      const how =
        apart === undefined
          ? ({state: 'same'} as const)
          : ({state: 'differs', text: apart} as const);
      return {...found, evidence, apart: how};
    }
    stage('verifying');
    const evidence = await collectThrough(session, host, {
      collector: deps.collector,
      timeoutMs: options.timeoutMs,
      silentMs: SILENT_MS,
      collectedAt: deps.now(),
    });
    if (!evidence.ok) return {record: undefined, trouble: evidence.error.message};
    const services = deps.servicesFor(host);
    const asked = (await deps.askKernel?.(session, evidence.value)) ?? evidence.value;
    const seen = deps.withOurs?.(asked) ?? asked;
    const {testable} = purposeOf(planned, seen, services);
    const looks = await testPacket(session, testable, options, deps);
    const verified = verifySteps(planned, seen, services, looks);
    const {recording} = purposeOf(planned, seen, services, looks);
    const good = [...verified.values()].every(({outcome}) => outcome === 'already');
    stage(good ? 'confirming' : 'undoing');
    const mayBeConfirmed = before.mayBeConfirmed || good;
    return {
      ...(await ask(good ? 'confirm' : 'undo')),
      mayBeConfirmed,
      verified,
      ...(recording === undefined ? {} : {recording}),
      evidence: asked,
    };
  } finally {
    session.close();
  }
}
