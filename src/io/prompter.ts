import type {Readable, Writable} from 'node:stream';

import type {Prompter} from '../model/transport.js';
import {sanitize} from '../text/sanitize.js';

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
 * Asks a person at the terminal. One question at a time, however many hosts ask at once, and each key once a run: the
 * others wait for the same answer. `undefined`: nobody is there, or the question was given up (Ctrl-C, Ctrl-D, signal);
 * after that nothing more is asked.
 */
export function createPrompter(options: PrompterOptions): Prompter {
  const answers = new Map<string, Promise<string | undefined>>();
  let last: Promise<unknown> = Promise.resolve();
  let isGivenUp = false;

  const askNow = async (text: string, echo: boolean): Promise<string | undefined> => {
    if (isGivenUp || options.signal?.aborted === true) return undefined;
    options.onQuestion?.('open');
    const answer = await askOne(options, sanitize(text, {limit: 1000}), echo);
    options.onQuestion?.('closed');
    if (answer.state === 'answered') return answer.text;
    isGivenUp = true;
    if (answer.state === 'interrupted') options.onInterrupt?.();
    return undefined;
  };

  return {
    ask({key, text, echo}) {
      if (options.input.isTTY !== true || options.output.isTTY !== true) return Promise.resolve(undefined);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = last.then(() => askNow(text, echo));
      answers.set(key, answer);
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

type Answer =
  | {readonly state: 'answered'; readonly text: string}
  | {readonly state: 'interrupted'} // Ctrl-C
  | {readonly state: 'given-up'}; //   end of input, or the signal

async function askOne(options: PrompterOptions, message: string, echo: boolean): Promise<Answer> {
  const {input, output, signal} = options;
  // Loaded only when somebody is asked: it takes longer to load than all of a --version.
  const {default: inquirer} = await import('inquirer');
  const gone = new AbortController();
  const giveUp = (): void => {
    gone.abort();
  };
  // inquirer waits for ever when its input ends.
  input.once('end', giveUp).once('close', giveUp);
  signal?.addEventListener('abort', giveUp, {once: true});
  try {
    const prompt = inquirer.createPromptModule({input, output, signal: gone.signal});
    const {answer} = await prompt<{answer: string}>([
      {type: echo ? 'input' : 'password', name: 'answer', message},
    ]);
    return {state: 'answered', text: answer};
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'ExitPromptError') return {state: 'interrupted'};
    if (name === 'AbortPromptError') return {state: 'given-up'};
    throw error;
  } finally {
    input.removeListener('end', giveUp).removeListener('close', giveUp);
    signal?.removeEventListener('abort', giveUp);
  }
}
