import type {Check, CheckedHost, CheckState, HostStep} from '../model/check.js';
import {HOST_STEPS} from '../model/check.js';
import type {Failure, FailureKind} from '../model/failure.js';
import type {Host} from '../model/host.js';
import type {ConnectStage, Session, Transport} from '../model/transport.js';
import {LOOK_AS_ROOT} from '../rules/remedy.js';
import {sanitize} from '../text/sanitize.js';

export interface DoctorDeps {
  readonly transport: Transport;
  /** templates/doctor.sh */
  readonly script: string;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface DoctorOptions {
  readonly timeoutMs: number;
  readonly acceptNew: boolean;
}

/** The first line of both answers. */
const MARK = 'zbufctl-doctor';
/** One line: what a login shell prints by itself would stand beside it. */
const SHELL = `echo ${MARK}\n`;
/** What these scripts may print; a host that says more is not asked further. */
const MOST_BYTES = 64 * 1024;
/** Further apart, a maintenance window is at another time than the host's clock says. */
const MOST_SKEW_S = 60;

/** Which step a failure is of, where its kind alone tells. */
const STEP_OF: Readonly<Record<FailureKind, HostStep | undefined>> = {
  unresolved: 'resolve',
  refused: 'connect',
  jump: 'connect',
  protocol: 'connect',
  'host-key-unknown': 'host key',
  'host-key-changed': 'host key',
  'host-key-revoked': 'host key',
  'host-key-weak': 'host key',
  auth: 'auth',
  become: 'become',
  'timed-out': undefined,
  unsupported: undefined,
  cut: undefined,
  silent: undefined,
  flooded: undefined,
  interrupted: undefined,
  'no-record': undefined,
};

/**
 * The step that failed when a connection ends at a stage. What is wrong with the host's key has a
 * kind of its own; anything else before it is no sshd that answers.
 */
const STEP_AFTER: Readonly<Record<ConnectStage | 'nothing', HostStep>> = {
  nothing: 'connect',
  resolved: 'connect',
  connected: 'connect',
  trusted: 'auth',
};

/**
 * Goes to a host step by step and says of each how it went; after the first that fails the others
 * are skipped. Changes nothing.
 */
export async function checkHost(
  host: Host,
  options: DoctorOptions,
  deps: DoctorDeps,
): Promise<CheckedHost> {
  const done = await goTo(host, options, deps);
  const checks = HOST_STEPS.map(
    (step): Check =>
      done.get(step) ?? {state: 'skipped', name: step, detail: 'a step before it failed', fix: ''},
  );
  return {host: host.name, address: host.address, checks};
}

type Done = Map<HostStep, Check>;

async function goTo(host: Host, options: DoctorOptions, deps: DoctorDeps): Promise<Done> {
  const done: Done = new Map();
  const set = (step: HostStep, state: CheckState, detail: string, fix = ''): void => {
    done.set(step, {
      state,
      name: step,
      detail: sanitize(detail, {limit: 1000}),
      fix: sanitize(fix, {limit: 2000}),
    });
  };
  const failed = (step: HostStep, {message, fix}: Failure): Done => {
    set(step, 'problem', message, fix);
    return done;
  };

  // First as who logs in: what a shell prints is no matter of sudo's.
  let stage: ConnectStage | 'nothing' = 'nothing';
  const plain = await connectTo({...host, become: 'none'}, options, deps, (reached) => {
    stage = reached;
  });
  if (!plain.ok) {
    const step = STEP_OF[plain.error.kind] ?? STEP_AFTER[stage];
    passBefore(step, set);
    return failed(step, plain.error);
  }
  const {user, port, via, hostKeyType, hostKeyFingerprint, authentication} = plain.value.connection;
  const through = via.length === 0 ? '' : `, through ${via.join(', ')}`;
  set('resolve', 'ok', host.address);
  set('connect', 'ok', `sshd answers on port ${port}${through}`);
  const key = hostKeyType === undefined ? '' : `${hostKeyType} ${hostKeyFingerprint ?? ''}, `;
  set('host key', 'ok', `${key}as known_hosts has it`);
  set(
    'auth',
    'ok',
    `logged in as ${user}${authentication === undefined ? '' : ` (${authentication})`}`,
  );
  try {
    const said = await ask(plain.value, SHELL, options, deps);
    if (!said.ok) return failed('shell', said.error);
    if (said.value.trim() !== MARK) {
      set(
        'shell',
        'note',
        `the login shell prints more than it was asked: ${sanitize(said.value.replace(MARK, '').trim(), {limit: 120})}`,
        'Let it print nothing unless it is interactive (~/.cshrc, ~/.profile, ~/.bashrc).',
      );
    } else set('shell', 'ok', 'a clean /bin/sh runs');
    if (host.become === 'none') {
      set('become', 'ok', 'not asked for');
      await look(plain.value, set, failed, options, deps);
      return done;
    }
  } finally {
    plain.value.close();
  }
  const elevated = await connectTo(host, options, deps);
  if (!elevated.ok) return failed('become', elevated.error);
  try {
    await look(elevated.value, set, failed, options, deps, host.become);
  } finally {
    elevated.value.close();
  }
  return done;
}

type Set = (step: HostStep, state: CheckState, detail: string, fix?: string) => void;

/** What is certainly behind us when a step fails. */
function passBefore(step: HostStep, set: Set): void {
  for (const before of HOST_STEPS.slice(0, HOST_STEPS.indexOf(step))) set(before, 'ok', 'done');
}

/** Who we are there, what is there, and what time it is there. */
async function look(
  session: Session,
  set: Set,
  failed: (step: HostStep, failure: Failure) => unknown,
  options: DoctorOptions,
  deps: DoctorDeps,
  become?: string,
): Promise<void> {
  const said = await ask(session, deps.script, options, deps);
  if (!said.ok) {
    failed(become === undefined ? 'tools' : 'become', said.error);
    return;
  }
  const values = said.value.slice(said.value.indexOf(MARK)).split('\n');
  const valueOf = (key: string): string | undefined =>
    values.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);
  if (become !== undefined) set('become', 'ok', `${become} works`);
  const missing = values.filter((line) => line.startsWith('missing=')).map((line) => line.slice(8));
  tools(set, {uid: valueOf('uid'), system: valueOf('system'), missing});
  clock(set, valueOf('seconds'), deps.now());
}

function tools(
  set: Set,
  seen: {
    readonly uid: string | undefined;
    readonly system: string | undefined;
    readonly missing: readonly string[];
  },
): void {
  const {uid, system, missing} = seen;
  if (system !== 'FreeBSD') {
    set(
      'tools',
      'note',
      `it is ${system ?? 'not said what'}, not FreeBSD`,
      'zbufctl has nothing to judge on it.',
    );
  } else if (uid !== '0')
    set('tools', 'problem', `not root there (uid ${uid ?? '?'})`, LOOK_AS_ROOT);
  else if (missing.length > 0) {
    set(
      'tools',
      'problem',
      `not there: ${missing.join(', ')}`,
      'They are part of the base system: repair it.',
    );
  } else set('tools', 'ok', 'root on FreeBSD, with all an audit asks');
}

function clock(set: Set, seconds: string | undefined, now: number): void {
  if (seconds === undefined || !/^\d{1,12}$/.test(seconds)) {
    set('clock', 'problem', 'date(1) did not say the time', 'Run date +%s on the host.');
    return;
  }
  const apart = Math.round(Number(seconds) - now / 1000);
  if (Math.abs(apart) <= MOST_SKEW_S) set('clock', 'ok', `within ${MOST_SKEW_S} s of this one`);
  else {
    const way = apart > 0 ? 'ahead of' : 'behind';
    set(
      'clock',
      'note',
      `${Math.abs(apart)} s ${way} this machine's`,
      'Set one of the two: service ntpd onestart, or ntpdate.',
    );
  }
}

const connectTo = (
  host: Host,
  {timeoutMs, acceptNew}: DoctorOptions,
  {transport, signal}: DoctorDeps,
  onStage?: (stage: ConnectStage) => void,
) =>
  transport.connect(host, {
    connectTimeoutMs: timeoutMs,
    authTimeoutMs: timeoutMs,
    acceptNew,
    signal,
    ...(onStage === undefined ? {} : {onStage}),
  });

async function ask(
  session: Session,
  script: string,
  {timeoutMs}: DoctorOptions,
  {signal}: DoctorDeps,
): Promise<{ok: true; value: string} | {ok: false; error: Failure}> {
  const reply = await session.run(script, {timeoutMs, maxBytes: MOST_BYTES, signal});
  return reply.ok ? {ok: true, value: reply.value.stdout.toString('utf8')} : reply;
}
