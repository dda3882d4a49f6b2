import type ssh2 from 'ssh2';

import type {Failure} from '../../../model/failure.js';
import {authFailure} from './auth-failure.js';
import type {Candidates, Unusable} from './identities.js';
import {KeyboardDialogue} from './keyboard-dialogue.js';
import {KeyOffers} from './key-offers.js';
import type {Attempt} from './key-offers.js';
import {TRIES} from '../secrets.js';
import type {PasswordAttempt, Secrets} from '../secrets.js';
import type {Target} from '../target.js';
import type {TimeLimit} from '../time-limit.js';

type Method = ssh2.AnyAuthMethod | false;

/**
 * sshd's default MaxAuthTries (sshd_config(5)). One is left for a password when there is somebody
 * to type it.
 */
const MOST_ATTEMPTS = 6;

/** Methods that need a person. */
type AskingMethod = 'keyboard-interactive' | 'password';

/** Everything a login needs beyond the connection. */
export interface LoginMeans {
  readonly target: Target;
  readonly candidates: Candidates;
  readonly secrets: Secrets;
  readonly limit: TimeLimit;
}

/**
 * Logs in to one host: keys (agent, files), keyboard-interactive, password, each once. ssh2 asks
 * `next` at the start and after every refusal.
 */
export class Authentication {
  private readonly keys: KeyOffers;
  /** What was tried; the last one is what got us in, once we are. */
  private readonly tried: Attempt[] = [];
  /** Steps of a login that needs several (AuthenticationMethods). */
  private readonly passed: string[] = [];
  /** How often a method that needs a person was begun. */
  private readonly begun = new Map<string, number>();
  private readonly notAsked: string[] = [];
  private allowed: readonly string[] = [];
  private loan: PasswordAttempt | undefined;
  /** The method a person's answer went to; another one would only send the same words again. */
  private answeredBy: AskingMethod | undefined;
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
    const mayType =
      secrets.canAsk && (target.methods.keyboardInteractive || target.methods.password);
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
    if (may('password') && target.methods.password && this.mayAsk('password'))
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
      tried: this.tried.filter(({what}) => what !== 'none'),
      passed: this.passed,
      notOffered: this.keys.notOffered,
      notAsked: this.notAsked,
      allowed: this.allowed,
      unsupported: [...candidates.unsupported, ...this.tickets()],
      notes: candidates.notes,
      answered: this.answeredBy !== undefined,
      withheld: this.withheld,
      ...(ended === undefined ? {} : {ended}),
    });
  }

  /** What ssh(1) could still try with a host that takes Kerberos tickets. */
  private tickets(): readonly Unusable[] {
    const takes = this.allowed.some((method) => method.startsWith('gssapi'));
    return takes && this.means.target.methods.gssapi ? [{why: 'gssapi', what: 'GSSAPI'}] : [];
  }

  private settle(outcome: 'accepted' | 'refused' | 'undecided'): void {
    this.loan?.settle(outcome);
    this.loan = undefined;
  }

  private note(what: string, method: Method): Method {
    this.tried.push({what});
    return method;
  }

  /**
   * Whether a method that needs a person may start: when there is one; and again when the answer
   * was wrong, as long as the server lets us.
   */
  private mayAsk(method: AskingMethod): boolean {
    const times = this.begun.get(method) ?? 0;
    if (this.answeredBy !== undefined && this.answeredBy !== method) return false;
    if (
      times > 0 &&
      (this.answeredBy === undefined || times >= TRIES || this.tried.length >= MOST_ATTEMPTS)
    )
      return false;
    this.begun.set(method, times + 1);
    if (this.means.secrets.canAsk) return true;
    if (times === 0) this.notAsked.push(method);
    return false;
  }

  private keyboardInteractive(): Method {
    const {target, limit, secrets} = this.means;
    const dialogue = new KeyboardDialogue(target, secrets, () =>
      this.borrowPassword('keyboard-interactive'),
    );
    return this.note('keyboard-interactive', {
      type: 'keyboard-interactive',
      username: target.user,
      prompt: (_name, _instructions, _lang, prompts, finish) => {
        void limit
          .pausedFor(() => dialogue.answer(prompts))
          .then((answers) => {
            if (answers === undefined) {
              if (!this.withheld) this.notAsked.push('keyboard-interactive');
              this.giveUp();
              return;
            }
            if (answers.length > 0) this.answeredBy = 'keyboard-interactive';
            finish([...answers]);
          })
          .catch(this.crash);
      },
    });
  }

  private async password(): Promise<Method> {
    const password = await this.means.limit.pausedFor(() => this.borrowPassword('password'));
    if (password === undefined) return false;
    this.answeredBy = 'password';
    return this.note('password', {type: 'password', username: this.means.target.user, password});
  }

  private async borrowPassword(method: AskingMethod): Promise<string | undefined> {
    const {target, secrets} = this.means;
    const answer = await secrets.passwordFor({
      key: `password:${target.user}@${target.hostname}:${target.port}`,
      text: `Password of ${target.user} on ${target.name}: `,
    });
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
    else if (method === 'password') this.notAsked.push('password');
    return undefined;
  }
}
