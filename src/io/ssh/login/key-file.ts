import {keyTypeOf, WireReader} from '../../signing/sshsig-format.js';

/** What a private key file says of itself without its passphrase. */
export type KeyFile =
  | {readonly form: 'usable'; readonly encrypted: boolean; readonly publicKey?: Buffer}
  | {
      readonly form: 'unsupported';
      readonly why: UnusableKey;
      readonly what: string;
      readonly fix: string;
    };

/** Kinds of keys that cannot be offered; what to do differs. */
export type UnusableKey = 'certificate' | 'fido' | 'type' | 'form';

/** Key types ssh2 can authenticate with. */
const USABLE = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
];
/**
 * Ciphers of OpenSSH key files that ssh2 and this Node can decrypt; ssh-keygen writes aes256-ctr.
 */
const CIPHERS = [
  'none',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'aes128-cbc',
  'aes192-cbc',
  'aes256-cbc',
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
];

/** Why ssh2 cannot use a public key of this type; undefined when it can. */
export function unusableType(
  keyType: string,
): {readonly why: UnusableKey; readonly what: string} | undefined {
  if (USABLE.includes(keyType)) return undefined;
  if (keyType.includes('-cert-')) return {why: 'certificate', what: 'a certificate'};
  if (keyType.startsWith('sk-')) return {why: 'fido', what: 'a FIDO key'};
  return {why: 'type', what: `a key of type ${keyType === '' ? 'unknown' : keyType}`};
}

/** Looks at a private key file. Reads only what stands in the clear; never throws. */
export function describeKeyFile(text: string): KeyFile {
  const head = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  switch (head) {
    case 'OPENSSH PRIVATE KEY':
      return describeOpenSsh(text);
    case 'RSA PRIVATE KEY':
    case 'EC PRIVATE KEY':
      return {form: 'usable', encrypted: /^Proc-Type: 4,ENCRYPTED/m.test(text)};
    // PKCS#8 (RFC 5958), which the ssh2 library does not read and Node does.
    case 'PRIVATE KEY':
      return {form: 'usable', encrypted: false};
    case 'ENCRYPTED PRIVATE KEY':
      return {form: 'usable', encrypted: true};
    case 'DSA PRIVATE KEY':
      return unsupported({why: 'type', what: 'a DSA key'});
    case undefined:
      return {
        form: 'unsupported',
        why: 'form',
        what: text.startsWith('PuTTY-User-Key-File')
          ? 'a PuTTY key file'
          : 'not a private key file',
        fix: 'name an OpenSSH private key file',
      };
    default:
      return unsupported({why: 'form', what: `a file that begins with "${head}"`});
  }
}

const unsupported = ({why, what}: {readonly why: UnusableKey; readonly what: string}): KeyFile => ({
  form: 'unsupported',
  why,
  what: `${what}, which the ssh2 library cannot use`,
  fix: 'use an ed25519, ECDSA or RSA key',
});

const MAGIC = 'openssh-key-v1\0';

/**
 * OpenSSH PROTOCOL.key: magic, cipher, kdf, kdf options, number of keys, public keys, private part.
 */
function describeOpenSsh(text: string): KeyFile {
  const base64 = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1] ?? '';
  const bytes = Buffer.from(base64, 'base64');
  const damaged = {
    form: 'unsupported',
    why: 'form',
    what: 'a damaged key file',
    fix: 'restore it from a copy',
  } as const;
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) return damaged;
  const reader = new WireReader(bytes, MAGIC.length);
  const cipher = reader.string()?.toString('latin1');
  const kdf = reader.string()?.toString('latin1');
  reader.string();
  const count = reader.uint32();
  const publicKey = reader.string();
  if (cipher === undefined || count !== 1 || publicKey === undefined) return damaged;

  const unusable = unusableType(keyTypeOf(publicKey));
  if (unusable !== undefined) return unsupported(unusable);
  if (!CIPHERS.includes(cipher) || !['none', 'bcrypt'].includes(kdf ?? ''))
    return {
      form: 'unsupported',
      why: 'form',
      what: `a key encrypted with ${cipher}, which the ssh2 library cannot decrypt`,
      fix: 'rewrite it with ssh-keygen -p -Z aes256-ctr -f FILE, or use ssh-agent',
    };
  return {form: 'usable', encrypted: cipher !== 'none', publicKey};
}
