import {setMaxListeners} from 'node:events';

import type {Result} from '../../model/failure.js';
import {fail} from '../../model/failure.js';
import {interrupted} from './failures.js';

/**
 * The result of a job, or `interrupted` as soon as the signal says so; the job then finishes
 * unattended.
 */
export function untilAborted<T>(
  job: Promise<Result<T>>,
  signal: AbortSignal | undefined,
): Promise<Result<T>> {
  if (signal === undefined) return job;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      resolve(fail(interrupted));
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    job.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

/**
 * Node warns on stderr from the eleventh listener on; one signal stops every host of a run, and
 * each has some.
 */
export function expectManyListeners(signal: AbortSignal): void {
  setMaxListeners(0, signal);
}
