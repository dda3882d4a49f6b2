import type {Readable, Writable} from 'node:stream';

export type Question = Readonly<Record<string, unknown>> & {
  readonly type: 'input' | 'password' | 'confirm' | 'select' | 'checkbox';
  readonly message: string;
};

export type Answer<A> =
  | {readonly state: 'answered'; readonly value: A}
  | {readonly state: 'interrupted'} // Ctrl-C
  | {readonly state: 'given-up'}; //   Ctrl-D, end of input, or the signal

export interface AskOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal?: AbortSignal;
}

/** Asks one question with inquirer. `A` is what questions of this type are answered with. */
export async function askQuestion<A>(question: Question, options: AskOptions): Promise<Answer<A>> {
  // Loaded only when somebody is asked: it takes longer to load than all of a --version.
  const {default: inquirer} = await import('inquirer');
  const {input, output, signal} = options;
  const gone = new AbortController();
  const giveUp = (): void => {
    gone.abort();
  };
  // inquirer waits for ever when its input ends.
  input.once('end', giveUp).once('close', giveUp);
  signal?.addEventListener('abort', giveUp, {once: true});
  if (signal?.aborted === true) giveUp();
  try {
    const prompt = inquirer.createPromptModule({input, output, signal: gone.signal});
    const {answer} = (await prompt([{...question, name: 'answer'}])) as {answer: A};
    return {state: 'answered', value: answer};
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
