import {readFile} from 'node:fs/promises';

import {OperatorError} from '../model/operator-error.js';
import type {AllowedSigners} from './allowed-signers.js';
import {parseAllowedSigners, principalsOf} from './allowed-signers.js';
import {readGivenFile} from './given-file.js';
import {errorCode} from './io-error.js';
import {NAMESPACE} from './sshsig-format.js';
import {verifyMessage} from './sshsig.js';

/**
 * - `good`: the signature holds, and the allowed signers say whose key it is.
 * - `good-unknown-key`: it holds, and nobody says whose key it is.
 * - `unsigned`: there is no signature at all. Nobody vouches for the report; nobody forged it either.
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

/** Checks a report's signature. Throws OperatorError when the report itself can not be read. */
export async function checkSignature(file: string, options: CheckOptions): Promise<SignatureCheck> {
  const bytes = await readGivenFile(file);
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
  const verified = verifyMessage(bytes, armored);
  if ('problem' in verified) return {state: 'bad', problem: verified.problem};
  const {fingerprint, publicKey} = verified;
  if (options.allowed === undefined) return {state: 'good-unknown-key', fingerprint};

  const who = principalsOf(options.allowed, publicKey, {
    namespace: NAMESPACE,
    at: options.now,
    ...(options.identity === undefined ? {} : {identity: options.identity}),
  });
  return 'problem' in who
    ? {state: 'bad', problem: `${who.problem} (${fingerprint})`}
    : {state: 'good', fingerprint, principals: who};
}

/** Reads an allowed_signers file. Throws OperatorError with every line that was not understood. */
export async function readAllowedSigners(file: string): Promise<AllowedSigners> {
  const text = (await readGivenFile(file)).toString('utf8');
  const allowed = parseAllowedSigners(text);
  if (allowed.problems.length > 0)
    throw new OperatorError(
      allowed.problems.map((problem) => `${file}: ${problem}`).join('\n'),
      'See ALLOWED SIGNERS in ssh-keygen(1).',
    );
  return allowed;
}

/** A run a report rests on, and its place in the chain; the place is missing in reports of older versions. */
export interface ReportedLink {
  readonly head: string;
  readonly sequence?: number;
  /** The head of the chain's first run: which chain it is. */
  readonly first?: string;
}

/** The hash chains a JSON report rests on, by run; empty for other formats. */
export async function chainLinksIn(file: string): Promise<ReadonlyMap<string, ReportedLink>> {
  const text = (await readGivenFile(file)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  if (!isRecord(value) || value['schema'] !== 'zbufctl.report/1' || !Array.isArray(value['runs']))
    return new Map();
  const links = (value['runs'] as readonly unknown[]).flatMap((run): [string, ReportedLink][] => {
    if (!isRecord(run) || !isRecord(run['chain'])) return [];
    const {head, sequence, first} = run['chain'];
    if (typeof run['run'] !== 'string' || typeof head !== 'string') return [];
    const link = {
      head,
      ...(typeof sequence === 'number' && Number.isSafeInteger(sequence) ? {sequence} : {}),
      ...(typeof first === 'string' ? {first} : {}),
    };
    return [[run['run'], link]];
  });
  return new Map(links);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
