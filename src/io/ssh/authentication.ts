import type ssh2 from 'ssh2';

import type {Failure} from '../../model/failure.js';
import {authFailure} from './auth-failure.js';
import type {Candidates} from './identities.js';
import {KeyboardDialogue} from './keyboard-dialogue.js';
import {KeyOffers} from './key-offers.js';
import type {Attempt} from './key-offers.js';
import type {Loan, Secrets} from './secrets.js';
import type {Target} from './target.js';
import type {TimeLimit} from './time-limit.js';

type Method = ssh2.AnyAuthMethod | false;

/** sshd's default MaxAuthTries (sshd_config(5)). One is left for a password when there is somebody to type it. */
const MOST_ATTEMPTS = 6;

/** Everything a login needs beyond the connection. */
export interface LoginMeans {
  readonly target: Target;
  readonly candidates: Candidates;
  readonly secrets: Secrets;
  readonly sharePasswords: boolean;
  readonly limit: TimeLimit;
}

/**
 * Logs in to one host: keys (agent, files), keyboard-interactive, password, each once. ssh2 asks `next` at the start
 * and after every refusal.
 */
export class Authentication {
  private readonly keys: KeyOffers;
  /** What was tried; the last one is what got us in, once we are. */
  private readonly tried: Attempt[] = [];
  /** Steps of a login that needs several (AuthenticationMethods). */
  private readonly passed: string[] = [];
  private readonly begun = new Set<string>();
  private readonly notAsked: string[] = [];
  private allowed: readonly string[] = [];
  private loan: Loan | undefined;
  private answered = false;
  private withheld = false;
  private over = false;

  /**
   * @param giveUp ends the connection; the failure is then `failure()`
   * @param crash takes what a defect threw where nobody waits for it
   */
  constructor(
    private readonly means: LoginMeans,
    private readonly giveUp: () => void,
    private readonly crash: (error: unknown) => void,
  ) {
    const {target, candidates, secrets} = means;
    const mayType = secrets.canAsk && (target.methods.keyboardInteractive || target.methods.password);
    this.keys = new KeyOffers(
      candidates.identities,
      MOST_ATTEMPTS - (mayType ? 1 : 0),
      target.user,
      means.limit,
      this.tried,
    );
  }

  /** What to try next. Both arguments are null before the first attempt. */
  async next(allowed: readonly string[] | null, partial: boolean | null): Promise<Method> {
    const {target} = this.means;
    const {judged, method: again} = await this.keys.resume();
    if (again !== undefined) return again;
    if (judged) this.settle(partial === true ? 'accepted' : 'refused');
    if (judged && partial === true) this.passed.push(this.tried.pop()?.what ?? '');
    if (allowed !== null) this.allowed = allowed;
    const may = (method: string): boolean => allowed === null || allowed.includes(method);

    const key = may('publickey') ? await this.keys.next() : undefined;
    if (key !== undefined) return key;
    // Nothing to offer yet: ask what the server takes. Servers do not count this as a failure.
    if (allowed === null) return this.note('none', {type: 'none', username: target.user});
    if (
      may('keyboard-interactive') &&
      target.methods.keyboardInteractive &&
      this.mayAsk('keyboard-interactive')
    )
      return this.keyboardInteractive();
    // The same words over another method are refused again, and count again.
    if (may('password') && target.methods.password && !this.answered && this.mayAsk('password'))
      return this.password();
    return false;
  }

  /** How we got in, for people and for the evidence. */
  succeeded(): string {
    this.settle('accepted');
    return [...this.passed, this.tried.at(-1)?.what ?? 'none'].join(' + ');
  }

  /** The connection is gone before the server has decided. */
  abandon(): void {
    this.over = true;
    this.settle('undecided');
  }

  /** @param ended what the server said when it was the server who gave up */
  failure(ended?: string): Failure {
    this.settle('refused');
    const {target, candidates} = this.means;
    return authFailure({
      target,
      tried: this.tried
        .filter(({what}) => what !== 'none')
        .map(({what, problem}) => (problem === undefined ? what : `${what}: ${problem}`)),
      notOffered: this.keys.notOffered,
      notAsked: this.notAsked,
      allowed: this.allowed,
      unsupported: candidates.unsupported,
      notes: candidates.notes,
      answered: this.answered,
      withheld: this.withheld,
      ...(ended === undefined ? {} : {ended}),
    });
  }

  private settle(outcome: 'accepted' | 'refused' | 'undecided'): void {
    this.loan?.settle(outcome);
    this.loan = undefined;
  }

  private note(what: string, method: Method): Method {
    this.tried.push({what});
    return method;
  }

  /** Whether a method that needs a person may start: once, and only when there is one. */
  private mayAsk(method: string): boolean {
    if (this.begun.has(method)) return false;
    this.begun.add(method);
    if (this.means.secrets.canAsk) return true;
    this.notAsked.push(method);
    return false;
  }

  private keyboardInteractive(): Method {
    const {target, limit, secrets} = this.means;
    const dialogue = new KeyboardDialogue(target, secrets, () => this.borrowPassword());
    return this.note('keyboard-interactive', {
      type: 'keyboard-interactive',
      username: target.user,
      prompt: (_name, _instructions, _lang, prompts, finish) => {
        void limit
          .pausedFor(() => dialogue.answer(prompts))
          .then((answers) => {
            if (answers === undefined) {
              this.giveUp();
              return;
            }
            this.answered ||= answers.length > 0;
            finish([...answers]);
          })
          .catch(this.crash);
      },
    });
  }

  private async password(): Promise<Method> {
    const password = await this.means.limit.pausedFor(() => this.borrowPassword());
    if (password === undefined) return false;
    this.answered = true;
    return this.note('password', {type: 'password', username: this.means.target.user, password});
  }

  private async borrowPassword(): Promise<string | undefined> {
    const {target, secrets, sharePasswords} = this.means;
    const answer = await secrets.borrow(
      sharePasswords
        ? {key: `password:${target.user}`, text: `Password of ${target.user} on all hosts: `}
        : {
            key: `password:${target.user}@${target.hostname}:${target.port}`,
            text: `Password of ${target.user} on ${target.name}: `,
          },
    );
    if (answer.state === 'answer') {
      if (this.over) {
        // The host went away while somebody was typing; others may be waiting to use the answer.
        answer.settle('undecided');
        return undefined;
      }
      this.loan = answer;
      return answer.value;
    }
    if (answer.state === 'refused') this.withheld = true;
    else this.notAsked.push('password');
    return undefined;
  }
}
