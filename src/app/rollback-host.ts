import type {AppliedHost} from '../model/apply-run.js';
import type {Host} from '../model/host.js';
import type {HostRecord} from '../model/host-record.js';
import type {PlannedHost} from '../model/plan.js';
import type {Session} from '../model/transport.js';
import {contradiction} from '../plan/check-record.js';
import {hostOutcome, seenAfter, whatFailed} from '../plan/host-outcome.js';
import {contactScript} from '../steps/change-script.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';
import {collectThrough} from './collect-through.js';
import {apartText, compareWithPlan} from './compare-with-plan.js';
import {connectTo} from './connect-to.js';
import {workMs} from './time-limits.js';

/**
 * Undoes on one host what a run did there, by the host's own journal and backups. What was changed since is left alone
 * and said. `rolled-back` is success here.
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
    deps.onEvent({kind: 'started', host: host.name, stage: 'undoing'});
    await deps.beforeChange(host.name);
    const script = contactScript({what: 'undo', run, template: deps.changeTemplate});
    const answer = await exchange(session, script, workMs(planned.steps));
    if (!answer.ok) {
      const reason = `${answer.error.message}; run the same rollback again: it goes on where it was`;
      return hostOutcome(planned, 'lost', reason);
    }
    const asked = {run, plan: options.plan, steps: planned.steps, begun: false, mayBeConfirmed: true};
    const against = contradiction(answer.value, asked);
    if (against !== undefined)
      return hostOutcome(
        planned,
        'lost',
        `${against}; what it says is not believed. Look at the host itself`,
      );
    if (answer.value.state === 'none') return await withoutRecord(session, host, planned, run, options, deps);
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
  if (!compared.ok) return hostOutcome(planned, 'lost', `${nothing}, and ${compared.error.message}`);
  const {apart, evidence} = compared.value;
  await deps.keep(evidence);
  return apart === undefined
    ? hostOutcome(planned, 'already', `${nothing}, and is as it was before`)
    : hostOutcome(planned, 'lost', apartText(apart));
}

function entryOf(planned: PlannedHost, record: HostRecord): AppliedHost {
  const {state, refused, run} = record;
  if (state === 'undone') return hostOutcome(planned, 'rolled-back', undefined, record);
  if (refused !== undefined) return hostOutcome(planned, 'refused', refused.text, record);
  const where = `look at /var/db/zbufctl/${run} on the host`;
  if (state === 'undo-failed')
    return hostOutcome(planned, 'failed', `${whatFailed(record)}; ${where}`, record);
  return hostOutcome(planned, 'lost', `it is ${state}; run the same rollback again, or ${where}`, record);
}
