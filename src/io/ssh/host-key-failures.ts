import type {Failure} from '../../model/failure.js';
import {fingerprint, keyTypeOf} from '../sshsig-format.js';
import {canNegotiate} from './host-key-verdict.js';
import type {KnownKey} from './known-hosts.js';
import type {UnreadableFile} from './known-hosts-store.js';
import {shellWord} from './shell-word.js';
import type {Target} from './target.js';

/** A key a host has shown, and the name it was looked up under. */
interface ShownKey {
  readonly target: Target;
  readonly name: string;
  readonly key: Buffer;
}

const place = (known: KnownKey): string =>
  known.line === 0 ? `${known.file} (added in this run)` : `${known.file}:${known.line}`;

/** `ED25519` for ssh-ed25519, as ssh(1) prints it; also what `ssh-keyscan -t` takes, in lower case. */
const shortType = (keyType: string): string => keyType.replace(/^ssh-/, '').replace(/-sha2-nistp\d+$/, '');

const inWords = (key: Buffer): string => `${shortType(keyTypeOf(key)).toUpperCase()} key ${fingerprint(key)}`;

export const unreadable = ({file, why}: UnreadableFile): Failure => ({
  kind: 'host-key-unknown',
  message: `${file} cannot be read, so no host key can be trusted: ${why}`,
  fix: `Make it readable: chmod u+r ${shellWord(file)}`,
});

export const unknown = ({target, name, key}: ShownKey): Failure => ({
  kind: 'host-key-unknown',
  message: `no known_hosts line for ${name}; it shows the ${inWords(key)}`,
  fix: `Compare the fingerprint on the host (ssh-keygen -lf /etc/ssh/ssh_host_${shortType(keyTypeOf(key))}_key.pub), then: ${learnCommand(target, key)} (or use --accept-new)`,
});

/** The command that puts the host's key into known_hosts. ssh-keyscan knows no jump hosts, ssh does. */
function learnCommand(target: Target, key: Buffer): string {
  const host = shellWord(target.hostname);
  if (target.jump.length > 0) {
    const port = target.port === 22 ? '' : `-p ${target.port} `;
    return `ssh -J ${shellWord(target.jump.join(','))} ${port}${shellWord(target.user)}@${host}`;
  }
  const port = target.port === 22 ? '' : `-p ${target.port} `;
  const [first] = target.knownHosts;
  const file = first === undefined ? '~/.ssh/known_hosts' : shellWord(first);
  return `ssh-keyscan ${port}-t ${shortType(keyTypeOf(key))} ${host} >> ${file}`;
}

export function changed({target, name, key}: ShownKey, known: readonly KnownKey[]): Failure {
  const places = known.map((k) => `${place(k)} (${inWords(k.key)})`).join(', ');
  if (!known.some((k) => canNegotiate(k.keyType)))
    return {
      kind: 'unsupported',
      message: `${name} is known only by a ${known[0]?.keyType ?? ''} key, which the ssh2 library cannot verify: ${places}`,
      fix: `Add another key of the host: ${learnCommand(target, key)}`,
    };
  const files = [...new Set(known.map((k) => k.file))];
  const remove = files.map((file) => `ssh-keygen -R ${shellWord(name)} -f ${shellWord(file)}`).join('; ');
  return {
    kind: 'host-key-changed',
    message: `${name} shows the ${inWords(key)}, but known_hosts has another: ${places}`,
    fix: `Either the host was reinstalled or somebody is in between; ask its owner. If the new key is right: ${remove}, then: ${learnCommand(target, key)}`,
  };
}

export const revoked = ({name, key}: ShownKey, by: KnownKey): Failure => ({
  kind: 'host-key-revoked',
  message: `the ${inWords(key)} of ${name} is revoked in ${place(by)}`,
  fix: 'Give the host a new key (ssh-keygen -A after removing /etc/ssh/ssh_host_*), or remove the @revoked line if it is wrong.',
});

export const authorityOnly = ({target, name, key}: ShownKey, by: KnownKey): Failure => ({
  kind: 'unsupported',
  message: `${name} is vouched for only by the @cert-authority line ${place(by)}; the ssh2 library cannot verify host certificates (it shows the ${inWords(key)})`,
  fix: `Add the host's own key as well: ${learnCommand(target, key)} (or use --accept-new)`,
});

export const notStored = (target: Target, file: string, error: unknown): Failure => ({
  kind: 'host-key-unknown',
  message: `the new key of ${target.hostname} could not be stored in ${file}: ${error instanceof Error ? error.message : String(error)}`,
  fix: `Make the file writable: touch ${shellWord(file)}`,
});
