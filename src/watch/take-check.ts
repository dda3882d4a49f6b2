import {movement, showsLife} from '../rules/reading/movement.js';

import type {Sample} from './sample.js';
import {isSame, stillStands} from './take-sample.js';
import type {Key} from './two-samples.js';
import {pairsOf} from './two-samples.js';
import type {WatchedHost} from './watched-host.js';

/**
 * The captures to be looked at by what was seen between two samples: those that have not moved
 * since the last one. A reader that took its last packet before that is found now, and what the
 * look says is known before the next sample is due. It changes nothing by itself: what moves is
 * well when the next sample says so.
 */
export function takeCheck(host: WatchedHost, sample: Sample): readonly Key[] {
  if (sample.state !== 'read' || host.latest === undefined) return [];
  return [...pairsOf(host.latest, sample.value)]
    .filter(([key, pair]) => {
      const known = host.captures.get(key);
      if (known === undefined || known.state === 'stalled') return false;
      const moves = movement(pair);
      if (!isSame(known.descriptor, pair.after) || showsLife(moves)) return false;
      return !stillStands({...known, descriptor: pair.after}, moves);
    })
    .map(([key]) => key);
}
