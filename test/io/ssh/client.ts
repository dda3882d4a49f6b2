import type {Host} from '../../../src/model/host.js';
import type {MetFailure, Result} from '../../../src/model/failure.js';
import type {
  ConnectOptions,
  Prompter,
  Reply,
  RunOptions,
  Session,
  Transport,
} from '../../../src/model/transport.js';
import {createOpenSshTransport} from '../../../src/io/ssh/openssh/transport.js';
import {createTransport} from '../../../src/io/ssh/transport.js';
import type {TransportOptions} from '../../../src/io/ssh/options.js';

/** A host of an inventory as the tests need it: 127.0.0.1, no become, nothing else said. */
export const testHost = (host: Partial<Host> = {}): Host => ({
  name: 'fw1',
  address: '127.0.0.1',
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  groups: ['all'],
  policy: {},
  origin: {file: 'zbufctl.yaml', line: 1},
  ...host,
});

type TestTransport = Partial<Omit<TransportOptions, 'defaults'>> & {
  readonly defaults?: Partial<TransportOptions['defaults']>;
};

/** A transport that looks at nothing of the machine's own ~/.ssh unless a test says so. */
export const testTransport = (options: TestTransport = {}): Transport =>
  createTransport(lonely(options));

/** The same over the system's ssh(1). */
export const testOpenSsh = (options: TestTransport = {}): Transport =>
  createOpenSshTransport(lonely(options));

export const lonely = (options: TestTransport): TransportOptions => ({
  prompter: undefined,
  sshConfig: {mode: 'off'},
  findHost: () => undefined,
  onWarning: () => undefined,
  ...options,
  defaults: {
    homeDirectory: '/nonexistent',
    user: 'root',
    identityFiles: [],
    knownHosts: [],
    ...options.defaults,
  },
});

export const CONNECT: ConnectOptions = {
  connectTimeoutMs: 20_000,
  authTimeoutMs: 30_000,
  acceptNew: false,
};
export const RUN: RunOptions = {timeoutMs: 30_000, maxBytes: 1024 * 1024};

/** Answers by the first pattern that the question's text matches; remembers what was asked. */
export function scriptedPrompter(
  answers: readonly (readonly [RegExp, string | undefined])[],
): Prompter & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    ask: ({text}) => {
      asked.push(text);
      return Promise.resolve(answers.find(([pattern]) => pattern.test(text))?.[1]);
    },
  };
}

/** The value, or a test failure that shows why there is none. */
export function expectOk<T>(result: Result<T>): T {
  if (!result.ok)
    throw new Error(`${result.error.kind}: ${result.error.message} (${result.error.fix})`);
  return result.value;
}

export function expectFailure(result: Result<unknown>): MetFailure {
  if (result.ok) throw new Error('it succeeded, which it must not');
  return result.error;
}

/** Connects, runs one script, closes. */
export async function runOn(
  transport: Transport,
  host: Host,
  script: string,
  options: {readonly connect?: Partial<ConnectOptions>; readonly run?: Partial<RunOptions>} = {},
): Promise<{readonly reply: Reply; readonly session: Session}> {
  const session = expectOk(await transport.connect(host, {...CONNECT, ...options.connect}));
  try {
    return {reply: expectOk(await session.run(script, {...RUN, ...options.run})), session};
  } finally {
    session.close();
  }
}

export const text = (bytes: Buffer): string => bytes.toString('utf8');
