import {sanitize} from '../../../text/sanitize.js';
import {shownPrompt} from '../login/keyboard-dialogue.js';
import type {PasswordAttempt, SecretAnswer, SecretQuestion, Secrets} from '../secrets.js';
import type {Target} from '../target.js';
import type {TimeLimit} from '../time-limit.js';
import type {SshQuestion} from './ask-server.js';

/** A server may ask in several rounds; a hostile one would ask for ever. */
const MOST_QUESTIONS = 12;

/** What a question of ssh(1) is about. */
export type About =
  | {readonly about: 'password'; readonly method: 'password' | 'keyboard-interactive'}
  | {readonly about: 'key'; readonly what: string; readonly path: string}
  | {readonly about: 'other'};

/**
 * Answers the questions of the ssh(1) of one host from the secrets of the run, with the same
 * questions to the person as when the ssh2 library asks.
 */
export class Answers {
  /** What was not answered; it is then ssh's turn to be ended. */
  unanswered: string | undefined;
  /** The host has refused as many passwords as may be tried. */
  withheld = false;
  /** A password or code went to the host. */
  answered = false;
  private readonly loans = new Map<string, PasswordAttempt>();
  private asked = 0;

  constructor(
    private readonly means: {
      readonly target: Target;
      readonly secrets: Secrets;
      readonly limit: () => TimeLimit;
      readonly say: (message: string) => void;
    },
  ) {}

  /** undefined: there is no answer. */
  async answer(question: SshQuestion): Promise<string | undefined> {
    const {target, limit, say} = this.means;
    const {hint, text} = question;
    if (hint === 'none') {
      say(`${target.name}: ${sanitize(text.trim(), {limit: 200})}`);
      return undefined;
    }
    this.asked += 1;
    if (hint === 'confirm' || this.asked > MOST_QUESTIONS) return this.giveUp('a confirmation');
    return limit().pausedFor(() => this.find(text));
  }

  /** To be called when it is known whether we are in. */
  settle(outcome: 'accepted' | 'refused' | 'undecided'): void {
    for (const loan of this.loans.values()) loan.settle(outcome);
    this.loans.clear();
  }

  private find(text: string): Promise<string | undefined> {
    const {user, hostname, port, name} = this.means.target;
    const meaning = meaningOf(text, this.means.target);
    switch (meaning.about) {
      case 'password':
        return this.borrow(meaning.method, {
          key: `password:${user}@${hostname}:${port}`,
          text: `Password of ${user} on ${name}: `,
        });
      case 'key':
        return this.borrow(`the ${meaning.what} of ${meaning.path}`, {
          key: `${meaning.what}:${meaning.path}`,
          text: `${meaning.what === 'PIN' ? 'PIN' : 'Passphrase'} of ${meaning.path}: `,
        });
      case 'other':
        return this.ask(text);
    }
  }

  private async borrow(what: string, question: SecretQuestion): Promise<string | undefined> {
    // Asked once more: what was given was wrong.
    this.loans.get(question.key)?.settle('refused');
    const answer: SecretAnswer = await this.means.secrets.passwordFor(question);
    if (answer.state !== 'answer') {
      this.withheld ||= answer.state === 'refused';
      return this.giveUp(what);
    }
    this.loans.set(question.key, answer);
    if (question.key.startsWith('password:')) this.answered = true;
    return answer.value;
  }

  private async ask(text: string): Promise<string | undefined> {
    const {target, secrets} = this.means;
    const {user, hostname, port, name} = target;
    const answer = await secrets.ask({
      key: `question:${user}@${hostname}:${port}#${this.asked}`,
      text: `${name} asks ${user}: ${shownPrompt(withoutPlace(text))} `,
      echo: false,
    });
    if (answer === undefined) return this.giveUp('keyboard-interactive');
    this.answered = true;
    return answer;
  }

  private giveUp(what: string): string | undefined {
    this.unanswered ??= what;
    return undefined;
  }
}

/** ssh(1) puts `(user@host) ` before what a server asks (sshconnect2.c, 8.5 and later: reading). */
const withoutPlace = (text: string): string => text.replace(/^\([^()\s]+@[^()\s]+\) /, '');

/**
 * What a question is about. A question counts as one for the password of this host only when it
 * names the host as ssh does: an ssh in a ProxyCommand asks through the same helper.
 */
export function meaningOf(
  text: string,
  {user, hostname}: Pick<Target, 'user' | 'hostname'>,
): About {
  // ssh cuts the name at 30 characters (sshconnect2.c: reading).
  if (text === `${user.slice(0, 30)}@${hostname}'s password: `)
    return {about: 'password', method: 'password'};
  const key = /^Enter (passphrase|PIN) for (?:key '?|\S+ key )(.+?)'?: $/.exec(text);
  if (key !== null) return {about: 'key', what: key[1] ?? '', path: key[2] ?? ''};
  const place = `(${user}@${hostname}) `;
  if (
    text.startsWith(place) &&
    /^[^\n]{0,100}passwor[dt][^\n]{0,100}$/i.test(text.slice(place.length))
  )
    return {about: 'password', method: 'keyboard-interactive'};
  return {about: 'other'};
}
