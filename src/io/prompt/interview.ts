import type {Readable, Writable} from 'node:stream';

import {sanitize} from '../../text/sanitize.js';

import type {Question} from './ask-question.js';
import {askQuestion} from './ask-question.js';

/** Something to choose. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/**
 * Questions of a set-up conversation, asked one after the other on a terminal. Every answer is
 * `undefined` once the person gave up (Ctrl-C, Ctrl-D).
 */
export class Interview {
  private constructor(
    private readonly input: Readable,
    private readonly output: Writable,
  ) {}

  /** `undefined`: nobody is there to ask. */
  static with(
    input: Readable & {readonly isTTY?: boolean},
    output: Writable & {readonly isTTY?: boolean},
  ): Interview | undefined {
    return input.isTTY === true && output.isTTY === true ? new Interview(input, output) : undefined;
  }

  /** @param problem what is wrong with an answer, asked again until undefined */
  text(
    message: string,
    initial: string,
    problem: (text: string) => string | undefined,
  ): Promise<string | undefined> {
    const validate = (text: string): string | true => {
      const found = problem(text.trim());
      return found === undefined ? true : sanitize(found);
    };
    return this.ask<string>({type: 'input', message, default: initial, validate, filter: trimmed});
  }

  confirm(message: string, initial: boolean): Promise<boolean | undefined> {
    return this.ask<boolean>({type: 'confirm', message, default: initial});
  }

  /** @param rows lines of the list shown at a time; absent: as many as fit inquirer's habit */
  choose<T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    initial: T | undefined,
    rows?: number,
  ): Promise<T | undefined> {
    return this.ask<T>({
      type: 'select',
      message,
      choices: choices.map(shown),
      loop: false,
      ...(initial === undefined ? {} : {default: initial}),
      ...(rows === undefined ? {} : {pageSize: rows}),
    });
  }

  /**
   * Any number of the choices, all of them ticked at first.
   * @param echo what stays on the screen of them; without it each label does
   */
  pick<T extends string>(
    message: string,
    choices: readonly Choice<T>[],
    echo?: (picked: number) => string,
  ): Promise<readonly T[] | undefined> {
    const ticked = choices.map((choice) => ({...shown(choice), checked: true}));
    const theme =
      echo === undefined
        ? {}
        : {
            style: {
              renderSelectedChoices: (picked: readonly unknown[]) => sanitize(echo(picked.length)),
            },
          };
    return this.ask<readonly T[]>({
      type: 'checkbox',
      message,
      choices: ticked,
      pageSize: 15,
      theme,
    });
  }

  private async ask<A>(question: Question): Promise<A | undefined> {
    const answer = await askQuestion<A>(question, {input: this.input, output: this.output});
    return answer.state === 'answered' ? answer.value : undefined;
  }
}

const trimmed = (text: string): string => text.trim();
const shown = <T extends string>({value, label}: Choice<T>) => ({value, name: sanitize(label)});
