import type {AppliedHost} from '../../model/apply-run.js';
import type {Host} from '../../model/host.js';
import type {HostRecord} from '../../model/host-record.js';
import type {PlannedHost} from '../../model/plan.js';
import type {Session} from '../../model/transport.js';
import {contradiction} from '../../plan/check-record.js';
import {hostOutcome, seenAfter, whatFailed} from '../../plan/host-outcome.js';
import {contactScript} from '../../steps/change-script.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';
import {collectThrough} from '../collect-through.js';
import {apartText, compareWithPlan} from './compare-with-plan.js';
import {connectTo} from '../connect-to.js';
import {workMs} from '../time-limits.js';

/**
 * Undoes on one host what a run did there, by the host's own journal and backups. What was changed
 * since is left alone and said. `rolled-back` is success here, and so is `already`: it was undone
 * before, or never begun.
 * @param run the run to undo
 */
export async function rollbackHost(
  host: Host,
  planned: PlannedHost,
  run: string,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  deps.onEvent({kind: 'started', host: host.name, stage: 'connecting'});
  const connected = await connectTo(host, options, deps);
  if (!connected.ok)
    return hostOutcome(planned, 'not-started', `could not be asked: ${connected.error.message}`);
  const session = connected.value;
  try {
    if (options.dryRun) return await askOnly(session, planned, run, options, deps);
    deps.onEvent({kind: 'started', host: host.name, stage: 'undoing'});
    await deps.beforeChange(host.name);
    const script = contactScript({what: 'undo', run, template: deps.changeTemplate});
    const answer = await exchange(session, script, workMs(planned.steps));
    if (!answer.ok) {
      const reason = `${answer.error.message}; run the same rollback again: it goes on where it was`;
      return hostOutcome(planned, 'lost', reason);
    }
    const asked = {
      run,
      plan: options.plan,
      steps: planned.steps,
      begun: false,
      mayBeConfirmed: true,
    };
    const against = contradiction(answer.value, asked);
    if (against !== undefined)
      return hostOutcome(
        planned,
        'lost',
        `${against}; what it says is not believed. Look at the host itself`,
      );
    if (answer.value.state === 'none')
      return await withoutRecord(session, host, planned, run, options, deps);
    if (answer.value.state === 'undone') {
      const evidence = await collectThrough(session, host, {
        collector: deps.collector,
        timeoutMs: options.timeoutMs,
        collectedAt: deps.now(),
      });
      if (evidence.ok) {
        await deps.keep(evidence.value);
        return seenAfter(entryOf(planned, answer.value), deps.judge(host, evidence.value));
      }
    }
    return entryOf(planned, answer.value);
  } finally {
    session.close();
  }
}

/** Nothing was begun there, or what would undo it is gone: the host itself tells which. */
async function withoutRecord(
  session: Session,
  host: Host,
  planned: PlannedHost,
  run: string,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const compared = await compareWithPlan(session, host, planned, options, deps);
  const nothing = `the host knows nothing of ${run}`;
  if (!compared.ok)
    return hostOutcome(planned, 'lost', `${nothing}, and ${compared.error.message}`);
  const {apart, evidence} = compared.value;
  await deps.keep(evidence);
  return apart === undefined
    ? hostOutcome(planned, 'already', `${nothing}, and is as it was before`)
    : hostOutcome(planned, 'lost', apartText(apart));
}

/** A dry run: what the host would do, by its own record of the run and by who has its lock. */
async function askOnly(
  session: Session,
  planned: PlannedHost,
  run: string,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const script = contactScript({what: 'status', run, template: deps.changeTemplate});
  const asked = await exchange(session, script, options.timeoutMs);
  if (!asked.ok) return hostOutcome(planned, 'not-started', asked.error.message);
  const {state, lock} = asked.value;
  if (state === 'none')
    return {
      ...hostOutcome(planned, 'already', `the host knows nothing of ${run}`),
      would: 'nothing',
    };
  if (state === 'undone')
    return {...hostOutcome(planned, 'already', 'it was undone before'), would: 'nothing'};
  if (lock?.alive === true && lock.run !== run) {
    const reason = `locked by ${lock.owner} for run ${lock.run}; wait for it`;
    return {...hostOutcome(planned, 'refused', reason), would: 'refuse'};
  }
  return {...hostOutcome(planned, 'not-started', 'it would be rolled back now'), would: 'change'};
}

function entryOf(planned: PlannedHost, record: HostRecord): AppliedHost {
  const {state, before, refused, run} = record;
  if (state === 'undone' && before === 'undone')
    return hostOutcome(planned, 'already', 'it was undone before', record);
  if (state === 'undone') return hostOutcome(planned, 'rolled-back', undefined, record);
  if (refused !== undefined) return hostOutcome(planned, 'refused', refused.text, record);
  const where = `look at /var/db/zbufctl/${run} on the host`;
  if (state === 'undo-failed')
    return hostOutcome(planned, 'failed', `${whatFailed(record)}; ${where}`, record);
  return hostOutcome(
    planned,
    'lost',
    `it is ${state}; run the same rollback again, or ${where}`,
    record,
  );
}
