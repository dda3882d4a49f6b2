import {hostname} from 'node:os';

import type {FleetOptions, Target} from '../../app/change/apply-plan.js';
import {applyPlan} from '../../app/change/apply-plan.js';
import type {HostDeps} from '../../app/change/apply-options.js';
import type {HelperDeps} from '../../app/helper.js';
import type {AppliedHost, ApplyRun} from '../../model/apply-run.js';
import type {Host, Inventory} from '../../model/host.js';
import type {Plan} from '../../model/plan.js';
import type {TransportChoice} from '../../model/transport.js';

import {ownerName} from '../../steps/change-script.js';
import type {World} from '../world.js';

import {startBoard} from './apply-board.js';
import {changeDeps} from './change-session.js';
import type {AtHome} from './fleet-troubles.js';
import {fleetTroubles} from './fleet-troubles.js';
import {interruption} from '../terminal/interruption.js';

export interface FleetChange {
  readonly run: string;
  readonly plan: Plan;
  readonly inventory: Inventory;
  /** --transport */
  readonly transport: TransportChoice;
  readonly hosts: readonly Host[];
  readonly targets: readonly Target[];
  readonly options: Omit<FleetOptions, 'run' | 'plan' | 'owner' | 'version'>;
  /** What is done to one host. */
  work(target: Target, options: FleetOptions, deps: HostDeps): Promise<AppliedHost>;
  /** --with-helper: the kernel is asked for the buffer modes when a host is verified. */
  readonly helper?: HelperDeps;
  /** What hosts in flight are, for the message of the first Ctrl-C. */
  readonly inFlight: string;
}

/** What became of the hosts, and how it went at this end. */
export interface FleetChanged {
  readonly run: ApplyRun;
  readonly atHome: AtHome;
}

/**
 * Takes hosts through a change over SSH, with the board and Ctrl-C, and stores the run (but for a
 * dry run). Once hosts may be in flight nothing but a second Ctrl-C ends it: what fails here is
 * said at the end.
 */
export async function changeFleet(change: FleetChange, world: World): Promise<FleetChanged> {
  const {run, plan, hosts, targets} = change;
  const {store, terminal} = world;
  const stop = interruption(() => {
    board.end();
    terminal.note(
      `Stopping: hosts that are being ${change.inFlight} are seen through, no other is started. Ctrl-C again ends at once; such hosts undo by themselves.`,
    );
  });
  const board = startBoard(targets.length, terminal);
  const troubles = fleetTroubles();
  const transport = await world.reach(
    change.inventory,
    {progress: board, interruption: stop},
    change.transport,
  );
  process.on('uncaughtException', troubles.crash);
  try {
    const writer = change.options.dryRun ? undefined : await store.begin(run);
    await writer?.keepPlan(plan);
    const deps = await changeDeps(
      {
        plan,
        hosts,
        ...(writer === undefined ? {} : {writer}),
        transport,
        board,
        signal: stop.signal,
        troubles,
        timeoutMs: change.options.timeoutMs,
        ...(change.helper === undefined ? {} : {helper: change.helper}),
      },
      world,
    );
    const options: FleetOptions = {
      ...change.options,
      run,
      plan: plan.id,
      owner: ownerName(world.surroundings.user, hostname()),
      version: world.version,
    };
    const result = await applyPlan(targets, options, deps, (target, hostDeps) =>
      change.work(target, options, hostDeps),
    );
    const {finishedAt} = result;
    if (finishedAt === undefined) throw new Error(`${run} is not finished`);
    try {
      await writer?.finish({...result, finishedAt});
    } catch (error) {
      troubles.add({kind: 'not-stored', error});
    }
    board.end();
    return {run: result, atHome: troubles.end(result, (text) => process.stderr.write(text))};
  } finally {
    process.removeListener('uncaughtException', troubles.crash);
    board.end();
    transport.close();
    stop.end();
  }
}
