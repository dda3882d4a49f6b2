import type {AppliedHost} from '../model/apply-run.js';
import type {Host} from '../model/host.js';
import type {HostRecord} from '../model/host-record.js';
import type {PlannedHost} from '../model/plan.js';
import {hostOutcome, seenAfter, whatFailed} from '../plan/host-outcome.js';
import {contactScript} from '../steps/change-script.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';
import {collectThrough} from './collect-through.js';
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

function entryOf(planned: PlannedHost, record: HostRecord): AppliedHost {
  const {state, refused, run} = record;
  if (state === 'undone') return hostOutcome(planned, 'rolled-back', undefined, record);
  if (state === 'none') return hostOutcome(planned, 'already', `the host knows nothing of ${run}`, record);
  if (refused !== undefined) return hostOutcome(planned, 'refused', refused.text, record);
  const where = `look at /var/db/zbufctl/${run} on the host`;
  if (state === 'undo-failed')
    return hostOutcome(planned, 'failed', `${whatFailed(record)}; ${where}`, record);
  return hostOutcome(planned, 'lost', `it is ${state}; run the same rollback again, or ${where}`, record);
}
