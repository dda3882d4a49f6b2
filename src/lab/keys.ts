import {createHash, generateKeyPairSync, randomBytes} from 'node:crypto';
import type {ED25519KeyPairOptions} from 'node:crypto';

/** An Ed25519 key in the forms SSH wants; about a millisecond to make. */
export interface KeyPair {
  /** OpenSSH private key file. */
  readonly privateKey: string;
  /** "ssh-ed25519 AAAA..." */
  readonly publicKey: string;
}

/**
 * How Node gives a new key: DER whose last 32 bytes are the key (RFC 8410). Not as a KeyObject that
 * is exported as JWK afterwards: Node 20 waits for ever when it collects garbage in the middle of
 * that export, as the collected job that made the key wants the lock the export holds.
 */
const AS_DER: ED25519KeyPairOptions<'der', 'der'> = {
  publicKeyEncoding: {type: 'spki', format: 'der'},
  privateKeyEncoding: {type: 'pkcs8', format: 'der'},
};

/**
 * Made with node:crypto and written down here: about one in 256 keys of ssh2's own
 * generateKeyPairSync (1.17.0) is one that ssh2 itself then refuses as malformed.
 */
export function makeKeyPair(): KeyPair {
  const {publicKey, privateKey} = generateKeyPairSync('ed25519', AS_DER);
  const publicPart = publicKey.subarray(-32);
  const blob = Buffer.concat([field('ssh-ed25519'), field(publicPart)]);
  return {
    privateKey: openSshFile(blob, publicPart, privateKey.subarray(-32)),
    publicKey: `ssh-ed25519 ${blob.toString('base64')}`,
  };
}

/** A string as the SSH wire format has it: length, bytes. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An unencrypted private key file (OpenSSH's PROTOCOL.key). */
function openSshFile(blob: Buffer, publicPart: Buffer, seed: Buffer): string {
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    blob,
    field(Buffer.concat([seed, publicPart])),
    field('zbufctl practice fleet'),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8));
  const one = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    one,
    field(blob),
    field(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  const begin = '-----BEGIN OPENSSH PRIVATE KEY-----';
  return [begin, ...lines, begin.replace('BEGIN', 'END'), ''].join('\n');
}

/** A line of known_hosts for a host that does not listen on port 22. */
export const knownHostsLine = (address: string, port: number, publicKey: string): string =>
  `[${address}]:${port} ${publicKey}\n`;

/** SHA256:... as ssh-keygen -l prints it. */
export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/**
 * The one password of a practice fleet. Random, because whoever knows it gets a shell of the user
 * who started the fleet.
 */
export const makePassword = (): string => randomBytes(12).toString('base64url');
