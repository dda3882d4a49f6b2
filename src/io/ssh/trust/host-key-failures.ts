import type {Failure} from '../../../model/failure.js';
import {fingerprint, keyTypeOf} from '../../signing/sshsig-format.js';
import {canNegotiate} from './host-key-verdict.js';
import type {KnownKey} from './known-hosts.js';
import type {UnreadableFile} from './known-hosts-store.js';
import {rsaBits} from './rsa-bits.js';
import {shellWord} from '../shell-word.js';
import type {Target} from '../target.js';

/** A key a host has shown, and the name it was looked up under. */
export interface ShownKey {
  readonly target: Target;
  readonly name: string;
  readonly key: Buffer;
  /** The line that would vouch for it in known_hosts. */
  readonly line: string;
}

const place = (known: KnownKey): string =>
  known.line === 0 ? `${known.file} (added in this run)` : `${known.file}:${known.line}`;

/**
 * `ED25519` for ssh-ed25519, as ssh(1) prints it; also what `ssh-keyscan -t` takes, in lower case.
 */
const shortType = (keyType: string): string =>
  keyType.replace(/^ssh-/, '').replace(/-sha2-nistp\d+$/, '');

const inWords = (key: Buffer): string =>
  `${shortType(keyTypeOf(key)).toUpperCase()} key ${fingerprint(key)}`;

export const unreadable = ({file, why}: UnreadableFile): Failure => ({
  kind: 'host-key-unknown',
  message: `${file} cannot be read, so no host key can be trusted: ${why}`,
  fix: `Make it readable: chmod u+r ${shellWord(file)}`,
});

export const unknown = (shown: ShownKey): Failure => ({
  kind: 'host-key-unknown',
  message: `no known_hosts line for ${shown.name}; it shows the ${inWords(shown.key)}`,
  fix: `Compare the fingerprint on the host (ssh-keygen -lf /etc/ssh/ssh_host_${shortType(keyTypeOf(shown.key))}_key.pub), then: ${learnCommand(shown)} (or use --accept-new)`,
});

/**
 * Appends the very key that was shown, and whose fingerprint is compared. Fetching it again
 * (ssh-keyscan) could bring another one, from whoever is in between.
 */
function learnCommand({target, line}: ShownKey): string {
  const [first] = target.knownHosts;
  const file = first === undefined ? '~/.ssh/known_hosts' : shellWord(first);
  return `echo ${shellWord(line)} >> ${file}`;
}

export function changed(shown: ShownKey, known: readonly KnownKey[]): Failure {
  const {name, key} = shown;
  const places = known.map((k) => `${place(k)} (${inWords(k.key)})`).join(', ');
  if (!known.some((k) => canNegotiate(k.keyType)))
    return {
      kind: 'unsupported',
      message: `${name} is known only by a ${known[0]?.keyType ?? ''} key, which the ssh2 library cannot verify: ${places}`,
      fix: `Add another key of the host: ${learnCommand(shown)}`,
    };
  const files = [...new Set(known.map((k) => k.file))];
  const remove = files
    .map((file) => `ssh-keygen -R ${shellWord(name)} -f ${shellWord(file)}`)
    .join('; ');
  return {
    kind: 'host-key-changed',
    message: `${name} shows the ${inWords(key)}, but known_hosts has another: ${places}`,
    fix: `Either the host was reinstalled or somebody is in between; ask its owner. If the new key is right: ${remove}, then: ${learnCommand(shown)}`,
  };
}

export const revoked = ({name, key}: ShownKey, by: KnownKey): Failure => ({
  kind: 'host-key-revoked',
  message: `the ${inWords(key)} of ${name} is revoked in ${place(by)}`,
  fix: 'Give the host a new key (ssh-keygen -A after removing /etc/ssh/ssh_host_*), or remove the @revoked line if it is wrong.',
});

export const weak = ({name, key}: ShownKey): Failure => ({
  kind: 'host-key-weak',
  message: `${name} shows the ${inWords(key)} of only ${rsaBits(key) ?? 0} bits, which others could have computed`,
  fix: 'Give the host a longer key (ssh-keygen -t ed25519 -f /etc/ssh/ssh_host_ed25519_key, or RSA with 2048 bits or more) and a HostKey line for it in sshd_config.',
});

export const authorityOnly = (shown: ShownKey, by: KnownKey): Failure => ({
  kind: 'unsupported',
  message: `${shown.name} is vouched for only by the @cert-authority line ${place(by)}; the ssh2 library cannot verify host certificates (it shows the ${inWords(shown.key)})`,
  fix: `Add the host's own key as well: ${learnCommand(shown)} (or use --accept-new)`,
});

export const notStored = (target: Target, file: string, error: unknown): Failure => ({
  kind: 'host-key-unknown',
  message: `the new key of ${target.hostname} could not be stored in ${file}: ${error instanceof Error ? error.message : String(error)}`,
  fix: `Make the file writable: touch ${shellWord(file)}`,
});
