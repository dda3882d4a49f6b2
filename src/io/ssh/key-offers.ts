import type ssh2 from 'ssh2';

import {keyTypeOf} from '../sshsig-format.js';
import {mostPromising} from './identities.js';
import type {Identity} from './identities.js';
import {OfferedKey} from './offered-key.js';
import type {TimeLimit} from './time-limit.js';

/** One attempt to log in, for the story told when all fail. */
export interface Attempt {
  what: string;
  /** Why it failed on our side; absent: the server refused it. */
  problem?: string | undefined;
}

/** Offers keys one after the other. */
export class KeyOffers {
  /** Keys left out because servers allow only so many attempts. */
  readonly notOffered: number;
  private readonly identities: readonly Identity[];
  private at = 0;
  private current:
    {readonly identity: Identity; readonly attempt: Attempt; readonly key: OfferedKey} | undefined;

  /** @param tried where attempts are noted */
  constructor(
    candidates: readonly Identity[],
    most: number,
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
   * @returns whether the server has judged it; if not, the same key with its signature when there is one now
   */
  async resume(): Promise<{readonly judged: boolean; readonly method?: ssh2.PublicKeyAuthMethod}> {
    const {current} = this;
    this.current = undefined;
    if (current === undefined) return {judged: true};
    const {identity, attempt, key} = current;
    const {wanted} = key;
    if (wanted === undefined) {
      attempt.problem = key.problem;
      return {judged: key.problem === undefined};
    }
    try {
      key.provide(await this.unhurried(identity, () => identity.sign(wanted.data, wanted.hash)));
      return {judged: false, method: key.method(this.user)};
    } catch (error) {
      attempt.problem = reason(error);
      return {judged: false};
    }
  }

  /** The next key; undefined when there is none left. */
  async next(): Promise<ssh2.PublicKeyAuthMethod | undefined> {
    for (;;) {
      const identity = this.identities[this.at++];
      if (identity === undefined) return undefined;
      const attempt: Attempt = {what: identity.label};
      this.tried.push(attempt);
      try {
        const publicKey = await this.unhurried(identity, () => identity.publicKey());
        const key = new OfferedKey(publicKey, (data, hash) => identity.signNow(data, hash));
        attempt.what = `publickey ${keyTypeOf(publicKey)} (${identity.label})`;
        this.current = {identity, attempt, key};
        return key.method(this.user);
      } catch (error) {
        attempt.problem = reason(error);
      }
    }
  }

  /** The clock stands still only when a person has to type. */
  private unhurried<T>(identity: Identity, job: () => Promise<T>): Promise<T> {
    return identity.asks ? this.limit.pausedFor(job) : job();
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
