import type {Failure} from '../../../model/failure.js';
import {sanitize} from '../../../text/sanitize.js';
import {
  endedEarly,
  noAddress,
  noAnswer,
  noCommonAlgorithm,
  noConnection,
  nothingListens,
  notSsh,
  tooSlow,
} from '../failures.js';
import type {Target} from '../target.js';
import type {KnownKey} from '../trust/known-hosts.js';
import {refusedLogin} from './login-words.js';
import type {LoginMeans} from './login-words.js';
import {refusedKey} from './host-key-words.js';
import type {MasterLog, SaidLine} from './master-log.js';

/** An ssh(1) that ended before it was in. */
export interface Ended extends LoginMeans {
  readonly target: Target;
  readonly log: MasterLog;
  readonly known: readonly KnownKey[];
  /** The last jump host; `command`: a ProxyCommand of ~/.ssh/config; absent: directly. */
  readonly proxy?: {readonly jump: string} | 'command';
  /** In words: a status or a signal. */
  readonly how: string;
}

/** Lines that mean the same at whatever stage they come. */
type Meaning = (ended: Ended, match: RegExpExecArray) => Failure;
const MEANINGS: readonly (readonly [RegExp, Meaning])[] = [
  [
    /Bad configuration option|bad configuration options|Bad owner or permissions on|^command-line/i,
    badConfig,
  ],
  [/^ssh: Could not resolve hostname /, ({target}) => noAddress(target)],
  [
    /^ssh: connect to host .* port \d+: (.*)$/,
    ({target}, [, why = '']) => notConnected(target, why),
  ],
  [/^Connection timed out during banner exchange/, ({target}) => noAnswer(target)],
  [
    /^Unable to negotiate with .*: no matching (.+) found\. Their offer: (.*)$/,
    ({target}, [, what = '', offer = '']) =>
      noCommonAlgorithm(target, `${what} (the host offers ${offer})`, 'OpenSSH here'),
  ],
  [
    /Invalid SSH identification|banner line contains|Bad (?:remote protocol|packet length)|protocol major versions differ/i,
    ({target, log}, {input}) => notSsh(target, input, log.greeting.join(' / ')),
  ],
];

/** Why there is no connection, from what ssh(1) said; what we do not know is quoted. */
export function whyNot(ended: Ended): Failure {
  const {log, proxy, target} = ended;
  const proxied = proxy !== undefined && (log.stage === 'greeting' || log.stage === 'connect');
  const config = log.said.find(({text}) => MEANINGS[0]?.[0].test(text));
  if (config !== undefined) return badConfig(ended, {input: config.text});
  if (proxied) return behindProxy(ended, proxy);
  const key = refusedKey(ended);
  if (key !== undefined) return key;
  const login = log.stage === 'login' ? refusedLogin(ended) : undefined;
  if (login !== undefined) return login;
  // The last words first: what came before may have been about an address that was passed over.
  for (const {text} of [...log.said].reverse())
    for (const [pattern, meaning] of MEANINGS) {
      const match = pattern.exec(text);
      if (match !== null) return meaning(ended, match);
    }
  if (log.stage === 'connect') return noConnection(target, lastWords(ended));
  const isHangUp = log.said.some(({text}) => /closed|reset|disconnect|broken pipe/i.test(text));
  return endedEarly(
    target,
    log.stage,
    log.greeting.length > 0 ? log.greeting.join(' / ') : isHangUp ? '' : lastWords(ended),
  );
}

/** What a time limit means at the stage it struck. */
export function tooLate(ended: Omit<Ended, 'how'>, ms: number): Failure {
  const {log, target, proxy} = ended;
  if (proxy !== undefined && (log.stage === 'connect' || log.stage === 'greeting'))
    return {
      kind: 'timed-out',
      message: `${target.hostname} port ${target.port} did not answer ${throughWhat(proxy)} within ${ms / 1000} s`,
      fix: `Check that ${typeof proxy === 'string' ? 'the command works' : 'the jump host can reach it'}, or raise --timeout.`,
    };
  return log.stage === 'connect' ? noAnswer(target, ms) : tooSlow(target, log.stage, ms);
}

const throughWhat = (proxy: NonNullable<Ended['proxy']>): string =>
  proxy === 'command' ? 'through the ProxyCommand' : `the jump host ${proxy.jump}`;

function behindProxy(ended: Ended, proxy: NonNullable<Ended['proxy']>): Failure {
  const {target} = ended;
  const where = `${target.hostname} port ${target.port}`;
  if (proxy === 'command')
    return {
      kind: 'jump',
      message: `the ProxyCommand for ${target.name} gave no connection to ${where}: ${lastWords(ended)}`,
      fix: `Try it by hand: ssh -v ${target.hostname}`,
    };
  return {
    kind: 'jump',
    message: `the jump host ${proxy.jump} opened no connection to ${where}: ${lastWords(ended)}`,
    fix: `Check on the jump host that it may forward (AllowTcpForwarding, PermitOpen) and reaches it: nc -z ${target.hostname} ${target.port}`,
  };
}

function notConnected(target: Target, why: string): Failure {
  if (/refused/i.test(why)) return nothingListens(target);
  return /timed out/i.test(why) ? noAnswer(target) : noConnection(target, why);
}

function badConfig({target}: Ended, {input}: {readonly input: string}): Failure {
  return {
    kind: 'unresolved',
    message: `ssh cannot be called for ${target.name}: ${sanitize(input, {limit: 300})}`,
    fix: `Correct the ssh configuration until "ssh -G ${target.hostname}" works.`,
  };
}

/** What ssh says of any connection that ends early, whatever the reason. */
const HUNG_UP = /^(?:kex_exchange_identification: |Connection (?:closed|reset) by )/;

/** Whatever ssh or its proxy said last, made harmless. */
function lastWords({log, how}: Ended): string {
  const all = log.said.map(({text}: SaidLine) => text.trim());
  const telling = all.filter((text) => !HUNG_UP.test(text));
  const lines = (telling.length > 0 ? telling : all).slice(-2);
  return lines.length === 0 ? how : sanitize(lines.join(' / '), {limit: 300});
}
