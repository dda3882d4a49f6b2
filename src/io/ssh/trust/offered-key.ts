import ssh2 from 'ssh2';

import {oncePer} from '../../../text/once-per.js';

/** How RSA keys sign (RFC 8332). SHA-1 is not among them. */
export const RSA_ALGORITHMS = ['rsa-sha2-512', 'rsa-sha2-256'] as const;
export type RsaAlgorithm = (typeof RSA_ALGORITHMS)[number];

const RSA_HASH: Readonly<Record<RsaAlgorithm, string>> = {
  'rsa-sha2-512': 'sha512',
  'rsa-sha2-256': 'sha256',
};

/** What ssh2 wanted signed, for whoever can do it. */
export interface WantedSignature {
  readonly data: Buffer;
  readonly hash: string | undefined;
}

/**
 * A key in the form ssh2 takes for the method `publickey`, whose signature may come later: from an
 * agent, or after a passphrase was typed. ssh2 signs at once or not at all, so when the server
 * wants the key and there is no signature yet, the attempt is broken off (the server counts
 * nothing: no signature was sent), and made again with it.
 *
 * ssh2's own method `agent` can wait, but then hides from us which methods the server has left, and
 * that a step of several was passed.
 */
export class OfferedKey {
  /** Set when the server wants the key and `signNow` had no signature. */
  wanted: WantedSignature | undefined;
  private signed: (WantedSignature & {readonly signature: Buffer}) | undefined;
  private readonly key: ssh2.ParsedKey;

  /**
   * @param signNow a signature if there can be one at once
   * @param algorithm for RSA keys: ssh2 would only try SHA-256, since servers name what they know
   *   and not what they accept (PubkeyAcceptedAlgorithms)
   */
  constructor(
    publicKey: Buffer,
    private readonly signNow: (data: Buffer, hash: string | undefined) => Buffer | undefined,
    private readonly algorithm?: RsaAlgorithm,
  ) {
    // Each offer has a signature of its own to wait for; the key behind it is one for all hosts.
    this.key = Object.assign(Object.create(parsed(publicKey)) as ssh2.ParsedKey, {
      isPrivateKey: () => true,
      sign: (data: Buffer, hash?: string) => this.sign(data, hash),
      // ssh2 takes a type it does not know for the name of the signature algorithm, which is what
      // we want said.
      ...(algorithm === undefined ? {} : {type: algorithm}),
    });
  }

  /** The attempt, for ssh2. */
  method(username: string): ssh2.PublicKeyAuthMethod {
    return {type: 'publickey', username, key: this.key};
  }

  /** Gives the signature that was wanted; the attempt is then to be made again. */
  provide(signature: Buffer): void {
    if (this.wanted !== undefined) this.signed = {...this.wanted, signature};
    this.wanted = undefined;
  }

  private sign(data: Buffer, wish: string | undefined): Buffer | Error {
    const hash = this.algorithm === undefined ? wish : RSA_HASH[this.algorithm];
    if (this.signed?.data.equals(data) === true && this.signed.hash === hash)
      return this.signed.signature;
    const signature = this.signNow(data, hash);
    if (signature !== undefined) return signature;
    this.wanted = {data: Buffer.from(data), hash};
    return new Error('the signature comes later');
  }
}

/** A run offers the same few keys to every host. */
const parsed = oncePer((publicKey: Buffer): ssh2.ParsedKey => {
  const key = ssh2.utils.parseKey(publicKey);
  if (key instanceof Error) throw key;
  return key;
});
