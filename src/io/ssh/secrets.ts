import type {Prompter} from '../../model/transport.js';

/** A question for a person. */
export interface SecretQuestion {
  /** Equal keys have one answer in this run. */
  readonly key: string;
  readonly text: string;
}

/** An answer to send once, and where to say what came of it. */
export interface Loan {
  readonly state: 'answer';
  readonly value: string;
  /** It worked, it did not, or nobody knows (the connection was lost). Only the first call counts. */
  settle(outcome: 'accepted' | 'refused' | 'undecided'): void;
}

export type SecretAnswer =
  | Loan
  | {readonly state: 'nobody'} //  there is nobody to ask, or no answer was given
  | {readonly state: 'refused'}; // the answer has been refused before, and is not sent again

/**
 * Passwords of this run, in memory only. A question is asked once, and one question at a time. As long as an answer
 * has not proved right it is lent to one asker at a time, so a mistyped password that many hosts share makes one
 * failed login, not one on each host.
 */
export class Secrets {
  private readonly secrets = new Map<string, Secret>();
  private asking: Promise<unknown> = Promise.resolve();
  private nobody = false;

  constructor(private readonly prompter: Prompter | undefined) {}

  /** Whether there is somebody to ask, as far as is known. */
  get canAsk(): boolean {
    return this.prompter !== undefined && !this.nobody;
  }

  /** The answer to a question, asked the first time only; waits while another asker is trying it. */
  async borrow(question: SecretQuestion): Promise<SecretAnswer> {
    let secret = this.secrets.get(question.key);
    if (secret === undefined) {
      secret = new Secret();
      this.secrets.set(question.key, secret);
    }
    const turn = await secret.turn();
    if (turn === 'refused') return {state: 'refused'};
    try {
      secret.value ??= await this.ask({...question, echo: false});
    } finally {
      // Nobody, or a prompter that fails: whoever waits asks for himself.
      if (secret.value === undefined) turn('undecided');
    }
    if (secret.value === undefined) return {state: 'nobody'};
    return {state: 'answer', value: secret.value, settle: turn};
  }

  /** Asks and keeps nothing: one-time codes, and answers that can be checked at once. */
  ask(question: SecretQuestion & {readonly echo: boolean}): Promise<string | undefined> {
    const {prompter} = this;
    if (prompter === undefined) return Promise.resolve(undefined);
    const answer = this.asking.then(() => prompter.ask(question));
    this.asking = answer.then(
      (given) => {
        this.nobody ||= given === undefined;
      },
      () => undefined,
    );
    return answer;
  }
}

class Secret {
  value: string | undefined;
  private state: 'untried' | 'accepted' | 'refused' = 'untried';
  private trial: Promise<void> | undefined;

  /** Waits for the trial of another, if there is one; then the caller's own trial, to be settled. */
  async turn(): Promise<Loan['settle'] | 'refused'> {
    while (this.trial !== undefined) await this.trial;
    if (this.state === 'refused') return 'refused';
    if (this.state === 'accepted') return () => undefined;

    let finish = (): void => undefined;
    this.trial = new Promise((resolve) => {
      finish = resolve;
    });
    let settled = false;
    return (outcome) => {
      if (settled) return;
      settled = true;
      if (outcome !== 'undecided') this.state = outcome;
      this.trial = undefined;
      finish();
    };
  }
}
