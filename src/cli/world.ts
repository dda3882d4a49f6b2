import {hostname} from 'node:os';
import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';

import type {Deps} from '../app/ports.js';
import {PlanStore} from '../io/store/plan-store.js';
import {RunStore} from '../io/store/run-store.js';
import {readVersion} from '../io/package/version.js';
import type {Inventory} from '../model/host.js';
import type {Transport, TransportChoice} from '../model/transport.js';
import type {RunKind} from '../model/run-summary.js';
import {newRunId} from '../text/run-id.js';

import type {HostFlags} from './flags.js';
import type {LoadedHosts} from './hosts/load-hosts.js';
import {loadHosts, readInventory} from './hosts/load-hosts.js';
import {loadModeObjects} from '../io/native/mode-objects.js';
import {loadServices} from './hosts/load-services.js';
import type {Interruption} from './terminal/interruption.js';
import type {Progress} from './terminal/progress.js';
import type {Surroundings} from './terminal/surroundings.js';
import {surroundings} from './terminal/surroundings.js';
import type {Terminal} from './terminal/terminal.js';

/** All a command has of the world around it. */
export interface World extends Deps {
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  readonly store: RunStore;
  readonly plans: PlanStore;
  /** Milliseconds, monotonic. */
  elapsed(): number;
  /** Waits so many milliseconds; less when the signal comes. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  newRun(kind: RunKind): string;
  /**
   * The inventory; its warnings go to stderr. Throws OperatorError with everything that is wrong.
   */
  inventory(flags: HostFlags, mayBeEmpty: boolean): Promise<Inventory>;
  /** The inventory, and the hosts of it that the command line means. Throws OperatorError. */
  hosts(names: readonly string[], flags: HostFlags): Promise<LoadedHosts>;
  /** SSH as this user would do it. Whoever gets it closes it. */
  reach(inventory: Inventory, edge: Edge, choice: TransportChoice): Promise<Transport>;
}

/** What a transport needs of the terminal: a place to ask, and to be interrupted while asking. */
export interface Edge {
  readonly progress: Pick<Progress, 'question'>;
  readonly interruption: Interruption;
  /** Connections are held all day. */
  readonly held?: true;
}

/**
 * The one place that joins what zbufctl does to what does it: store, plans, inventory, transport,
 * clock and ids.
 * @param stateDir --state-dir, when given
 */
export function openWorld(terminal: Terminal, stateDir: string | undefined): World {
  const environment = surroundings(stateDir);
  const {stateDirectory, user} = environment;
  return {
    terminal,
    surroundings: environment,
    store: new RunStore(stateDirectory, {
      onNotice: (text) => {
        terminal.note(text);
      },
    }),
    plans: new PlanStore(stateDirectory),
    folder: environment.workingDirectory,
    note: (text) => {
      terminal.note(text);
    },
    services: loadServices,
    modeObjects: () => loadModeObjects().all,
    version: readVersion(),
    operator: `${user}@${hostname()}`,
    now: () => new Date().toISOString(),
    elapsed: () => performance.now(),
    wait: async (ms, signal) => {
      // Stopped: whoever waited finds out by the same signal.
      await sleep(ms, undefined, {signal}).catch(() => undefined);
    },
    newRun: (kind) => newRunId(kind, new Date(), Math.random),
    inventory: (flags, mayBeEmpty) => readInventory(flags, environment, terminal, mayBeEmpty),
    hosts: (names, flags) => loadHosts(names, flags, environment, terminal),
    // Loaded when a host is to be asked: commands that read what is stored start without it.
    reach: async (inventory, {progress, interruption, held}, choice) => {
      if (choice === 'caller') {
        const {createCallerTransport, CALLER_VARIABLE} =
          await import('../io/caller/caller-transport.js');
        return createCallerTransport(process.env[CALLER_VARIABLE]);
      }
      const {sshTransport} = await import('./hosts/ssh-transport.js');
      const interrupting = interruption;
      const edge = {environment, terminal, interrupting, held: held === true};
      return sshTransport(inventory, progress, edge, choice);
    },
  };
}
