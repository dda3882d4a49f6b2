import type {Prompt} from 'ssh2';

import {sanitize} from '../../../text/sanitize.js';
import type {Secrets} from '../secrets.js';
import type {Target} from '../target.js';

/** A server may ask in several rounds (password, then a code); a hostile one would ask for ever. */
const MOST_ROUNDS = 6;
const MOST_PROMPTS = 8;

/** Answers what a server asks through keyboard-interactive (RFC 4256). */
export class KeyboardDialogue {
  private rounds = 0;

  /**
   * @param borrowPassword the same answer as for the method `password`, so that it is not asked for
   * twice
   */
  constructor(
    private readonly target: Target,
    private readonly secrets: Secrets,
    private readonly borrowPassword: () => Promise<string | undefined>,
  ) {}

  /** One answer a prompt; undefined when there is none to give. */
  async answer(prompts: readonly Prompt[]): Promise<readonly string[] | undefined> {
    if (++this.rounds > MOST_ROUNDS || prompts.length > MOST_PROMPTS) return undefined;
    const [first] = prompts;
    if (
      prompts.length === 1 &&
      first !== undefined &&
      this.rounds === 1 &&
      isPasswordPrompt(first)
    ) {
      const password = await this.borrowPassword();
      return password === undefined ? undefined : [password];
    }
    const answers: string[] = [];
    for (const [index, {prompt, echo}] of prompts.entries()) {
      const {user, hostname, port, name} = this.target;
      const answer = await this.secrets.ask({
        key: `question:${user}@${hostname}:${port}#${this.rounds}.${index}`,
        text: `${name} asks ${user}: ${shownPrompt(prompt)} `,
        echo: echo === true,
      });
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return answers;
  }
}

/** A prompt may be a whole menu (Duo); more than a screen is none. */
const MOST_CHARACTERS = 2000;
const MOST_LINES = 30;

/**
 * What the server asks, as it is shown: its line breaks are line breaks, marked so that nothing of
 * it can pass for a line of ours; every other control character is made visible.
 */
export function shownPrompt(prompt: string): string {
  const text = sanitize(prompt.trim().replaceAll(/\r\n?/g, '\n'), {
    keepNewlines: true,
    limit: MOST_CHARACTERS,
  });
  const lines = text.split('\n');
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '...'] : lines;
  return shown.join('\n| ');
}

const isPasswordPrompt = ({prompt, echo}: Prompt): boolean =>
  echo !== true && /passwor[dt]/i.test(prompt);
