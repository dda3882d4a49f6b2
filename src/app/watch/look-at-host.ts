import type {Descriptor} from '../../model/evidence.js';
import type {Session} from '../../model/transport.js';
import {withOurObjects} from '../../rules/reading/mode-object.js';
import {utcDay} from '../../text/iso-date.js';
import {lookFailed, takeLook} from '../../watch/take-look.js';
import type {Key} from '../../watch/two-samples.js';
import {collectThrough} from '../collect-through.js';

import type {WatchDeps} from './watch-options.js';
import type {Watching} from './watching.js';

/** What does not move, and the sample since which it does not. */
export interface Still {
  readonly keys: readonly Key[];
  readonly since: readonly Descriptor[] | undefined;
}

/** A second look at captures that do not move, judged as an audit would. */
export async function lookAtHost(
  watching: Watching,
  session: Session,
  {keys, since}: Still,
  timeoutMs: number,
  deps: WatchDeps,
): Promise<void> {
  const {host} = watching;
  const leave = await deps.looks.enter();
  try {
    const collectedAt = deps.now();
    const looked = await collectThrough(session, host, {
      collector: deps.scripts.look,
      timeoutMs,
      collectedAt,
      signal: deps.signal,
    });
    // Whoever took the samples tells of a connection that is gone.
    if (deps.signal.aborted || !watching.isConnected) return;
    if (!looked.ok) {
      watching.take(lookFailed(watching.state, keys, looked.error.message));
      return;
    }
    const scene = {
      evidence: withOurObjects(looked.value, deps.modeObjects ?? []),
      services: deps.servicesFor(host),
      policy: host.policy,
      ...(deps.modeObjects === undefined ? {} : {modeObjects: deps.modeObjects}),
    };
    watching.take(
      takeLook(watching.state, keys, {
        scene,
        waivers: deps.waivers,
        groups: host.groups,
        day: utcDay(collectedAt),
        ...(since === undefined ? {} : {since}),
      }),
    );
  } finally {
    leave();
  }
}
