import {performance} from 'node:perf_hooks';

import type {Result} from '../../../model/failure.js';
import {fail} from '../../../model/failure.js';
import type {Become} from '../../../model/host.js';
import type {Reply, RunOptions, Session} from '../../../model/transport.js';
import {Elevation, wantsTerminal} from '../run/elevation.js';
import type {Line} from '../line.js';
import {ScriptRun} from '../run/script-run.js';
import type {Secrets} from '../secrets.js';
import {endWhenSilent} from './silence.js';
import {expectManyListeners} from '../until-aborted.js';

/** What a session needs besides its connection. */
export interface SessionMeans {
  readonly become: Become;
  readonly secrets: Secrets;
}

/**
 * A server that allows one session a connection (MaxSessions 1) has counted the last one out a
 * moment after it told us of its end: until then it refuses the next.
 */
const COUNTED_OUT_MS = 1000;
const AGAIN_MS = 100;

/** A connection as the rest of the program sees it: scripts go in, replies come out. */
export function createSession(link: Line, means: SessionMeans): Session {
  let endedAt = -Infinity;
  const mayTryAgain = (): boolean => performance.now() - endedAt < COUNTED_OUT_MS;
  return {
    connection: link.connection,
    run: async (script, options) => {
      if (options.signal !== undefined) expectManyListeners(options.signal);
      try {
        return await endWhenSilent(link, options, (watched) =>
          runScript(link, means, {script, mayTryAgain}, watched),
        );
      } finally {
        endedAt = performance.now();
      }
    },
    quietMs: () => link.quietMs(),
    close: () => {
      link.close();
    },
  };
}

interface ToRun {
  readonly script: string;
  /** The server may refuse only because it has not counted the last script out. */
  readonly mayTryAgain: () => boolean;
}

/** Once, and again where the server gives no terminal, or a wrong password may be typed again. */
async function runScript(
  link: Line,
  {become, secrets}: SessionMeans,
  {script, mayTryAgain}: ToRun,
  options: RunOptions,
): Promise<Result<Reply>> {
  let pty = become !== 'none' && wantsTerminal(become);
  let refused: Result<Reply> | undefined;
  for (;;) {
    const elevation = become === 'none' ? undefined : new Elevation(become, link.target, pty);
    const run = await new ScriptRun({link, script, options, secrets, elevation}).start();
    switch (run.state) {
      case 'ended':
        return run.result;
      case 'no-terminal':
        // Without one, doas still lets us through when it needs no password, and Linux's su with
        // one.
        pty = false;
        break;
      case 'no-channel':
        if (!mayTryAgain() || options.signal?.aborted === true) return fail(run.failure);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        break;
      case 'wrong-password':
        refused = fail(run.failure);
        if (!secrets.mayAskAgain(run.question)) return refused;
        break;
      case 'no-password':
        return refused ?? fail(run.failure);
    }
  }
}
