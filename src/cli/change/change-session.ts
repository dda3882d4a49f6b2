import {setTimeout as sleep} from 'node:timers/promises';

import type {FleetDeps} from '../../app/change/apply-plan.js';
import {inputFor} from '../../app/audit.js';
import type {HelperDeps} from '../../app/helper.js';
import {withHelper} from '../../app/helper.js';
import {latestOnly} from '../../io/files/latest-only.js';
import type {RunWriter} from '../../io/store/run-writer.js';
import {loadModeObjects} from '../../io/native/mode-objects.js';
import {loadChangeTemplate, loadCollectTemplate, loadTemplate} from '../../io/package/templates.js';
import type {ApplyRun} from '../../model/apply-run.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host} from '../../model/host.js';
import type {Plan} from '../../model/plan.js';
import type {Transport} from '../../model/transport.js';
import {planHost} from '../../plan/make-plan.js';
import {withOurObjects} from '../../rules/reading/mode-object.js';
import {apartFrom, madeBy, objectionsTo} from '../../plan/objections.js';
import {isRunId} from '../../text/run-id.js';

import {collectorScript} from '../../app/collector-script.js';
import type {World} from '../world.js';

import type {Board} from './apply-board.js';
import type {Troubles} from './fleet-troubles.js';
import {openLookups} from '../../app/judging.js';
import {readChangePolicies} from '../../app/change-policies.js';

export interface ChangeSession {
  readonly plan: Plan;
  readonly hosts: readonly Host[];
  /** Absent: nothing is stored (a dry run). */
  readonly writer?: RunWriter;
  readonly transport: Transport;
  readonly board: Board;
  readonly signal: AbortSignal;
  readonly troubles: Troubles;
  /** Milliseconds a host may take to say how it is. */
  readonly timeoutMs: number;
  /** --with-helper. */
  readonly helper?: HelperDeps;
}

/** What changing a fleet needs from the world, plugged together. */
export async function changeDeps(session: ChangeSession, world: World): Promise<FleetDeps> {
  const {hosts, writer, board, troubles, helper} = session;
  const now = (): string => world.now();
  const lookups = await openLookups(hosts, world);
  readChangePolicies(hosts, lookups.servicesFor, world.folder);
  const judging = {...lookups, now};
  const known = new Set((await world.store.list()).map(({run}) => run));
  const kept = new Set<string>();
  const save =
    writer === undefined ? undefined : latestOnly((run: ApplyRun) => writer.saveDraft(run));
  return {
    transport: session.transport,
    collector: collectorScript(
      loadCollectTemplate(),
      hosts,
      lookups.servicesFor,
      session.timeoutMs,
    ),
    changeTemplate: loadChangeTemplate(),
    objectOf: loadModeObjects().bytesOf,
    withOurs: (evidence) => withOurObjects(evidence, lookups.modeObjects ?? []),
    ...(helper === undefined
      ? {}
      : {
          // What is being changed is seen through, also after a Ctrl-C.
          askKernel: (connection, evidence) =>
            withHelper(connection, evidence, helper, new AbortController().signal),
        }),
    packetTemplate: loadTemplate('test-packet.sh'),
    servicesFor: lookups.servicesFor,
    objections: (host, planned, evidence) =>
      objectionsTo(
        planned,
        host,
        inputFor(host, evidence, judging),
        madeBy(session.plan, host.name, world.version),
      ),
    apart: (host, planned, evidence) => apartFrom(planned, inputFor(host, evidence, judging)),
    judge: (host, evidence) => planHost(inputFor(host, evidence, judging)),
    isOurs: (run) => isRunId(run) && known.has(run),
    keep: async (evidence: Evidence) => {
      if (writer === undefined || kept.has(evidence.host)) return;
      kept.add(evidence.host);
      await writer.keepEvidence(evidence);
    },
    save: async (run) => {
      await save?.(run);
      troubles.stored(run);
    },
    now,
    elapsed: () => world.elapsed(),
    pause: (milliseconds) => sleep(milliseconds),
    onEvent: (event) => {
      board.event(event);
    },
    onWave: (wave) => {
      board.wave(wave);
    },
    onTrouble: troubles.add,
    signal: session.signal,
    broken: troubles.signal,
  };
}
