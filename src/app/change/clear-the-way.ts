import type {Would} from '../../model/apply-run.js';
import type {Result} from '../../model/failure.js';
import {ok} from '../../model/failure.js';
import type {HostLock, HostRecord} from '../../model/host-record.js';
import type {Session} from '../../model/transport.js';
import {contactScript} from '../../steps/change-script.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';

/** Why a host is left alone, and what that makes of it in the run. */
export interface Obstacle {
  readonly result: 'refused' | 'not-started';
  readonly reason: string;
  /** Of a dry run. */
  readonly would?: Would;
}

/**
 * Before a host is changed: who has its lock? Nobody: go on (undefined). A run of ours that nobody
 * on the host works on any more: what it left is undone first (a dry run only says so). Anybody
 * else: the reason to leave the host alone.
 */
export async function clearTheWay(
  session: Session,
  options: Pick<HostOptions, 'timeoutMs' | 'dryRun'>,
  deps: Pick<HostDeps, 'changeTemplate' | 'isOurs'>,
): Promise<Result<Obstacle | undefined>> {
  const template = deps.changeTemplate;
  const asked = await exchange(
    session,
    contactScript({what: 'status', template}),
    options.timeoutMs,
  );
  if (!asked.ok) return asked;
  const {lock} = asked.value;
  if (lock === undefined || isOver(asked.value, lock)) return ok(undefined);
  if (lock.alive || !deps.isOurs(lock.run)) return ok(refused(lockedBy(lock, asked.value)));
  if (options.dryRun) {
    const reason = `what run ${lock.run} left there would be undone first`;
    return ok({result: 'not-started', reason, would: 'change'});
  }
  const undone = await exchange(
    session,
    contactScript({what: 'undo', run: lock.run, template}),
    options.timeoutMs + 60_000,
  );
  if (!undone.ok) return undone;
  if (undone.value.run === lock.run && undone.value.lock === undefined) return ok(undefined);
  return ok(
    refused(
      `an earlier run, ${lock.run}, could not be undone; look at /var/db/zbufctl/${lock.run} and run undo.sh there`,
    ),
  );
}

const refused = (reason: string): Obstacle => ({result: 'refused', reason});

/**
 * Ended before it could free its lock: the host takes the lock from it when the next run begins.
 * Above all it is not to be undone: to undo a run that was confirmed is to roll it back.
 */
const isOver = ({run, state}: HostRecord, lock: HostLock): boolean =>
  run === lock.run &&
  !lock.alive &&
  (state === 'confirmed' || state === 'undone' || state === 'none');

function lockedBy({run, owner, age, alive}: HostLock, {state, secondsLeft}: HostRecord): string {
  const who = `locked by ${owner} since ${ageText(age)} for run ${run}`;
  if (alive) {
    const until =
      secondsLeft === undefined
        ? ''
        : `, which the host undoes in ${secondsLeft} s if nobody confirms`;
    return `${who} (${state}${until}); wait for it`;
  }
  return `${who}, and nothing of that run is alive on the host (${state}): ask ${owner}, or undo it with "sh /var/db/zbufctl/${run}/undo.sh" on the host`;
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3600)} hours`;
}
