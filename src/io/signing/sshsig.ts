import {createHash, createPrivateKey, createPublicKey, sign, verify} from 'node:crypto';
import type {KeyObject} from 'node:crypto';

import ssh2 from 'ssh2';

import type {HashAlgorithm} from './sshsig-format.js';
import {
  armor,
  dearmor,
  fingerprint,
  keyTypeOf,
  NAMESPACE,
  signedBytes,
  WireReader,
  wireString,
} from './sshsig-format.js';

/** A key that can sign, wherever it lives. */
export interface Signer {
  /** The public key in SSH wire format. */
  readonly publicKey: Buffer;
  /** Where the key is, for messages. */
  readonly description: string;
  /** Rejects with a sentence when the key does not sign (locked agent, refused confirmation). */
  sign(bytes: Buffer): Promise<{readonly algorithm: string; readonly signature: Buffer}>;
}

/** What a good signature says; who the key belongs to is another question (allowed-signers.ts). */
export interface Verified {
  readonly publicKey: Buffer;
  readonly fingerprint: string;
  readonly keyType: string;
}

/** Signs bytes; the result is what `ssh-keygen -Y verify -n zbufctl-report` takes. */
export function signMessage(
  message: Buffer,
  signer: Signer,
  namespace = NAMESPACE,
): Promise<string> {
  const passing = new PassingMessage();
  passing.see(message);
  return passing.signedBy(signer, namespace);
}

/** A message that is signed without being held: its hash is what a signature is over. */
export class PassingMessage {
  private readonly hash = createHash('sha512');

  /** The next of it. */
  see(piece: string | Buffer): void {
    this.hash.update(piece);
  }

  /** All of it has passed. */
  async signedBy(signer: Signer, namespace = NAMESPACE): Promise<string> {
    const made = await signer.sign(signedBytes(this.hash.digest(), namespace, 'sha512'));
    return armor({publicKey: signer.publicKey, namespace, hash: 'sha512', ...made});
  }
}

/**
 * Checks an armored signature over these bytes; a sentence when it does not hold. Says nothing
 * about whether the key is anybody's: everybody has a key.
 */
export const verifyMessage = (
  message: Buffer,
  armored: string,
  namespace = NAMESPACE,
): Verified | {readonly problem: string} => verifyDigest(digestsOf(message), armored, namespace);

export const digestsOf =
  (message: Buffer): DigestOf =>
  (hash) =>
    createHash(hash).update(message).digest();

/** A message's digest by the hash that its signature names. */
export type DigestOf = (hash: HashAlgorithm) => Buffer;

/** The same for a message that is not held. */
export function verifyDigest(
  digestOf: DigestOf,
  armored: string,
  namespace = NAMESPACE,
): Verified | {readonly problem: string} {
  const parsed = dearmor(armored);
  if ('problem' in parsed) return parsed;
  if (parsed.namespace !== namespace)
    return {
      problem: `it was made for ${JSON.stringify(parsed.namespace.slice(0, 60))}, not for ${namespace}`,
    };

  const keyType = keyTypeOf(parsed.publicKey);
  if (!ALGORITHMS.has(keyType))
    return {problem: `keys of type ${JSON.stringify(keyType.slice(0, 60))} are not supported`};
  if (ALGORITHMS.get(keyType)?.has(parsed.algorithm) !== true)
    return {
      problem: `a ${keyType} key does not sign with ${JSON.stringify(parsed.algorithm.slice(0, 60))}`,
    };

  const key = publicKeyObject(parsed.publicKey);
  const bytes = signedBytes(digestOf(parsed.hash), parsed.namespace, parsed.hash);
  if (key === undefined) return {problem: 'its public key can not be read'};
  const weak = weakness(key);
  if (weak !== undefined) return {problem: weak};
  if (!holds(bytes, parsed.algorithm, parsed.signature, key))
    return {problem: 'the signature does not belong to these bytes: they, or it, were changed'};
  return {publicKey: parsed.publicKey, fingerprint: fingerprint(parsed.publicKey), keyType};
}

/** Fewer bits are within reach of whoever wants to forge; NIST SP 800-131A asks for no less. */
export const LEAST_RSA_BITS = 2048;

/** Why an RSA key is too weak to vouch for anything; undefined for every other key. */
export function weakness(key: KeyObject): string | undefined {
  const bits =
    key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  return bits === undefined || bits >= LEAST_RSA_BITS
    ? undefined
    : `an RSA key of ${bits} bits is too weak; ${LEAST_RSA_BITS} are the least`;
}

/** The same for a public key in wire format. */
export function weaknessOf(publicKey: Buffer): string | undefined {
  const key = publicKeyObject(publicKey);
  return key === undefined ? undefined : weakness(key);
}

/** Signs with a private key held in memory. */
export function privateKeySigner(key: ssh2.ParsedKey, description: string): Signer {
  const object = createPrivateKey(key.getPrivatePEM());
  const algorithm = key.type === 'ssh-rsa' ? 'rsa-sha2-512' : key.type;
  return {
    publicKey: key.getPublicSSH(),
    description,
    sign: (bytes) => {
      const raw = sign(hashFor(algorithm), bytes, {key: object, dsaEncoding: 'ieee-p1363'});
      return Promise.resolve({algorithm, signature: isEcdsa(algorithm) ? toMpints(raw) : raw});
    },
  };
}

/** What each type of key may sign with. SHA-1 signatures of RSA keys are not among them. */
const ALGORITHMS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    'ssh-ed25519': ['ssh-ed25519'],
    'ssh-rsa': ['rsa-sha2-256', 'rsa-sha2-512'],
    'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
    'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
    'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  }).map(([type, algorithms]) => [type, new Set(algorithms)]),
);

export const supportedKeyTypes: readonly string[] = [...ALGORITHMS.keys()];

const isEcdsa = (algorithm: string): boolean => algorithm.startsWith('ecdsa-');

/** The hash inside the signature scheme (RFC 5656, RFC 8332); Ed25519 has its own. */
function hashFor(algorithm: string): string | null {
  switch (algorithm) {
    case 'rsa-sha2-256':
    case 'ecdsa-sha2-nistp256':
      return 'sha256';
    case 'ecdsa-sha2-nistp384':
      return 'sha384';
    case 'rsa-sha2-512':
    case 'ecdsa-sha2-nistp521':
      return 'sha512';
    default:
      return null;
  }
}

function publicKeyObject(wire: Buffer): KeyObject | undefined {
  const key = ssh2.utils.parseKey(`${keyTypeOf(wire)} ${wire.toString('base64')}`);
  if (key instanceof Error) return undefined;
  try {
    return createPublicKey(key.getPublicPEM());
  } catch {
    return undefined; // a point that is not on its curve, and the like
  }
}

function holds(bytes: Buffer, algorithm: string, signature: Buffer, key: KeyObject): boolean {
  const raw = isEcdsa(algorithm) ? fromMpints(signature, algorithm) : signature;
  if (raw === undefined) return false;
  try {
    return verify(hashFor(algorithm), bytes, {key, dsaEncoding: 'ieee-p1363'}, raw);
  } catch {
    return false;
  }
}

/** r and s side by side, as Node gives them, to two SSH mpints. */
function toMpints(raw: Buffer): Buffer {
  const half = raw.length / 2;
  return Buffer.concat(
    [raw.subarray(0, half), raw.subarray(half)].map((n) => wireString(mpint(n))),
  );
}

/** Shortest big-endian form that is not negative. */
function mpint(number: Buffer): Buffer {
  let at = 0;
  while (at < number.length && number[at] === 0) at += 1;
  const bare = number.subarray(at);
  return (bare[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bare]) : bare;
}

const CURVE_BYTES: Readonly<Record<string, number>> = {
  'ecdsa-sha2-nistp256': 32,
  'ecdsa-sha2-nistp384': 48,
  'ecdsa-sha2-nistp521': 66,
};

function fromMpints(signature: Buffer, algorithm: string): Buffer | undefined {
  const reader = new WireReader(signature, 0);
  const halves = [reader.string(), reader.string()];
  const size = CURVE_BYTES[algorithm] ?? 0;
  if (!reader.atEnd()) return undefined;
  const padded = halves.map((half) => {
    const bare = half === undefined ? undefined : mpint(half);
    const digits = bare?.[0] === 0 ? bare.subarray(1) : bare;
    return digits === undefined || digits.length > size
      ? undefined
      : Buffer.concat([Buffer.alloc(size - digits.length), digits]);
  });
  return padded.every((half) => half !== undefined) ? Buffer.concat(padded) : undefined;
}
