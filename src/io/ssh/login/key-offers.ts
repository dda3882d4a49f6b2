import type ssh2 from 'ssh2';

import {keyTypeOf} from '../../signing/sshsig-format.js';
import {mostPromising} from './identities.js';
import type {Identity} from './identities.js';
import {KeyProblem} from './key-files.js';
import type {KeyProblemCause} from './key-files.js';
import {OfferedKey, RSA_ALGORITHMS} from '../trust/offered-key.js';
import type {TimeLimit} from '../time-limit.js';

/** One attempt to log in, for the story told when all fail. */
export interface Attempt {
  what: string;
  /** Why it failed on our side; absent: the server refused it. */
  problem?: string | undefined;
  /** The same as a word, where something else than the server's refusal decides what to do. */
  cause?: KeyProblemCause | undefined;
  /** The file of the key, where it has one. */
  path?: string;
}

/** Offers keys one after the other. */
export class KeyOffers {
  /** Keys left out because servers allow only so many attempts. */
  readonly notOffered: number;
  private readonly identities: readonly Identity[];
  private at = 0;
  /** RSA keys whose SHA-512 signature was not wanted; their turn comes again after all others. */
  private readonly again: Identity[] = [];
  private offers = 0;
  private current:
    {readonly identity: Identity; readonly attempt: Attempt; readonly key: OfferedKey} | undefined;

  /** @param tried where attempts are noted */
  constructor(
    candidates: readonly Identity[],
    private readonly most: number,
    private readonly user: string,
    private readonly limit: TimeLimit,
    private readonly tried: Attempt[],
  ) {
    const {offered, left} = mostPromising(candidates, most);
    this.identities = offered;
    this.notOffered = left;
  }

  /**
   * Deals with the key offered last.
   * @returns whether the server has judged it; if not, the same key with its signature when there
   *   is one now
   */
  async resume(): Promise<{readonly judged: boolean; readonly method?: ssh2.PublicKeyAuthMethod}> {
    const {current} = this;
    this.current = undefined;
    if (current === undefined) return {judged: true};
    const {identity, attempt, key} = current;
    const {wanted} = key;
    if (wanted === undefined) return {judged: true};
    try {
      key.provide(await this.unhurried(identity, () => identity.sign(wanted.data, wanted.hash)));
      return {judged: false, method: key.method(this.user)};
    } catch (error) {
      note(attempt, error);
      return {judged: false};
    }
  }

  /** The next key; undefined when there is none left. */
  async next(): Promise<ssh2.PublicKeyAuthMethod | undefined> {
    for (;;) {
      const first = this.identities[this.at];
      const identity = first ?? this.again[this.at - this.identities.length];
      if (identity === undefined || (first === undefined && this.offers >= this.most))
        return undefined;
      this.at += 1;
      this.offers += 1;
      const attempt: Attempt = {
        what: identity.label,
        ...(identity.path === undefined ? {} : {path: identity.path}),
      };
      this.tried.push(attempt);
      try {
        const publicKey = await this.unhurried(identity, () => identity.publicKey());
        const isRsa = keyTypeOf(publicKey) === 'ssh-rsa';
        const algorithm = isRsa ? RSA_ALGORITHMS[first === undefined ? 1 : 0] : undefined;
        const key = new OfferedKey(
          publicKey,
          (data, hash) => identity.signNow(data, hash),
          algorithm,
        );
        attempt.what = `publickey ${algorithm ?? keyTypeOf(publicKey)} (${identity.label})`;
        // Most servers that refuse it do not know the key at all, so this waits until all others
        // were tried.
        if (isRsa && first !== undefined) this.again.push(identity);
        this.current = {identity, attempt, key};
        return key.method(this.user);
      } catch (error) {
        note(attempt, error);
      }
    }
  }

  /** The clock stands still only when a person has to type. */
  private unhurried<T>(identity: Identity, job: () => Promise<T>): Promise<T> {
    return identity.asks ? this.limit.pausedFor(job) : job();
  }
}

function note(attempt: Attempt, error: unknown): void {
  attempt.problem = error instanceof Error ? error.message : String(error);
  attempt.cause = error instanceof KeyProblem ? error.cause : undefined;
}
