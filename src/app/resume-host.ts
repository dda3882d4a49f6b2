import type {AppliedHost} from '../model/apply-run.js';
import {hostOutcome} from '../plan/host-outcome.js';
import {contactScript} from '../steps/change-script.js';

import {applyHost} from './apply-host.js';
import type {HostDeps, HostOptions} from './apply-options.js';
import type {Target} from './apply-plan.js';
import {exchange} from './change-contact.js';
import {connectTo} from './connect-to.js';
import {seeThrough} from './see-through.js';

/**
 * A host that an earlier run lost: first what became of it there, from the host's own record. What was done stays done
 * (verified and confirmed now, or confirmed then); what was undone, or never begun, is carried out anew.
 * @param earlier the run under whose name the host keeps the journal of what was lost; in the entry where that stays so
 */
export async function resumeHost(
  target: Target,
  earlier: string,
  options: HostOptions,
  deps: HostDeps,
): Promise<AppliedHost> {
  const {host, planned} = target;
  deps.onEvent({kind: 'started', host: host.name, stage: 'connecting'});
  const connected = await connectTo(host, options, deps);
  if (!connected.ok) {
    const reason = `could not be asked what became of run ${earlier}: ${connected.error.message}`;
    return {...hostOutcome(planned, 'lost', reason), journal: earlier};
  }
  const session = connected.value;
  const asked = await exchange(
    session,
    contactScript({what: 'status', run: earlier, template: deps.changeTemplate}),
    options.timeoutMs,
  );
  session.close();
  const state = asked.ok ? asked.value.state : undefined;
  if (state === 'none' || state === 'undone') return applyHost(host, planned, options, deps);
  if (options.dryRun) {
    const reason = `run ${earlier} is ${state ?? 'not known'} there; that would be settled first`;
    return {...hostOutcome(planned, 'lost', reason), would: 'change', journal: earlier};
  }
  const record = asked.ok ? asked.value : undefined;
  const settled = await seeThrough(host, planned, record, {...options, run: earlier}, deps);
  const wasJudged = settled.steps.some(({kind, outcome}) => kind === 'verify' && outcome === 'failed');
  if (settled.result === 'rolled-back' && !wasJudged) return applyHost(host, planned, options, deps);
  return {...settled, journal: earlier};
}
