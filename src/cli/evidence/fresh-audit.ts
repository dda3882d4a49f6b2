import {performance} from 'node:perf_hooks';

import {audit} from '../../app/audit.js';
import type {RunStore} from '../../io/store/run-store.js';
import {readVersion} from '../../io/package/version.js';
import {newRunId} from '../../text/run-id.js';

import {collectorScript} from './collector-script.js';
import {interruption} from '../terminal/interruption.js';
import type {HostFlags} from '../hosts/load-hosts.js';
import {askedOf, loadHosts} from '../hosts/load-hosts.js';
import {openLookups} from './lookups.js';
import {startProgress} from '../terminal/progress.js';
import {readChangePolicies} from '../hosts/read-change-policies.js';
import {sshTransport} from './ssh-transport.js';
import type {Audited} from './stored-audit.js';
import type {Surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

export interface FreshAuditFlags extends HostFlags {
  readonly concurrency: number;
  readonly timeout: number;
  readonly 'accept-new'?: boolean;
}

/**
 * An audit over SSH for a plan to rest on, stored like any other. What is wrong with the policies is said before a host is
 * asked.
 */
export async function freshAudit(
  names: readonly string[],
  flags: FreshAuditFlags,
  edge: {readonly around: Surroundings; readonly terminal: Terminal; readonly store: RunStore},
): Promise<Audited> {
  const {around, terminal, store} = edge;
  const {inventory, hosts} = await loadHosts(names, flags, around, terminal);
  const lookups = await openLookups(hosts, store, around.workingDirectory);
  readChangePolicies(hosts, lookups.servicesFor, around.workingDirectory);

  const stop = interruption(() => {
    terminal.note('Stopping: the plan will hold what is finished. Ctrl-C again ends at once.');
  });
  const progress = startProgress(hosts.length, terminal);
  const transport = sshTransport(inventory, progress, {around, terminal, interrupting: stop});
  try {
    const id = newRunId('audit', new Date(), Math.random);
    const writer = await store.begin(id);
    const run = await audit(
      hosts,
      {
        run: id,
        version: readVersion(),
        concurrency: flags.concurrency,
        timeoutMs: flags.timeout * 1000,
        acceptNew: flags['accept-new'] === true,
        asked: askedOf(names, flags),
      },
      {
        ...lookups,
        transport,
        collector: collectorScript(hosts, lookups.servicesFor, flags.timeout * 1000),
        keep: (evidence) => writer.keepEvidence(evidence),
        now: () => new Date().toISOString(),
        elapsed: () => performance.now(),
        onEvent: (event) => {
          progress.event(event);
        },
        signal: stop.signal,
      },
    );
    await writer.finish(run);
    return {run, hosts, evidence: () => store.evidence(run.run)};
  } finally {
    progress.end();
    transport.close();
    stop.end();
  }
}
