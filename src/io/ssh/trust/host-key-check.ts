import {createHmac, randomBytes} from 'node:crypto';

import type {Failure} from '../../../model/failure.js';
import {fingerprint, keyTypeOf} from '../../signing/sshsig-format.js';
import * as refuse from './host-key-failures.js';
import {hostKeyAlgorithms, judgeHostKey, knownNames} from './host-key-verdict.js';
import type {KnownNames} from './host-key-verdict.js';
import type {HostNames, KnownHostsIndex} from './known-hosts.js';
import {knownHostsLine} from './known-hosts-store.js';
import type {KnownHostsStore} from './known-hosts-store.js';
import {rsaBits} from './rsa-bits.js';
import type {Target} from '../target.js';

/**
 * Decides about one host's key: before the key exchange what to ask for, during it yes or no, after
 * it what to store.
 */
export class HostKeyCheck {
  /** Why the key was refused; absent as long as it was not. */
  failure: Failure | undefined;
  /** SHA256:..., set once the host has shown its key. */
  fingerprint = '';
  keyType = '';
  private toStore: Buffer | undefined;
  private readonly names: KnownNames;

  private constructor(
    private readonly target: Target,
    private readonly store: KnownHostsStore,
    private readonly indexes: readonly KnownHostsIndex[],
    private readonly acceptNew: boolean,
  ) {
    this.names = knownNames(target.hostname, target.port, target.hostKeyAlias);
  }

  /**
   * Reads the known_hosts files. A file that cannot be read refuses the host: it may hold the line
   * that would.
   */
  static async prepare(
    target: Target,
    store: KnownHostsStore,
    acceptNew: boolean,
  ): Promise<HostKeyCheck | Failure> {
    const indexes = await store.load(target.knownHosts);
    return 'file' in indexes
      ? refuse.unreadable(indexes)
      : new HostKeyCheck(target, store, indexes, acceptNew);
  }

  /** Signature algorithms to offer, the known keys' first. */
  get algorithms(): string[] {
    return hostKeyAlgorithms(this.indexes, this.names);
  }

  /** ssh2's hostVerifier: whether the exchange may go on with this key. */
  verify(key: Buffer): boolean {
    this.fingerprint = fingerprint(key);
    this.keyType = keyTypeOf(key);
    const verdict = judgeHostKey(this.indexes, this.names, key);
    const shown = this.shown(key);
    if (verdict.verdict !== 'revoked' && isWeak(key)) {
      this.failure = refuse.weak(shown);
      return false;
    }
    switch (verdict.verdict) {
      case 'trusted':
        return true;
      case 'revoked':
        this.failure = refuse.revoked(shown, verdict.by);
        return false;
      case 'changed':
        this.failure = refuse.changed(shown, verdict.known);
        return false;
      case 'authority-only':
      case 'unknown':
        if (this.acceptNew) {
          this.toStore = key;
          return true;
        }
        this.failure =
          verdict.verdict === 'unknown'
            ? refuse.unknown(shown)
            : refuse.authorityOnly(shown, verdict.by);
        return false;
    }
  }

  private namesToWrite(): HostNames {
    return this.target.hashKnownHosts ? hashed(this.names.name) : plain(this.names.name);
  }

  private shown(key: Buffer): refuse.ShownKey {
    const line = knownHostsLine({keyType: keyTypeOf(key), key, names: this.namesToWrite()});
    return {target: this.target, name: this.names.name, key, line};
  }

  /** To be called when the exchange has proved that the host holds the key: stores a new one. */
  async confirm(): Promise<Failure | undefined> {
    const key = this.toStore;
    if (key === undefined) return undefined;
    this.toStore = undefined;
    const [file] = this.target.knownHosts;
    if (file === undefined) return undefined;
    const line = {keyType: keyTypeOf(key), key, names: this.namesToWrite()};
    try {
      const verdict = await this.store.add(file, this.indexes, this.names, line);
      const shown = this.shown(key);
      if (verdict?.verdict === 'changed') this.failure = refuse.changed(shown, verdict.known);
      if (verdict?.verdict === 'revoked') this.failure = refuse.revoked(shown, verdict.by);
    } catch (error) {
      this.failure = refuse.notStored(this.target, file, error);
    }
    return this.failure;
  }
}

/**
 * Bits of an RSA key below which its signature proves nothing today (NIST SP 800-57: 112 bits of
 * strength).
 */
const FEWEST_BITS = 2048;

function isWeak(key: Buffer): boolean {
  const bits = rsaBits(key);
  return bits !== undefined && bits < FEWEST_BITS;
}

const plain = (name: string): HostNames => ({form: 'patterns', patterns: [name.toLowerCase()]});

function hashed(name: string): HostNames {
  const salt = randomBytes(20);
  return {form: 'hashed', salt, hash: createHmac('sha1', salt).update(name.toLowerCase()).digest()};
}
