import type {Prompter} from '../../model/transport.js';

/** A question for a person. */
export interface SecretQuestion {
  /** Equal keys have one answer in this run. */
  readonly key: string;
  readonly text: string;
  /**
   * The same question for one host alone, asked when the answer that fits others was refused there.
   */
  readonly own?: {readonly key: string; readonly text: string};
}

/** An answer to send once, and where to say what came of it. */
export interface PasswordAttempt {
  readonly state: 'answer';
  readonly value: string;
  /**
   * It worked, it did not, or nobody knows (the connection was lost). Only the first call counts.
   */
  settle(outcome: AttemptOutcome): void;
}

export type AttemptOutcome = 'accepted' | 'refused' | 'undecided';

export type SecretAnswer =
  | PasswordAttempt
  | {readonly state: 'nobody'} //  there is nobody to ask, or no answer was given
  | {readonly state: 'refused'}; // this host has refused as many answers as may be tried

/**
 * How often a mistyped password may be typed again for one host; as ssh(1)'s
 * NumberOfPasswordPrompts.
 */
export const TRIES = 3;

/**
 * Passwords of this run, in memory only. A question is asked once, and one question at a time. As
 * long as an answer has not proved right it is lent to one asker at a time, and once refused it is
 * forgotten: a mistyped password that many hosts share makes one failed login, not one on each
 * host. One that has proved right elsewhere and is refused by a host is kept for the others, and
 * the host is asked for by itself.
 */
export class Secrets {
  private readonly secrets = new Map<string, Secret>();
  /** By the host's own key. */
  private readonly refusals = new Map<string, number>();
  /** Hosts (own keys) that need another answer than the shared one. */
  private readonly exceptions = new Set<string>();
  private asking: Promise<unknown> = Promise.resolve();
  private nobody = false;

  constructor(private readonly prompter: Prompter | undefined) {}

  /** Whether there is somebody to ask, as far as is known. */
  get canAsk(): boolean {
    return this.prompter !== undefined && !this.nobody;
  }

  /** Whether a host that has refused an answer may be given another. */
  mayAskAgain(question: SecretQuestion): boolean {
    return this.canAsk && !this.isSpent(question);
  }

  /**
   * The answer to a question, asked the first time only; waits while another asker is trying it.
   */
  async passwordFor(question: SecretQuestion): Promise<SecretAnswer> {
    const {key: host} = question.own ?? question;
    if (this.isSpent(question)) return {state: 'refused'};
    const {key, text} = this.exceptions.has(host) ? (question.own ?? question) : question;
    let secret = this.secrets.get(key);
    if (secret === undefined) {
      secret = new Secret();
      this.secrets.set(key, secret);
    }
    const turn = await secret.turn();
    try {
      // The prompter answers equal keys alike, and this is another question.
      secret.value ??= await this.ask({
        key: secret.refused === 0 ? key : `${key}#${secret.refused}`,
        text: `${secret.refused === 0 ? '' : 'Wrong password. '}${text}`,
        echo: false,
      });
    } finally {
      // Nobody, or a prompter that fails: whoever waits asks for himself.
      if (secret.value === undefined) turn('undecided');
    }
    if (secret.value === undefined) return {state: 'nobody'};
    return {
      state: 'answer',
      value: secret.value,
      settle: this.settling(secret, host, key !== host, turn),
    };
  }

  private settling(
    secret: Secret,
    host: string,
    isShared: boolean,
    turn: PasswordAttempt['settle'],
  ): PasswordAttempt['settle'] {
    let settled = false;
    return (outcome) => {
      if (settled) return;
      settled = true;
      if (outcome === 'refused') {
        this.refusals.set(host, (this.refusals.get(host) ?? 0) + 1);
        if (secret.isProven && isShared) this.exceptions.add(host);
        else secret.forget();
      }
      turn(outcome);
    };
  }

  private isSpent({key, own}: SecretQuestion): boolean {
    return (this.refusals.get(own?.key ?? key) ?? 0) >= TRIES;
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
  /** How many values of it were wrong. */
  refused = 0;
  private proven = false;
  private trial: Promise<void> | undefined;

  /** It has been accepted somewhere. */
  get isProven(): boolean {
    return this.proven;
  }

  /** It was wrong, or is no longer right. */
  forget(): void {
    this.value = undefined;
    this.proven = false;
    this.refused += 1;
  }

  /**
   * Waits for the trial of another, if there is one; then the caller's own trial, to be settled.
   */
  async turn(): Promise<PasswordAttempt['settle']> {
    while (this.trial !== undefined) await this.trial;
    if (this.proven) return () => undefined;

    let finish = (): void => undefined;
    this.trial = new Promise((resolve) => {
      finish = resolve;
    });
    return (outcome) => {
      if (outcome === 'accepted') this.proven = true;
      this.trial = undefined;
      finish();
    };
  }
}
