import type {Readable, Writable} from 'node:stream';

import type {Prompter} from '../../model/transport.js';
import {sanitize} from '../../text/sanitize.js';

import {askQuestion} from './ask-question.js';

export interface PrompterOptions {
  /** Where answers are typed; nobody is there to ask unless it is a terminal. */
  readonly input: Readable & {readonly isTTY?: boolean};
  /** Where questions are shown: stderr, since stdout is the result. */
  readonly output: Writable & {readonly isTTY?: boolean};
  /** Stops a question that is being asked, and all that wait. */
  readonly signal?: AbortSignal;
  /** Called on Ctrl-C at a question; the terminal sends no SIGINT then. */
  readonly onInterrupt?: () => void;
  /** Called before a question is shown and after it was answered: hides the live line meanwhile. */
  readonly onQuestion?: (state: 'open' | 'closed') => void;
}

/**
 * Asks a person at the terminal. One question at a time, however many hosts ask at once, and each
 * key once a run: the others wait for the same answer. `undefined`: nobody is there, or the
 * question was given up (Ctrl-C, Ctrl-D, signal); after that nothing more is asked.
 */
export function createPrompter(options: PrompterOptions): Prompter {
  const answers = new Map<string, Promise<string | undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  let isGivenUp = false;

  const askNow = async (text: string, echo: boolean): Promise<string | undefined> => {
    if (isGivenUp || options.signal?.aborted === true) return undefined;
    const type = echo ? 'input' : 'password';
    // The text may be a host's own (keyboard-interactive), and a host must not draw on the screen.
    const question = {
      type,
      message: sanitize(text, {limit: 4000, keepNewlines: true}),
      toggleMask: false,
    } as const;
    options.onQuestion?.('open');
    const answer = await askQuestion<string>(question, options).finally(() =>
      options.onQuestion?.('closed'),
    );
    if (answer.state === 'answered') return answer.value;
    isGivenUp = true;
    if (answer.state === 'interrupted') options.onInterrupt?.();
    return undefined;
  };

  return {
    ask({key, text, echo}) {
      if (options.input.isTTY !== true || options.output.isTTY !== true)
        return Promise.resolve(undefined);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = last.then(() => askNow(text, echo));
      answers.set(key, answer);
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}
