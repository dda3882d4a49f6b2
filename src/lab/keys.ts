import {createHash, randomBytes} from 'node:crypto';

import ssh2 from 'ssh2';

/** An Ed25519 key in the forms SSH wants; about a millisecond to make. */
export interface KeyPair {
  /** OpenSSH private key file. */
  readonly privateKey: string;
  /** "ssh-ed25519 AAAA..." */
  readonly publicKey: string;
}

export function makeKeyPair(): KeyPair {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  return {privateKey: pair.private, publicKey: pair.public};
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
 * The one password of a practice fleet. Random, because whoever knows it gets a shell of the user who started the
 * fleet.
 */
export const makePassword = (): string => randomBytes(12).toString('base64url');
