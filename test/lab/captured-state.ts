import {
  CAPTURED_RC_CONF,
  baseMachine,
  selfProcess,
  sessionProcesses,
} from '../../src/lab/base-machine.js';
import type {Machine, Release, Unit} from '../../src/lab/machine.js';
import type {Progress} from '../../src/lab/pflogd.js';
import {pflogd} from '../../src/lab/pflogd.js';
import {ZEROCOPY_LIBPCAP, releaseFacts} from '../../src/lab/release-facts.js';
import {baseProcesses} from '../../src/lab/release-tables.js';
import {tcpdump} from '../../src/lab/tcpdump.js';

/** The three states each release was captured in (test/captures). */
export const CAPTURED_STATES = [
  'default',
  'pflogd-stalled-zerocopy',
  'tcpdump-n-zerocopy-healthy',
] as const;
export type CapturedState = (typeof CAPTURED_STATES)[number];

/** The folder of test/captures a state is in: 13.2 calls its default by the libpcap it has. */
export const captureFolder = (release: Release, state: CapturedState): string =>
  `freebsd-${release}/${release === '13.2' && state === 'default' ? 'default-base-libpcap' : state}`;

interface Numbers {
  /** UTC. */
  readonly boot: string;
  readonly hostname: string;
  readonly default: PflogdNumbers;
  readonly stalled: PflogdNumbers;
  readonly tcpdump: {
    readonly pid: number;
    readonly pgid: number;
    readonly started: number;
    readonly hold: number;
  } & Session;
}
interface Session {
  readonly session: number;
  readonly login: number;
  /** Pid of ps, and how many seconds after the login it ran. */
  readonly self: number;
  readonly later: number;
}
interface PflogdNumbers extends Session {
  readonly pids: readonly number[];
  readonly started: number;
  readonly progress: Progress;
}

const NUMBERS: Readonly<Record<Release, Numbers>> = {
  '13.2': {
    boot: '2026-11-24T06:22:49Z',
    hostname: 'fw01.example.net',
    default: {
      pids: [3363, 3365],
      started: 1123,
      progress: {received: 80, storeLength: 0, holdLength: 0, offset: 12156},
      session: 3370,
      login: 1125,
      self: 3406,
      later: 1,
    },
    stalled: {
      pids: [3881, 3883],
      started: 1138,
      progress: {received: 240, storeLength: 24316, holdLength: 12156, offset: 0},
      session: 3899,
      login: 1147,
      self: 3935,
      later: 2,
    },
    tcpdump: {
      pid: 4387,
      pgid: 4381,
      started: 1161,
      hold: 3116,
      session: 4406,
      login: 1171,
      self: 4440,
      later: 1,
    },
  },
  '15.1': {
    boot: '2026-11-24T07:46:18Z',
    hostname: 'fw15.example.net',
    default: {
      pids: [1610, 1612],
      started: 171,
      progress: {received: 82, storeLength: 0, holdLength: 0, offset: 12460},
      session: 1617,
      login: 173,
      self: 1652,
      later: 1,
    },
    stalled: {
      pids: [2238, 2240],
      started: 191,
      progress: {received: 246, storeLength: 24924, holdLength: 12460, offset: 0},
      session: 2256,
      login: 199,
      self: 2291,
      later: 2,
    },
    tcpdump: {
      pid: 3509,
      pgid: 3462,
      started: 271,
      hold: 3356,
      session: 3526,
      login: 281,
      self: 3559,
      later: 2,
    },
  },
};

/**
 * A practice host in a state that was captured on a real one: what its programs print is what the
 * captures hold (test/lab/captured-output.test.ts). With traffic it goes on from there; as captured
 * nothing moves.
 */
export function captureState(release: Release, state: CapturedState, traffic = false): Machine {
  const numbers = NUMBERS[release];
  const base = baseMachine(release, {
    hostname: numbers.hostname,
    bootTime: Date.parse(numbers.boot) / 1000,
  });
  const zerocopy = state !== 'default';
  const moment =
    state === 'default'
      ? numbers.default
      : state === 'pflogd-stalled-zerocopy'
        ? numbers.stalled
        : numbers.tcpdump;
  const session = sessionAt(release, moment);
  return {
    ...base,
    processes: [...baseOf(release, state), ...session],
    self: selfProcess(session, moment.self, moment.later),
    units: [unitOf(release, state, numbers, traffic)],
    sysctls: zerocopy ? {'net.bpf.zerocopy_enable': '1'} : {},
    libpcap: zerocopy ? ZEROCOPY_LIBPCAP : releaseFacts(release).libpcap,
    rcConf: {hostname: numbers.hostname, ...CAPTURED_RC_CONF, pflog_enable: 'YES'},
  };
}

function sessionAt(release: Release, moment: Session): ReturnType<typeof sessionProcesses> {
  const shell = release === '13.2' ? 'csh' : 'sh';
  const session = sessionProcesses(release, 'root', shell, moment.session, moment.login);
  // On 15.1 the stalled state was captured across a second's end.
  const late = release === '15.1' && moment.session === NUMBERS['15.1'].stalled.session;
  return late ? session.map((p, i) => (i === 0 ? p : {...p, started: p.started + 1})) : session;
}

/** devd was seen idle or sleeping, as it happened. */
const baseOf = (release: Release, state: CapturedState): ReturnType<typeof baseProcesses> =>
  baseProcesses(release).map((p) =>
    p.command === 'devd' && state === 'pflogd-stalled-zerocopy' ? {...p, stat: 'Ss'} : p,
  );

function unitOf(release: Release, state: CapturedState, numbers: Numbers, traffic: boolean): Unit {
  switch (state) {
    case 'default':
      return pflogd({
        release,
        ...numbers.default,
        mode: 'buffered',
        behaviour: traffic ? 'buffered' : 'idle',
      });
    case 'pflogd-stalled-zerocopy':
      return pflogd({
        release,
        ...numbers.stalled,
        mode: 'stalled',
        behaviour: traffic ? 'stalled' : 'idle',
      });
    case 'tcpdump-n-zerocopy-healthy': {
      const {pid, pgid, started, hold} = numbers.tcpdump;
      return tcpdump({
        release,
        pid,
        pgid,
        started,
        behaviour: traffic ? 'zerocopy' : 'idle',
        received: 120,
        storeLength: 0,
        holdLength: hold,
        resolvesNames: false,
      });
    }
  }
}
