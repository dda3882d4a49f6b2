import type {HelperDeps} from '../../app/helper.js';
import {audit} from '../../app/audit.js';
import {readChangePolicies} from '../../app/change-policies.js';
import {collectorScript} from '../../app/collector-script.js';
import {openLookups} from '../../app/judging.js';
import {loadCollectTemplate} from '../../io/package/templates.js';
import type {AuditPurpose, MeantHosts} from '../../model/audit-purpose.js';
import type {Asked, AuditRun, Shard} from '../../model/audit-run.js';
import type {Host} from '../../model/host.js';
import type {Waiver} from '../../model/waiver.js';
import {waiveRun} from '../../rules/waive-run.js';
import {utcDay} from '../../text/iso-date.js';
import type {ConnectionFlags, PaceFlags} from '../flags.js';
import type {World} from '../world.js';

import type {Reach} from './ask-hosts.js';
import {askHosts} from './ask-hosts.js';
import {concurrencyFor, pacingOf} from './pacing-of.js';

/** An audit whose process was ended. */
export interface UnfinishedRun {
  readonly run: string;
  readonly purpose: AuditPurpose;
  /** Hosts of it that the inventory has no more. */
  readonly gone: ReadonlySet<string>;
}

export interface AuditRequest {
  readonly hosts: readonly Host[];
  readonly asked: Asked;
  /** The hosts are this part of those asked. */
  readonly shard?: Shard;
  readonly flags: ConnectionFlags & Partial<PaceFlags>;
  /** What the command line said of the hosts: stored until the run is finished. */
  readonly meant: MeantHosts;
  /** --resume: the run to go on with. */
  readonly resumed?: UnfinishedRun;
  /** The run to go on with was begun so. */
  readonly withHelper?: boolean;
  /** What the first Ctrl-C says. */
  readonly stopping: string;
  /** --with-helper. */
  readonly helper?: HelperDeps;
  readonly reach: Reach;
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
  const concurrency = await concurrencyFor(flags.concurrency, world);
  return askHosts(hosts.length, request, terminal, async ({transport, signal, onEvent}) => {
    const run = request.resumed?.run ?? world.newRun('audit');
    const startedAt = request.resumed?.purpose.startedAt ?? world.now();
    const {writer, ...earlier} =
      request.resumed === undefined
        ? {writer: await store.begin(run, purposeOf(request, startedAt))}
        : {...(await store.resume(run)), gone: request.resumed.gone};
    const result = await audit(
      hosts,
      {
        run,
        version: world.version,
        concurrency,
        perJumpHost: flags['per-jump-host'],
        timeoutMs,
        acceptNew: flags['accept-new'],
        startedAt,
        asked: request.asked,
        ...(request.shard === undefined ? {} : {shard: request.shard}),
      },
      {
        ...lookups,
        ...earlier,
        transport,
        collector: collectorScript(loadCollectTemplate(), hosts, lookups.servicesFor, timeoutMs),
        keep: (evidence) => writer.keepEvidence(evidence),
        now: () => world.now(),
        elapsed: () => world.elapsed(),
        onEvent,
        signal,
        pacing: pacingOf(flags.rate, signal, world),
        ...(helper === undefined ? {} : {helper}),
      },
    );
    const waived = waive(result, hosts, lookups.waivers);
    await writer.finish(waived);
    return waived;
  });
}

const purposeOf = (request: AuditRequest, startedAt: string): AuditPurpose => ({
  startedAt,
  asked: request.asked,
  ...(request.shard === undefined ? {} : {shard: request.shard}),
  hosts: request.hosts.map(({name}) => name),
  meant: request.meant,
  withHelper: request.helper !== undefined,
});

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
