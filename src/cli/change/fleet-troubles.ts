import type {Trouble} from '../../app/change/apply-plan.js';
import type {ApplyRun, HostResult} from '../../model/apply-run.js';
import {sanitize} from '../../text/sanitize.js';

import {reportError} from '../report-error.js';

/** What failed here while hosts were changed, and what it leaves in doubt. */
export interface Troubles {
  readonly signal: AbortSignal;
  readonly add: (trouble: Trouble) => void;
  /** An error that nobody caught: hosts in flight are worth more than a quick end. */
  readonly crash: (error: unknown) => void;
  /** A run that is on disk now. */
  stored(run: ApplyRun): void;
  /** The whole of it on stderr, once the last host has ended. */
  end(run: ApplyRun, write: (text: string) => void): AtHome;
}

/** How it went at the controller's end. */
export type AtHome =
  | 'well'
  /** Something failed here; what became of the hosts is known and stored. */
  | 'trouble'
  /** The stored run does not know what became of hosts that were changed. */
  | 'behind';

/** Results of a host that something was done to, or may have been. */
const IS_TOUCHED: Readonly<Record<HostResult, boolean>> = {
  changed: true,
  already: true,
  'rolled-back': true,
  lost: true,
  failed: true,
  refused: false,
  'not-started': false,
};

export function fleetTroubles(): Troubles {
  const broken = new AbortController();
  const errors = new Map<string, unknown>();
  let onDisk: ApplyRun | undefined;
  const add = (error: unknown): void => {
    errors.set(error instanceof Error ? error.message : String(error), error);
  };
  return {
    signal: broken.signal,
    add: ({error}) => {
      add(error);
    },
    crash: (error) => {
      add(error);
      broken.abort('stopped: an error in zbufctl itself');
    },
    stored: (run) => {
      onDisk = run;
    },
    end: (run, write) => {
      if (errors.size === 0) return 'well';
      for (const error of errors.values()) reportError(error, write);
      const known = new Map(onDisk?.hosts.map(({host, result}) => [host, result]));
      const behind = run.hosts.filter(
        ({host, result}) => IS_TOUCHED[result] && known.get(host) !== result,
      );
      write('  No further host was started; those in flight were seen through.\n');
      if (behind.length === 0) return 'trouble';
      const names = behind.map(({host}) => host).join(', ');
      const how =
        run.undoes === undefined
          ? `zbufctl apply --resume ${run.run}`
          : `zbufctl rollback ${run.undoes}`;
      write(
        `  The stored run does not know the end of ${sanitize(names, {limit: 2000})}. Once it can be stored again: ${how}\n`,
      );
      return 'behind';
    },
  };
}
