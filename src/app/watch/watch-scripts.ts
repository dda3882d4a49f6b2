import {scriptWithArguments} from '../../text/shell.js';
import {commandLimit, SAMPLE_GAP} from '../collector-script.js';

/** What is sent to hosts. */
export interface WatchScripts {
  /** Seconds one netstat may take. */
  readonly limit: number;
  /** @param wait seconds before the first sample */
  sample(samples: number, wait: number): string;
  readonly look: string;
}

/** Each text is made once, and is one for all the hosts that hold it. */
export function watchScripts(
  templates: {readonly sample: string; readonly look: string},
  {interval, timeoutMs}: {readonly interval: number; readonly timeoutMs: number},
): WatchScripts {
  const limit = commandLimit(timeoutMs);
  const made = new Map<string, string>();
  return {
    limit,
    look: scriptWithArguments(templates.look, [SAMPLE_GAP, limit].map(String)),
    sample: (samples, wait) => {
      const key = `${samples} ${wait}`;
      const script =
        made.get(key) ??
        scriptWithArguments(templates.sample, [interval, samples, wait, limit].map(String));
      made.set(key, script);
      return script;
    },
  };
}
