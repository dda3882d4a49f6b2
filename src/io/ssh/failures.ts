import type {Failure, MetFailure} from '../../model/failure.js';
import {sanitize} from '../../text/sanitize.js';
import type {Lost} from './line.js';
import type {Target} from './target.js';

export const interrupted: Failure = {
  kind: 'interrupted',
  message: 'stopped before the host was finished',
  fix: 'Run it again for this host.',
};

export const noAddress = ({hostname}: Target): Failure => ({
  kind: 'unresolved',
  message: `the name ${hostname} has no address`,
  fix: 'Correct the name in the inventory, give the host an address, or check DNS.',
});

export const nothingListens = ({hostname, port}: Target): Failure => ({
  kind: 'refused',
  message: `nothing listens on ${hostname} port ${port}`,
  fix: 'Check that sshd runs there, and the port in the inventory.',
});

export const noConnection = ({hostname, port}: Target, why: string): Failure => ({
  kind: 'refused',
  message: `no connection to ${hostname} port ${port}: ${sanitize(why, {limit: 200})}`,
  fix: 'Check the network between here and the host.',
});

export const tooManyFiles = ({hostname, port}: Target): MetFailure => ({
  kind: 'refused',
  message: `no connection to ${hostname} port ${port}: this machine has too many files open`,
  fix: 'Raise the limit (ulimit -n), or lower --concurrency.',
  again: 'fewer',
});

/** @param ms how long we waited; absent: as long as the system does */
export const noAnswer = ({hostname, port}: Target, ms?: number): Failure => ({
  kind: 'timed-out',
  message: `${hostname} port ${port} did not answer${ms === undefined ? '' : ` within ${ms / 1000} s`}`,
  fix: `Check that the host is up and no firewall is in between${ms === undefined ? '' : ', or raise --timeout'}.`,
});

/** How far a connection had come. */
export type Stage = 'greeting' | 'key exchange' | 'login';

export const tooSlow = ({hostname, port}: Target, stage: Stage, ms: number): Failure => ({
  kind: 'timed-out',
  message: `${hostname} port ${port} took the connection, but the ${stage} was not finished within ${ms / 1000} s`,
  fix:
    stage === 'greeting'
      ? 'Check that sshd answers on this port (a full MaxStartups also looks like this), or raise --timeout.'
      : 'The host is overloaded or its login is slow (DNS, PAM, directory service); raise --timeout.',
});

/** The connection ended before we were in. `said`: what came instead of an SSH greeting. */
export function endedEarly(target: Target, stage: Stage, said: string): MetFailure {
  // sshd with MaxStartups connections that are not logged in closes new ones, some by chance; one
  // that penalises us (PerSourcePenalties) says so, and must be left alone (sshd.c, reading).
  const isBusy = stage !== 'login' && !/not allowed/i.test(said);
  const words = said.trim() === '' ? '' : `, saying "${sanitize(said.trim(), {limit: 200})}"`;
  return {
    kind: 'cut',
    message: `${target.hostname} port ${target.port} ended the connection before the ${stage} was finished${words}`,
    fix:
      stage === 'login'
        ? "Look at the host's log (auth.log); LoginGraceTime may be over, or the user may not be allowed."
        : 'The host may be limiting connections (MaxStartups, PerSourcePenalties, a firewall or fail2ban): wait some minutes, then look at its log.',
    ...(isBusy ? {again: 'later'} : {}),
  };
}

/** What answered is not an SSH server we can talk to. */
export function notSsh(target: Target, why: string, said: string): Failure {
  const words = said.trim() === '' ? '' : `; it said "${sanitize(said.trim(), {limit: 200})}"`;
  return {
    kind: 'protocol',
    message: `${target.hostname} port ${target.port} does not speak SSH as we know it: ${sanitize(why, {limit: 200})}${words}`,
    fix: `Check the port in the inventory, and what listens there: ssh -v -p ${target.port} ${target.hostname}`,
  };
}

/** The server and our side have no algorithm in common. */
export const noCommonAlgorithm = (
  target: Target,
  what: string,
  ours = 'the ssh2 library',
): Failure => ({
  kind: 'unsupported',
  message: `${target.hostname} port ${target.port} and ${ours} have no ${sanitize(what, {limit: 100})} in common`,
  fix: 'Update sshd on the host, or allow there: curve25519-sha256, aes128-gcm@openssh.com, and an ed25519, ECDSA or RSA (SHA-2) host key.',
});

/** The connection ended while a script was running. */
export const lostMidway = (why: Lost): Failure =>
  typeof why === 'string'
    ? {
        kind: 'cut',
        message: `the connection was lost before the script had ended: ${sanitize(why, {limit: 200})}`,
        fix: 'Check the host and the network, then run it again; what the script had done until then is not known.',
      }
    : {
        kind: 'silent',
        message: `nothing has come over the connection for ${Math.round(why.silentMs / 1000)} s, not even an answer whether the host is there`,
        fix: 'Check the host and what is in between (a firewall that forgot the connection, a dead link), then run it again; what the script had done until then is not known.',
      };

/** The same in a few words. */
export const whyLost = (why: Lost): string =>
  typeof why === 'string' ? why : `silent for ${Math.round(why.silentMs / 1000)} s`;

/** The host answers, and its script does not. */
export const saysNothing = (ms: number): Failure => ({
  kind: 'silent',
  message: `the script has printed nothing for ${ms / 1000} s`,
  fix: 'A new connection asks what became of it.',
});

export const neverEnded = (ms: number): Failure => ({
  kind: 'timed-out',
  message: `the script did not end within ${ms / 1000} s`,
  fix: 'Raise --timeout, or see on the host what keeps it busy.',
});

export const tooMuch = (maxBytes: number): Failure => ({
  kind: 'flooded',
  message: `the host sent more than the allowed ${maxBytes} bytes and was cut off`,
  fix: 'Look at the host by hand: its answer is normally far smaller.',
});

export const noCommand = (why: string): Failure => ({
  kind: 'protocol',
  message: `the host does not let us run a command: ${sanitize(why, {limit: 200})}`,
  fix: 'Check ForceCommand, MaxSessions and the login shell of the user on the host.',
});
