import type {Failure} from '../../../model/failure.js';
import {sanitize} from '../../../text/sanitize.js';
import type {Unusable} from './identities.js';
import type {Attempt} from './key-offers.js';
import {shellWord} from '../shell-word.js';
import type {Target} from '../target.js';

/** What happened while logging in, for the message. */
export interface AuthStory {
  readonly target: Target;
  /** Methods and keys that were refused, or failed on our side, in order. */
  readonly tried: readonly Attempt[];
  /** Steps the server accepted before it wanted another one (AuthenticationMethods). */
  readonly passed: readonly string[];
  /** Keys left out because servers allow only so many attempts. */
  readonly notOffered: number;
  /** Methods that would have needed a person. */
  readonly notAsked: readonly string[];
  /** What the server said it takes; empty: it did not say. */
  readonly allowed: readonly string[];
  readonly unsupported: readonly Unusable[];
  readonly notes: readonly string[];
  /** A password or code was sent. */
  readonly answered: boolean;
  /** The host has refused as many passwords as may be typed. */
  readonly withheld: boolean;
  /** Set when the server ended it, with its words. */
  readonly ended?: string;
}

export function authFailure(story: AuthStory): Failure {
  const {target, tried, passed, notAsked, allowed, unsupported, notes} = story;
  const parts = [
    ...(passed.length === 0
      ? []
      : [`accepted ${passed.join(', ')}, and the server wants a further step`]),
    ...(tried.length > 0
      ? [`tried ${tried.map(inWords).join(', ')}`]
      : passed.length > 0
        ? []
        : ['nothing could be offered']),
    ...(story.notOffered > 0
      ? [`${story.notOffered} more keys were not offered (MaxAuthTries)`]
      : []),
    ...(allowed.length === 0
      ? []
      : [`the server takes ${sanitize(allowed.join(', '), {limit: 200})}`]),
    ...[...new Set(notAsked)].map(
      (method) => `${method} needs somebody to ask, and there is nobody`,
    ),
    ...(story.withheld ? ['the password was wrong several times, and no other is tried'] : []),
    ...unsupported.map(({what}) => `not usable: ${what}`),
    ...notes,
    ...(story.ended === undefined
      ? []
      : [`the server said "${sanitize(story.ended, {limit: 200})}"`]),
  ];
  const reason = reasonOf(story);
  return {
    kind: UNSUPPORTED.has(reason) ? 'unsupported' : 'auth',
    message: `login as ${target.user} refused: ${parts.join('; ')}`,
    fix: FIX[reason](story),
  };
}

const inWords = ({what, problem}: Attempt): string =>
  problem === undefined ? what : `${what}: ${problem}`;

/** What kept us out, as far as it decides what to do. The first that applies. */
type Reason =
  | 'second-factor-unasked' // a step was accepted, and nobody can be asked for the next
  | 'second-factor' //         a step was accepted, and the next was refused
  | 'passphrase-unasked' //    a key is encrypted and nobody can be asked for its passphrase
  | 'passphrase-wrong'
  | 'certificate' //           the ssh2 library cannot use it
  | 'fido'
  | 'gssapi'
  | 'key-type'
  | 'key-form' //              the file of a key cannot be read
  | 'too-many-keys'
  | 'password-wrong'
  | 'nobody-to-ask'
  | 'refused';

const UNSUPPORTED: ReadonlySet<Reason> = new Set([
  ...(['certificate', 'fido', 'gssapi', 'key-type', 'key-form'] as const),
]);

const UNUSABLE: Readonly<Record<Unusable['why'], Reason>> = {
  certificate: 'certificate',
  fido: 'fido',
  gssapi: 'gssapi',
  type: 'key-type',
  form: 'key-form',
};

function reasonOf({tried, passed, notAsked, notOffered, unsupported, answered}: AuthStory): Reason {
  const causes = tried.map(({cause}) => cause);
  const [unusable] = unsupported;
  if (passed.length > 0) return notAsked.length > 0 ? 'second-factor-unasked' : 'second-factor';
  if (causes.includes('nobody-to-ask')) return 'passphrase-unasked';
  if (causes.includes('wrong-passphrase')) return 'passphrase-wrong';
  if (unusable !== undefined && !answered) return UNUSABLE[unusable.why];
  if (notOffered > 0) return 'too-many-keys';
  if (answered) return 'password-wrong';
  return tried.length === 0 && notAsked.length > 0 ? 'nobody-to-ask' : 'refused';
}

const FIX: Readonly<Record<Reason, (story: AuthStory) => string>> = {
  'second-factor-unasked': () =>
    'Run it from a terminal, where the second factor can be typed; for unattended runs give the host a user who needs none (Match User with AuthenticationMethods publickey in sshd_config).',
  'second-factor': ({target}) =>
    `The first step was accepted; see what the second needs: ${look(target)}`,
  'passphrase-unasked': ({tried}) =>
    `Run it from a terminal to type the passphrase, or load the key into ssh-agent first: ${load(tried)}`,
  'passphrase-wrong': ({tried}) =>
    `Type the passphrase of the key again, or load it into ssh-agent: ${load(tried)}`,
  certificate: () => `The ssh2 library cannot use certificates: ${ORDINARY}`,
  fido: () => `The ssh2 library cannot use FIDO keys: ${ORDINARY}`,
  gssapi: () =>
    `The ssh2 library cannot use Kerberos tickets: with one, run it with --transport auto; else ${ORDINARY}`,
  'key-type': () => `The ssh2 library takes ed25519, ECDSA and RSA keys: ${ORDINARY}`,
  'key-form': () =>
    'Name a private key file that OpenSSH reads (identityFile in the inventory), or load the key into ssh-agent: ssh-add FILE',
  'too-many-keys': () =>
    'Name the right key: identityFile in the inventory, or IdentityFile in ~/.ssh/config.',
  'password-wrong': ({target}) => `Check the user name and the password: ${look(target)}`,
  'nobody-to-ask': () =>
    'Run it from a terminal to type a password, add a key to ssh-agent, or set identityFile in the inventory.',
  refused: ({target}) =>
    `Check the user name and that the public key is in the host's authorized_keys: ${look(target)}`,
};

const ORDINARY =
  'give the host an ordinary key (identityFile in the inventory), or connect through a user who has one.';

const load = (tried: readonly Attempt[]): string => {
  const path = tried.find(({cause}) => cause !== undefined)?.path;
  return `ssh-add ${path === undefined ? 'FILE' : shellWord(path)}`;
};

function look(target: Target): string {
  const port = target.port === 22 ? '' : `-p ${target.port} `;
  return `ssh -v ${port}${shellWord(target.user)}@${shellWord(target.hostname)}`;
}
