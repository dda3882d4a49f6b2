import {deflateRawSync, inflateRawSync} from 'node:zlib';

import type {TextShelf} from '../../text/text-shelf.js';

import {Overflow} from './overflow-file.js';

/** Reports repeat themselves: a tenth is left of what they say, for a thirtieth of its CPU. */
const FAST = {level: 1} as const;

/**
 * Keeps texts packed: the first in memory, the rest in a temporary file (see `Overflow`).
 * @param room bytes in memory; absent: some megabytes
 */
export function overflowShelf(room?: number): TextShelf {
  const overflow = new Overflow(room);
  return {
    // A copy is as long as it has to be; zlib's own is a view into more.
    put: (text) => overflow.put(Uint8Array.from(deflateRawSync(text, FAST))),
    get: (at) => inflateRawSync(overflow.get(at)).toString('utf8'),
    close: () => {
      overflow.close();
    },
  };
}
