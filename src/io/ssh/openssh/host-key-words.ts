import type {Failure} from '../../../model/failure.js';
import {sanitize} from '../../../text/sanitize.js';
import {shellWord} from '../shell-word.js';
import type {Target} from '../target.js';
import type {KnownKey} from '../trust/known-hosts.js';
import {knownNames} from '../trust/host-key-verdict.js';
import type {MasterLog} from './master-log.js';

/** A host whose key ssh(1) did not take. */
export interface RefusedKey {
  readonly target: Target;
  readonly log: MasterLog;
  /** Keys that known_hosts has for it, of whatever type. */
  readonly known: readonly KnownKey[];
}

/**
 * Why ssh(1) refused a host's key, in the words the ssh2 library's refusals have; undefined: it did
 * not.
 */
export function refusedKey(refused: RefusedKey): Failure | undefined {
  const {log, known} = refused;
  const lines = log.said.filter(({stage}) => stage === 'key exchange').map(({text}) => text);
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    for (const line of lines) {
      const found = pattern.exec(line);
      if (found !== null) return found;
    }
    return undefined;
  };
  if (match(/REVOKED HOST KEY|is marked as revoked|^Host key .* revoked by file/) !== undefined)
    return revoked(refused, match(/^(?:Offending|Revoked) .* key (?:in|found in) (.+)$/)?.[1]);
  if (match(/Invalid key length|host key .* (?:too short|does not meet)/i) !== undefined)
    return weak(refused);
  if (match(/^Failed to add the host to the list of known hosts/) !== undefined)
    return notStored(refused);
  if (match(/REMOTE HOST IDENTIFICATION HAS CHANGED|^Host key for .* has changed/) !== undefined)
    return changed(refused, match(/^Offending .* key in (.+)$/)?.[1]);
  const invalid = match(/^Certificate invalid: (.+)$/)?.[1];
  if (isCertificate(refused) && known.length === 0)
    if (invalid !== undefined || match(/^No .*host key is known for /) !== undefined)
      return uncertified(refused, invalid);
  if (match(/^No .*host key is known for /) !== undefined)
    return known.length > 0 ? changed(refused, undefined) : unknown(refused);
  if (match(/^Host key verification failed/) !== undefined)
    return {
      kind: 'host-key-unknown',
      message: `ssh does not trust the host key of ${nameOf(refused)}; it shows ${inWords(refused)}: ${sanitize(lines.slice(-2).join(' / '), {limit: 300})}`,
      fix: `See what it says: ssh -v ${shellWord(refused.target.hostname)}`,
    };
  return undefined;
}

const nameOf = ({target}: RefusedKey): string =>
  knownNames(target.hostname, target.port, target.hostKeyAlias).name;

const CERTIFICATE = /-cert-v\d+@openssh\.com$/;

const isCertificate = ({log}: RefusedKey): boolean => CERTIFICATE.test(log.hostKey?.type ?? '');

const shortType = (type: string): string =>
  type
    .replace(/^ssh-/, '')
    .replace(CERTIFICATE, '')
    .replace(/-sha2-nistp\d+$/, '')
    .replace(/^rsa-sha2-\d+$/, 'rsa');

const inWords = ({log}: RefusedKey): string =>
  log.hostKey === undefined
    ? 'a key that ssh does not tell'
    : `the ${shortType(log.hostKey.type).toUpperCase()} key ${log.hostKey.fingerprint}`;

const hostFile = ({log}: RefusedKey): string =>
  `/etc/ssh/ssh_host_${log.hostKey === undefined ? '*' : shortType(log.hostKey.type)}_key.pub`;

const unknown = (refused: RefusedKey): Failure => ({
  kind: 'host-key-unknown',
  message: `no known_hosts line for ${nameOf(refused)}; it shows ${inWords(refused)}`,
  fix: `Compare the fingerprint on the host (ssh-keygen -lf ${hostFile(refused)}), then use --accept-new`,
});

/** @param why ssh's words; absent: no authority that is known has signed it */
const uncertified = (refused: RefusedKey, why: string | undefined): Failure => ({
  kind: 'host-key-unknown',
  message: `the certificate of ${nameOf(refused)} is not one that a @cert-authority line of known_hosts vouches for${why === undefined ? '' : ` (${sanitize(why, {limit: 200})})`}; it is for ${inWords(refused)}`,
  fix: `See who signed it, for which names and until when: ssh-keygen -Lf ${hostFile(refused).replace(/\.pub$/, '-cert.pub')} on the host`,
});

function changed(refused: RefusedKey, offending: string | undefined): Failure {
  const name = nameOf(refused);
  const places =
    offending === undefined
      ? refused.known.map(({file, line}) => `${file}:${line}`)
      : [sanitize(offending, {limit: 300})];
  const files = [...new Set(places.map((place) => place.replace(/:\d+$/, '')))];
  const remove = files
    .map((file) => `ssh-keygen -R ${shellWord(name)} -f ${shellWord(file)}`)
    .join('; ');
  return {
    kind: 'host-key-changed',
    message: `${name} shows ${inWords(refused)}, but known_hosts has another: ${places.join(', ')}`,
    fix: `Either the host was reinstalled or somebody is in between; ask its owner. If the new key is right: ${remove}, then use --accept-new`,
  };
}

const revoked = (refused: RefusedKey, where: string | undefined): Failure => ({
  kind: 'host-key-revoked',
  message: `${inWords(refused)} of ${nameOf(refused)} is revoked${where === undefined ? '' : ` in ${sanitize(where, {limit: 300})}`}`,
  fix: 'Give the host a new key (ssh-keygen -A after removing /etc/ssh/ssh_host_*), or remove the @revoked line if it is wrong.',
});

const weak = (refused: RefusedKey): Failure => ({
  kind: 'host-key-weak',
  message: `${nameOf(refused)} shows ${inWords(refused)}, which is so short that others could have computed it`,
  fix: 'Give the host a longer key (ssh-keygen -t ed25519 -f /etc/ssh/ssh_host_ed25519_key, or RSA with 2048 bits or more) and a HostKey line for it in sshd_config.',
});

const notStored = ({target}: RefusedKey): Failure => ({
  kind: 'host-key-unknown',
  message: `the new key of ${target.hostname} could not be stored in ${target.knownHosts[0] ?? 'known_hosts'}`,
  fix: `Make the file writable: touch ${shellWord(target.knownHosts[0] ?? '~/.ssh/known_hosts')}`,
});
