import type {Result} from '../../model/failure.js';
import {fail} from '../../model/failure.js';
import type {Become} from '../../model/host.js';
import type {Reply, RunOptions, Session} from '../../model/transport.js';
import {Elevation} from './elevation.js';
import type {Link} from './link.js';
import {noTerminal, ScriptRun} from './script-run.js';
import type {Secrets} from './secrets.js';
import {expectManyListeners} from './until-aborted.js';

/** What a session needs besides its connection. */
export interface SessionMeans {
  readonly become: Become;
  readonly secrets: Secrets;
  readonly sharePasswords: boolean;
}

/** A connection as the rest of the program sees it: scripts go in, replies come out. */
export function createSession(link: Link, means: SessionMeans): Session {
  const attempt = (
    script: string,
    options: RunOptions,
    elevation: Elevation | undefined,
  ): Promise<Result<Reply> | typeof noTerminal> =>
    new ScriptRun({...means, link, script, options, elevation}).start();

  return {
    connection: link.connection,
    run: async (script, options) => {
      const {become} = means;
      if (options.signal !== undefined) expectManyListeners(options.signal);
      const elevation = become === 'none' ? undefined : new Elevation(become, link.target);
      const first = await attempt(script, options, elevation);
      if (first !== noTerminal) return first;
      // doas without a terminal can still let us through when it needs no password.
      const plain = new Elevation('doas', link.target, false);
      const second = await attempt(script, options, plain);
      return second === noTerminal ? fail(plain.failure('the server gives no terminal')) : second;
    },
    close: () => {
      link.close();
    },
  };
}
