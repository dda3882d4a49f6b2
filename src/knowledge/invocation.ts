import type {Service} from '../model/service.js';

import type {ParsedOptions} from './options.js';
import {NOTHING_SEEN, parseOptions} from './options.js';
import {splitFlags, splitShown} from './split-words.js';

/**
 * How a program is started.
 *
 * - a string: the arguments of a process as ps(1) shows them, program first
 * - `flags`: rc starts it, and this is its flags variable (`undefined`: not set, so the script's
 *   own default counts)
 */
export type Invocation = string | {readonly flags: string | undefined};

/**
 * The options a program was or will be started with. A process title (setproctitle(3), as pflogd
 * sets one) hides the arguments, and an rc script we did not read may add any: then the result is
 * open.
 */
export function optionsOf(service: Service, invocation: Invocation): ParsedOptions {
  if (typeof invocation === 'string') return optionsShown(service, invocation);
  const rc = service.rcArguments;
  const set = invocation.flags?.trim() ?? '';
  const {words, expands} = splitFlags(set === '' ? (rc?.whenUnset ?? '') : set);
  const parsed = parseOptions([...words, ...splitShown(rc?.always ?? '')], service.options);
  return {
    given: parsed.given,
    doubtful: new Set([...parsed.doubtful, ...(rc?.mayAdd ?? [])]),
    open: rc === undefined || (expands && set !== ''),
  };
}

function optionsShown(service: Service, text: string): ParsedOptions {
  const [program, ...words] = splitShown(text);
  if (program === undefined || isTitle(program) || program.startsWith('-')) return NOTHING_SEEN;
  return parseOptions(words, service.options);
}

/**
 * "name: title" of setproctitle(3), or "[name]" and "(name)", which ps(1) prints when it cannot get
 * the arguments.
 */
const isTitle = (word: string): boolean => word.endsWith(':') || /^[[(].*[\])]$/.test(word);
