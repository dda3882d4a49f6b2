import type {Failure} from '../../../model/failure.js';
import {sanitize} from '../../../text/sanitize.js';
import {endedEarly} from '../failures.js';
import {authFailure} from '../login/auth-failure.js';
import type {Target} from '../target.js';
import type {MasterLog} from './master-log.js';

/** What a login had at its disposal. */
export interface LoginMeans {
  readonly target: Target;
  readonly log: MasterLog;
  /** Somebody could be asked. */
  readonly mayAsk: boolean;
  /** A password or code was given. */
  readonly answered: boolean;
  /** What somebody was asked for and did not give; it then ended there. */
  readonly unanswered?: string;
  /** The host has refused as many passwords as may be typed. */
  readonly withheld?: boolean;
}

/** Methods that need a person. */
const TYPED: readonly string[] = ['keyboard-interactive', 'password'];

/** What ssh(1) itself says of keys it cannot use; a host's banner is not quoted here. */
const ABOUT_KEYS =
  /^(?:Load key |sign_and_send_pubkey: |no such identity: |Warning: Identity file |Enter PIN|.*agent refused operation)/;

/** Why the host did not let us in; undefined: that is not what happened. */
export function refusedLogin(means: LoginMeans): Failure | undefined {
  const {log, target} = means;
  const words = log.said.filter(({stage}) => stage === 'login').map(({text}) => text);
  const told = (pattern: RegExp): string | undefined =>
    words.map((text) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  const goodbye = told(/^Received disconnect from .*?:\d+: (.*)$/);
  if (goodbye !== undefined && !/auth/i.test(goodbye)) return endedEarly(target, 'login', goodbye);
  const takes = told(/: Permission denied \((.*)\)\.$/);
  if (goodbye === undefined && takes === undefined && means.unanswered === undefined)
    return undefined;

  const allowed = takes?.split(',') ?? log.allowed;
  const {methods} = target;
  const typed = [
    ...(methods.keyboardInteractive ? ['keyboard-interactive'] : []),
    ...(methods.password ? ['password'] : []),
  ];
  const notAsked = means.mayAsk
    ? [means.unanswered].filter((method) => method !== undefined)
    : typed.filter((method) => allowed.includes(method));
  return authFailure({
    target,
    // Begun, and ended where nobody answered: nothing was offered to the host.
    tried: log.tried.filter(({what}) => notAsked.length === 0 || !TYPED.includes(what)),
    passed: log.passed,
    notOffered: 0,
    notAsked: means.withheld === true ? [] : notAsked,
    allowed,
    unsupported: [],
    notes: words
      .filter((text) => ABOUT_KEYS.test(text))
      .slice(0, 3)
      .map((text) => sanitize(text, {limit: 200})),
    answered: means.answered,
    withheld: means.withheld ?? false,
    ...(goodbye === undefined ? {} : {ended: goodbye}),
  });
}
