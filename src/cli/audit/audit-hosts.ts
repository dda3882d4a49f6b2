import type {HelperDeps} from '../../app/helper.js';
import {audit} from '../../app/audit.js';
import {readChangePolicies} from '../../app/change-policies.js';
import {collectorScript} from '../../app/collector-script.js';
import {openLookups} from '../../app/judging.js';
import {loadCollectTemplate} from '../../io/package/templates.js';
import type {Asked, AuditRun} from '../../model/audit-run.js';
import type {Host} from '../../model/host.js';
import type {Transport} from '../../model/transport.js';
import type {Waiver} from '../../model/waiver.js';
import {waiveRun} from '../../rules/waive-run.js';
import {utcDay} from '../../text/iso-date.js';
import type {ConnectionFlags} from '../flags.js';
import type {Interruption} from '../terminal/interruption.js';
import {interruption} from '../terminal/interruption.js';
import type {Progress} from '../terminal/progress.js';
import {startProgress} from '../terminal/progress.js';
import type {World} from '../world.js';

export interface AuditRequest {
  readonly hosts: readonly Host[];
  readonly asked: Asked;
  readonly flags: ConnectionFlags;
  /** What the first Ctrl-C says. */
  readonly stopping: string;
  /** --with-helper. */
  readonly helper?: HelperDeps;
  /** How the hosts are reached. */
  reach(edge: {
    readonly progress: Progress;
    readonly interruption: Interruption;
  }): Promise<Transport>;
}

/**
 * Collects from hosts and judges what they say, with progress and Ctrl-C, and stores the run. What
 * is wrong with a policy is said before a host is asked. Throws OperatorError.
 */
export async function auditHosts(request: AuditRequest, world: World): Promise<AuditRun> {
  const {hosts, flags, helper} = request;
  const {store, terminal} = world;
  const lookups = await openLookups(hosts, world);
  readChangePolicies(hosts, lookups.servicesFor, world.folder);
  const timeoutMs = flags.timeout * 1000;
  const stop = interruption(() => {
    terminal.note(`${request.stopping} Ctrl-C again ends at once.`);
  });
  const progress = startProgress(hosts.length, terminal);
  const transport = await request.reach({progress, interruption: stop});
  try {
    const run = world.newRun('audit');
    const writer = await store.begin(run);
    const result = await audit(
      hosts,
      {
        run,
        version: world.version,
        concurrency: flags.concurrency,
        timeoutMs,
        acceptNew: flags['accept-new'],
        asked: request.asked,
      },
      {
        ...lookups,
        transport,
        collector: collectorScript(loadCollectTemplate(), hosts, lookups.servicesFor, timeoutMs),
        keep: (evidence) => writer.keepEvidence(evidence),
        now: () => world.now(),
        elapsed: () => world.elapsed(),
        onEvent: (event) => {
          progress.event(event);
        },
        signal: stop.signal,
        ...(helper === undefined ? {} : {helper}),
      },
    );
    progress.end();
    const waived = waive(result, hosts, lookups.waivers);
    await writer.finish(waived);
    return waived;
  } finally {
    progress.end();
    transport.close();
    stop.end();
  }
}

/** Marks the failures that waivers of the hosts' policies cover. */
export const waive = (
  run: AuditRun,
  hosts: readonly Host[],
  waivers: readonly Waiver[],
): AuditRun =>
  waiveRun(
    run,
    waivers,
    utcDay(run.finishedAt),
    hosts.map(({name, groups}) => ({host: name, groups})),
  ).run;
