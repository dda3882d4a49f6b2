import {createPrivateKey, createPublicKey, sign} from 'node:crypto';
import type {KeyObject} from 'node:crypto';

import ssh2 from 'ssh2';

import {wireString} from '../../signing/sshsig-format.js';

/** A private key in memory. */
export interface OpenKey {
  readonly publicKey: Buffer;
  /** `hash` is for RSA keys; ECDSA signatures are DER, as Node makes them. */
  sign(data: Buffer, hash: string | undefined): Buffer;
}

/**
 * Opens the text of a private key file. Throws a sentence when it cannot be read, or the passphrase
 * is wrong.
 */
export function openPrivateKey(path: string, text: string, passphrase?: string): OpenKey {
  if (/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text)) {
    const secret = readPkcs8(path, text, passphrase);
    const {type, blob} = publicPart(path, secret);
    return {publicKey: blob, sign: (data, hash) => sign(digestFor(type, hash), data, secret)};
  }
  const key = ssh2.utils.parseKey(text, passphrase);
  if (key instanceof Error) throw new Error(`${path} cannot be read: ${key.message}`);
  // Node parses the PEM anew for each signature otherwise: 0.4 ms of a processor, per host.
  const secret = createPrivateKey(key.getPrivatePEM());
  return {
    publicKey: key.getPublicSSH(),
    sign: (data, hash) => sign(digestFor(key.type, hash), data, secret),
  };
}

function readPkcs8(path: string, text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({key: text, ...(passphrase === undefined ? {} : {passphrase})});
  } catch {
    throw new Error(`${path} cannot be read: it is damaged, or the passphrase is wrong`);
  }
}

/** The curves of RFC 5656, by the names JSON Web Keys have for them. */
const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'nistp256',
  'P-384': 'nistp384',
  'P-521': 'nistp521',
};

/** The public half in SSH wire format (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4). */
function publicPart(
  path: string,
  secret: KeyObject,
): {readonly type: string; readonly blob: Buffer} {
  const {kty, crv, n, e, x, y} = createPublicKey(secret).export({format: 'jwk'});
  const row = (type: string, ...parts: readonly (Buffer | string)[]) => ({
    type,
    blob: Buffer.concat([wireString(type), ...parts.map(wireString)]),
  });
  if (kty === 'RSA') return row('ssh-rsa', whole(e), whole(n));
  if (kty === 'OKP' && crv === 'Ed25519') return row('ssh-ed25519', bytes(x));
  const curve = kty === 'EC' ? CURVES[crv ?? ''] : undefined;
  if (curve !== undefined)
    return row(`ecdsa-sha2-${curve}`, curve, Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]));
  throw new Error(`${path} holds a key of a type SSH does not know`);
}

const bytes = (base64: string | undefined): Buffer => Buffer.from(base64 ?? '', 'base64url');

/** A positive mpint (RFC 4251, 5): a zero before a first byte that would be a sign. */
function whole(base64: string | undefined): Buffer {
  const value = bytes(base64);
  return (value[0] ?? 0) < 0x80 ? value : Buffer.concat([Buffer.from([0]), value]);
}

/** RFC 8332 for RSA, RFC 5656 section 6.2.1 for ECDSA; Ed25519 hashes by itself. */
function digestFor(keyType: string, hash: string | undefined): string | undefined {
  switch (keyType) {
    case 'ssh-rsa':
      return hash;
    case 'ecdsa-sha2-nistp256':
      return 'sha256';
    case 'ecdsa-sha2-nistp384':
      return 'sha384';
    case 'ecdsa-sha2-nistp521':
      return 'sha512';
    default:
      return undefined;
  }
}
