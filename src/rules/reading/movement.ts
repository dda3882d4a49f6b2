import type {Pair} from './capture.js';

/**
 * What two samples of one descriptor show of its buffers (facts: fork-truth-table.md).
 *
 * - `empty`: at the later sample the kernel holds no buffer: whatever it handed over was taken
 *   back.
 * - `moving`: packets arrived and the held buffer changed or the store was emptied: somebody
 *   acknowledges.
 * - `frozen`: packets arrived, the held buffer did not change, and the store only grew (or was full
 *   and dropped): nobody took or acknowledged anything.
 * - `stuck`: nothing arrived, and yet full and half-full buffers lie unread in both samples: a
 *   reader that lives rotates them away at its next timeout.
 * - `resting`: nothing arrived, and one buffer is held: a healthy zero-copy capture rests like this
 *   (the kernel learns of the acknowledge late), and so does a broken one. The samples do not
 *   decide.
 */
export type Movement = 'empty' | 'moving' | 'frozen' | 'stuck' | 'resting';

export function movement({before, after}: Pair): Movement {
  if (after.holdLength === 0) return 'empty';
  const arrived = after.matched > before.matched || after.dropped > before.dropped;
  const sameHold = after.holdLength === before.holdLength;
  if (arrived) {
    const grew = after.storeLength > before.storeLength || after.dropped > before.dropped;
    return sameHold && grew ? 'frozen' : 'moving';
  }
  if (!sameHold || after.storeLength !== before.storeLength) return 'moving';
  return after.storeLength > 0 ? 'stuck' : 'resting';
}

/**
 * Whether the two samples alone say that the capture lives, whatever its mode and its memory map
 * are: then nobody needs to look at those.
 */
export const showsLife = (moves: Movement): moves is 'empty' | 'moving' =>
  moves === 'empty' || moves === 'moving';
