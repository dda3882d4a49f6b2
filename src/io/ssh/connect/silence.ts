import {performance} from 'node:perf_hooks';

import type {Failure, Result} from '../../../model/failure.js';
import {fail} from '../../../model/failure.js';
import type {Reply, RunOptions} from '../../../model/transport.js';
import {lostMidway, saysNothing} from '../failures.js';
import type {Line} from '../line.js';
import {expectManyListeners} from '../until-aborted.js';

/** How often the silence of a host is measured, and which part of a script's own. */
const LOOK_MS = 500;
const PART = 20;

/**
 * Runs a script that is given up when its host has been silent for `silentMs`, or the script for
 * `unheardMs`: sooner than the keepalive questions end the connection, since the host waits for
 * somebody who asks.
 */
export async function endWhenSilent(
  link: Pick<Line, 'quietMs'>,
  options: RunOptions,
  run: (options: RunOptions) => Promise<Result<Reply>>,
): Promise<Result<Reply>> {
  const {silentMs, unheardMs, signal, onChunk} = options;
  if (silentMs === undefined && unheardMs === undefined) return run(options);
  const givenUp = new AbortController();
  const begun = performance.now();
  let heardAt = begun;
  let why: Failure | undefined;
  const timer = setInterval(
    () => {
      const now = performance.now();
      // What was silent before the script was sent is not held against it.
      const quiet = Math.min(link.quietMs(), now - begun);
      if (silentMs !== undefined && quiet > silentMs) why = lostMidway({silentMs: quiet});
      else if (unheardMs !== undefined && now - heardAt > unheardMs) why = saysNothing(unheardMs);
      if (why !== undefined) givenUp.abort();
    },
    Math.min(
      silentMs === undefined ? Infinity : Math.min(LOOK_MS, silentMs / 4),
      (unheardMs ?? Infinity) / PART,
    ),
  );
  const either = signal === undefined ? givenUp.signal : AbortSignal.any([signal, givenUp.signal]);
  expectManyListeners(either);
  try {
    const result = await run({
      ...options,
      signal: either,
      onChunk: (chunk) => {
        heardAt = performance.now();
        onChunk?.(chunk);
      },
    });
    return !result.ok && why !== undefined ? fail(why) : result;
  } finally {
    clearInterval(timer);
  }
}
