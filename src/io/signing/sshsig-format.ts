import {createHash} from 'node:crypto';

/**
 * The SSH signature format, as OpenSSH's PROTOCOL.sshsig describes it: an armored blob that names
 * the key, the namespace and the hash, and a signature over those and the hash of the message.
 * Nothing here touches a key.
 */

/**
 * What the signature is for. Keeps a signature made for one purpose from being used for another.
 */
export const NAMESPACE = 'zbufctl-report';
/** The same for plans. */
export const PLAN_NAMESPACE = 'zbufctl-plan';

export type HashAlgorithm = 'sha256' | 'sha512';

/** A signature taken apart, not verified. */
export interface SshSignature {
  /** The public key in SSH wire format. */
  readonly publicKey: Buffer;
  readonly namespace: string;
  readonly hash: HashAlgorithm;
  /** e.g. ssh-ed25519, rsa-sha2-512, ecdsa-sha2-nistp256 */
  readonly algorithm: string;
  /** The signature itself, in the key type's SSH encoding. */
  readonly signature: Buffer;
}

const MAGIC = Buffer.from('SSHSIG');
const VERSION = 1;
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
/** Larger than any signature of a key ssh-keygen makes (16384-bit RSA gives some 6 kB). */
const LONGEST = 65_536;

/** A string of the SSH wire format: its length in four bytes, then its bytes. */
export function wireString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/**
 * The bytes that are signed: not the message, but its hash with everything a verifier must agree
 * on.
 * @param digest of the message, by that hash
 */
export function signedBytes(digest: Buffer, namespace: string, hash: HashAlgorithm): Buffer {
  return Buffer.concat([
    MAGIC,
    wireString(namespace),
    wireString(''),
    wireString(hash),
    wireString(digest),
  ]);
}

/** The armored text, as `ssh-keygen -Y sign` writes it. */
export function armor(signature: SshSignature): string {
  const version = Buffer.alloc(4);
  version.writeUInt32BE(VERSION);
  const blob = Buffer.concat([
    MAGIC,
    version,
    wireString(signature.publicKey),
    wireString(signature.namespace),
    wireString(''),
    wireString(signature.hash),
    wireString(Buffer.concat([wireString(signature.algorithm), wireString(signature.signature)])),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return [BEGIN, ...lines, END, ''].join('\n');
}

/**
 * Reads an armored signature; a sentence when it is none, or one of a kind this version does not
 * know.
 */
export function dearmor(text: string): SshSignature | {readonly problem: string} {
  if (text.length > LONGEST) return {problem: `a signature of ${text.length} characters is none`};
  const lines = text.trim().split(/\r?\n/);
  if (lines[0] !== BEGIN || lines.at(-1) !== END)
    return {problem: 'it is not an armored SSH signature'};
  const base64 = lines.slice(1, -1).join('');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    return {problem: 'its armor holds something that is not base64'};
  return parse(Buffer.from(base64, 'base64'));
}

function parse(blob: Buffer): SshSignature | {readonly problem: string} {
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC))
    return {problem: 'it does not start with SSHSIG'};
  const reader = new WireReader(blob, MAGIC.length);
  const version = reader.uint32();
  if (version !== VERSION)
    return {problem: `its version is ${version ?? 'missing'}, and only 1 is known`};

  const [publicKey, namespace, reserved, hash, inner] = Array.from({length: 5}, () =>
    reader.string(),
  );
  if (
    publicKey === undefined ||
    namespace === undefined ||
    hash === undefined ||
    inner === undefined
  )
    return {problem: 'it ends too early'};
  if (reserved?.length !== 0)
    return {problem: 'it uses the reserved field, whose meaning is not known'};
  if (!reader.atEnd()) return {problem: 'something follows after its end'};

  const hashName = hash.toString('latin1');
  if (hashName !== 'sha256' && hashName !== 'sha512')
    return {problem: 'it uses a hash that is not known'};
  const innerReader = new WireReader(inner, 0);
  const algorithm = innerReader.string();
  const signature = innerReader.string();
  if (algorithm === undefined || signature === undefined)
    return {problem: 'its signature ends too early'};

  // Security keys put flags and a counter behind the signature; they are refused by name when
  // verifying.
  if (!innerReader.atEnd() && !keyTypeOf(publicKey).startsWith('sk-'))
    return {problem: 'something follows after the signature in it'};

  return {
    publicKey,
    namespace: namespace.toString('utf8'),
    hash: hashName,
    algorithm: algorithm.toString('latin1'),
    signature,
  };
}

/** The type a public key in wire format names first, e.g. ssh-ed25519. */
export const keyTypeOf = (publicKey: Buffer): string =>
  new WireReader(publicKey, 0).string()?.toString('latin1') ?? '';

/** SHA256:... as `ssh-keygen -l` prints it. */
export const fingerprint = (publicKey: Buffer): string =>
  `SHA256:${createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '')}`;

/** Reads SSH wire format and never past its end: `undefined` when there is not enough. */
export class WireReader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  uint32(): number | undefined {
    if (this.at + 4 > this.bytes.length) return undefined;
    const value = this.bytes.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  string(): Buffer | undefined {
    const length = this.uint32();
    if (length === undefined) return undefined;
    if (this.at + length > this.bytes.length) {
      this.at = this.bytes.length; // nothing after a broken length can be trusted
      return undefined;
    }
    const value = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return value;
  }

  atEnd(): boolean {
    return this.at === this.bytes.length;
  }
}
