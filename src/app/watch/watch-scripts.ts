import {remembering} from '../../text/remembering.js';
import {scriptWithArguments} from '../../text/shell.js';
import {commandLimit, SAMPLE_GAP} from '../collector-script.js';

import {aheadOf} from './beat.js';

/** What is sent to hosts. */
export interface WatchScripts {
  /** Seconds one netstat may take. */
  readonly limit: number;
  /**
   * @param more whether samples by another script follow
   * @param waits seconds before the first samples; the others come every interval
   */
  sample(samples: number, more: boolean, waits: readonly number[]): string;
  readonly look: string;
}

/** Texts that are kept: hosts wait differently long for their first samples. */
const KEPT = 200;

/** Each text is made once, and is one for all the hosts that hold it. */
export function watchScripts(
  templates: {readonly sample: string; readonly look: string},
  {interval, timeoutMs}: {readonly interval: number; readonly timeoutMs: number},
): WatchScripts {
  const limit = commandLimit(timeoutMs);
  const made = remembering<string>(KEPT);
  return {
    limit,
    look: scriptWithArguments(templates.look, [SAMPLE_GAP, limit].map(String)),
    sample: (samples, more, waits) => {
      const fixed = [interval, samples, limit, aheadOf(interval), more ? 1 : 0];
      const numbers = [...fixed, ...waits].map(String);
      return made(numbers.join(' '), () => scriptWithArguments(templates.sample, numbers));
    },
  };
}
