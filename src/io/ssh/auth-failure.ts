import type {Failure} from '../../model/failure.js';
import {sanitize} from '../../text/sanitize.js';
import {shellWord} from './shell-word.js';
import type {Target} from './target.js';

/** What happened while logging in, for the message. */
export interface AuthStory {
  readonly target: Target;
  /** Methods and keys that were refused, or failed on our side, in order. */
  readonly tried: readonly string[];
  /** Keys left out because servers allow only so many attempts. */
  readonly notOffered: number;
  /** Methods that would have needed a person. */
  readonly notAsked: readonly string[];
  /** What the server said it takes; empty: it did not say. */
  readonly allowed: readonly string[];
  readonly unsupported: readonly string[];
  readonly notes: readonly string[];
  /** A password or code was sent. */
  readonly answered: boolean;
  /** A shared password that another host had refused before. */
  readonly withheld: boolean;
  /** Set when the server ended it, with its words. */
  readonly ended?: string;
}

export function authFailure(story: AuthStory): Failure {
  const {target, tried, notAsked, allowed, unsupported, notes} = story;
  const parts = [
    tried.length === 0 ? 'nothing could be offered' : `tried ${tried.join(', ')}`,
    ...(story.notOffered > 0 ? [`${story.notOffered} more keys were not offered (MaxAuthTries)`] : []),
    ...(allowed.length === 0 ? [] : [`the server takes ${sanitize(allowed.join(', '), {limit: 200})}`]),
    ...notAsked.map((method) => `${method} needs somebody to ask, and there is nobody`),
    ...(story.withheld ? ['the shared password was refused by another host and not sent again'] : []),
    ...unsupported.map((what) => `not usable: ${what}`),
    ...notes,
    ...(story.ended === undefined ? [] : [`the server said "${sanitize(story.ended, {limit: 200})}"`]),
  ];
  const kind = unsupported.length > 0 && !story.answered ? 'unsupported' : 'auth';
  return {
    kind,
    message: `login as ${target.user} refused: ${parts.join('; ')}`,
    fix: fixFor(story, kind),
  };
}

function fixFor({target, tried, notAsked, notOffered}: AuthStory, kind: 'unsupported' | 'auth'): string {
  const port = target.port === 22 ? '' : `-p ${target.port} `;
  const look = `ssh -v ${port}${shellWord(target.user)}@${shellWord(target.hostname)}`;
  if (kind === 'unsupported')
    return 'The ssh2 library cannot use certificates or FIDO keys: give the host an ordinary key (identityFile in the inventory), or connect through a user who has one.';
  if (notOffered > 0)
    return 'Name the right key: identityFile in the inventory, or IdentityFile in ~/.ssh/config.';
  if (tried.length === 0 && notAsked.length > 0)
    return 'Run it from a terminal to type a password, add a key to ssh-agent, or set identityFile in the inventory.';
  return `Check the user name and that the public key is in the host's authorized_keys: ${look}`;
}
