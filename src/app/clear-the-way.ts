import type {Result} from '../model/failure.js';
import {ok} from '../model/failure.js';
import type {HostLock, HostRecord} from '../model/host-record.js';
import type {Session} from '../model/transport.js';
import {contactScript} from '../steps/change-script.js';

import type {HostDeps, HostOptions} from './apply-options.js';
import {exchange} from './change-contact.js';

/**
 * Before a host is changed: who has its lock? Nobody: go on (undefined). A run of ours that nobody on the host works on
 * any more: what it left is undone first. Anybody else: the reason to leave the host alone.
 */
export async function clearTheWay(
  session: Session,
  options: Pick<HostOptions, 'timeoutMs'>,
  deps: Pick<HostDeps, 'changeTemplate' | 'isOurs'>,
): Promise<Result<string | undefined>> {
  const template = deps.changeTemplate;
  const asked = await exchange(session, contactScript({what: 'status', template}), options.timeoutMs);
  if (!asked.ok) return asked;
  const {lock} = asked.value;
  if (lock === undefined) return ok(undefined);
  if (lock.alive || !deps.isOurs(lock.run)) return ok(lockedBy(lock, asked.value));
  const undone = await exchange(
    session,
    contactScript({what: 'undo', run: lock.run, template}),
    options.timeoutMs + 60_000,
  );
  if (!undone.ok) return undone;
  if (undone.value.lock === undefined) return ok(undefined);
  return ok(
    `an earlier run, ${lock.run}, could not be undone; look at /var/db/zbufctl/${lock.run} and run undo.sh there`,
  );
}

function lockedBy({run, owner, age, alive}: HostLock, {state, secondsLeft}: HostRecord): string {
  const who = `locked by ${owner} since ${ageText(age)} for run ${run}`;
  if (alive) {
    const until =
      secondsLeft === undefined ? '' : `, which the host undoes in ${secondsLeft} s if nobody confirms`;
    return `${who} (${state}${until}); wait for it`;
  }
  return `${who}, and nothing of that run is alive on the host (${state}): ask ${owner}, or undo it with "sh /var/db/zbufctl/${run}/undo.sh" on the host`;
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3600)} hours`;
}
