import type {RecordedStep} from '../../model/host-record.js';
import {parseProgressLine} from '../../steps/change-record.js';

/** Longer than any line the script says of a step. */
const LONGEST = 2000;

/**
 * Takes what a host says as it comes, in pieces of any size, and tells of each step that has ended.
 * For showing, not for belief.
 */
export function stepProgress(onStep: (step: RecordedStep) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST);
    for (const line of lines) {
      const step = parseProgressLine(line.replace(/\r$/, ''));
      if (step !== undefined) onStep(step);
    }
  };
}
