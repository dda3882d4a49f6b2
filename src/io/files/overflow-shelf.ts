import {packed, unpacked} from '../../text/packed.js';
import type {TextShelf} from '../../text/text-shelf.js';

import {Overflow} from './overflow-file.js';

/**
 * Keeps texts packed: the first in memory, the rest in a temporary file (see `Overflow`).
 * @param room bytes in memory; absent: some megabytes
 */
export function overflowShelf(room?: number): TextShelf {
  const overflow = new Overflow(room);
  return {
    put: (text) => overflow.put(packed(text)),
    get: (at) => unpacked(overflow.get(at)),
    close: () => {
      overflow.close();
    },
  };
}
