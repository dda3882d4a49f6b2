import type {AppliedHost} from '../../model/apply-run.js';
import type {HostRecord} from '../../model/host-record.js';
import {contradiction} from '../../plan/check-record.js';
import {hostOutcome} from '../../plan/host-outcome.js';
import {contactScript} from '../../steps/change-script.js';

import {applyHost} from './apply-host.js';
import type {HostDeps, HostOptions} from './apply-options.js';
import type {Target} from './apply-plan.js';
import {exchange} from './change-contact.js';
import {apartText, compareWithPlan} from './compare-with-plan.js';
import {connectTo} from '../connect-to.js';
import {seeThrough} from './see-through.js';

/**
 * A host that an earlier run lost: first what became of it there, from the host's own record. What
 * was done stays done (verified and confirmed now, or confirmed then); what was undone, or never
 * begun, is carried out anew.
 * @param earlier the run under whose name the host keeps the journal of what was lost; in the entry
 *   where that stays so
 */
export async function resumeHost(
  target: Target,
  earlier: string,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const {host, planned} = target;
  // A record that is gone leaves nothing in doubt where the host is as the plan found it.
  const known = {
    run: earlier,
    plan: options.plan,
    steps: planned.steps,
    begun: false,
    mayBeConfirmed: true,
  };
  deps.onEvent({kind: 'started', host: host.name, stage: 'connecting'});
  const connected = await connectTo(host, options, deps);
  if (!connected.ok) {
    const reason = `could not be asked what became of run ${earlier}: ${connected.error.message}`;
    return {...hostOutcome(planned, 'lost', reason), journal: earlier};
  }
  const session = connected.value;
  const lost = (reason: string): AppliedHost => ({
    ...hostOutcome(planned, 'lost', reason),
    journal: earlier,
  });
  let record: HostRecord | undefined;
  try {
    const script = contactScript({what: 'status', run: earlier, template: deps.changeTemplate});
    const asked = await exchange(session, script, options.timeoutMs);
    record = asked.ok ? asked.value : undefined;
    if (record?.state === 'none' && contradiction(record, known) === undefined) {
      const compared = await compareWithPlan(session, host, planned, options, deps);
      if (!compared.ok)
        return lost(`the host knows nothing of run ${earlier}: ${compared.error.message}`);
      if (compared.value.apart !== undefined) return lost(apartText(compared.value.apart));
    }
  } finally {
    session.close();
  }
  const state = record?.state;
  const isBelieved = record !== undefined && contradiction(record, known) === undefined;
  if (isBelieved && (state === 'none' || state === 'undone'))
    return applyHost(host, planned, options, deps);
  if (options.dryRun) {
    const reason = `run ${earlier} is ${state ?? 'not known'} there; that would be settled first`;
    return {...lost(reason), would: 'change'};
  }
  const settled = await seeThrough(
    host,
    planned,
    {...known, record},
    {...options, run: earlier},
    deps,
  );
  const wasJudged = settled.steps.some(
    ({kind, outcome}) => kind === 'verify' && outcome === 'failed',
  );
  if (settled.result === 'rolled-back' && !wasJudged)
    return applyHost(host, planned, options, deps);
  return {...settled, journal: earlier};
}
