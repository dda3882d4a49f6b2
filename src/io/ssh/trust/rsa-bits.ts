import {keyTypeOf, WireReader} from '../../signing/sshsig-format.js';

/** The length of an RSA key's modulus in bits; undefined: no RSA key, or a damaged one. */
export function rsaBits(key: Buffer): number | undefined {
  if (keyTypeOf(key) !== 'ssh-rsa') return undefined;
  const reader = new WireReader(key, 0);
  reader.string(); // type
  reader.string(); // exponent
  const modulus = reader.string();
  if (modulus === undefined) return undefined;
  const start = modulus.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (modulus.length - start) * 8 - Math.clz32(modulus[start] ?? 0) + 24;
}
