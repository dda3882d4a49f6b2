import {readFile} from 'node:fs/promises';

import type {AllowedSigners} from './allowed-signers.js';
import {principalsOf} from './allowed-signers.js';
import {errorCode} from '../files/io-error.js';
import type {DigestOf} from './sshsig.js';
import {verifyDigest} from './sshsig.js';

/**
 * - `good`: the signature holds, and the allowed signers say whose key it is.
 * - `good-unknown-key`: it holds, and nobody says whose key it is.
 * - `unsigned`: there is no signature at all. Nobody vouches for the file; nobody forged it either.
 * - `bad`: it does not hold, or the key may not sign this.
 */
export type SignatureCheck =
  | {readonly state: 'good'; readonly fingerprint: string; readonly principals: readonly string[]}
  | {readonly state: 'good-unknown-key'; readonly fingerprint: string}
  | {readonly state: 'unsigned'; readonly path: string}
  | {readonly state: 'bad'; readonly problem: string};

export interface CheckOptions {
  /** Absent: FILE.sig. */
  readonly signature?: string;
  readonly allowed?: AllowedSigners;
  readonly identity?: string;
  /** Milliseconds since the epoch: the time the key has to be valid at. */
  readonly now: number;
}

/**
 * Checks the signature that lies beside a file.
 * @param digestOf of the file as it was read: what is checked is what is used
 * @param namespace what the signature has to be for
 */
export async function checkSignatureOf(
  digestOf: DigestOf,
  file: string,
  namespace: string,
  options: CheckOptions,
): Promise<SignatureCheck> {
  const path = options.signature ?? `${file}.sig`;
  let armored: string;
  try {
    armored = await readFile(path, 'latin1');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // Who names a signature file says that there is one.
    return options.signature === undefined
      ? {state: 'unsigned', path}
      : {state: 'bad', problem: `there is no signature ${path}`};
  }
  const verified = verifyDigest(digestOf, armored, namespace);
  if ('problem' in verified) return {state: 'bad', problem: verified.problem};
  const {fingerprint, publicKey} = verified;
  if (options.allowed === undefined) return {state: 'good-unknown-key', fingerprint};

  const who = principalsOf(options.allowed, publicKey, {
    namespace,
    at: options.now,
    ...(options.identity === undefined ? {} : {identity: options.identity}),
  });
  return 'problem' in who
    ? {state: 'bad', problem: `${who.problem} (${fingerprint})`}
    : {state: 'good', fingerprint, principals: who};
}
