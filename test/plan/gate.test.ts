import fc from 'fast-check';
import {expect, test} from 'vitest';

import {outlook} from '../../src/knowledge/outlook.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {StoredProbe} from '../../src/model/probe.js';
import {absent, read} from '../../src/model/reading.js';
import type {ForkPattern, OtherSide, RequestsZerocopy, Service} from '../../src/model/service.js';
import {judgeGate} from '../../src/plan/gate.js';
import {WITH, WITHOUT} from '../rules/scene.js';
import {pages} from '../rules/scene.js';

import {evidenceOf, inputOf, probeOf, textOf} from './scene.js';
import {often} from '../tools/sampled.js';

const PATTERNS: readonly ForkPattern[] = [
  'none',
  'fork-before-open',
  'fork-exec-after-open',
  'fork-helper-after-open',
  'fork-child-captures',
  'fork-both-capture',
  'unverified',
];
const SIDES: readonly OtherSide[] = [
  'none',
  'exits-at-once',
  'execs-at-once',
  'parent-waits',
  'spawns-without-copy',
  'execs-late',
  'runs-for-seconds',
  'lives-on',
  'unknown',
];
const REQUESTS: readonly RequestsZerocopy[] = ['via-libpcap', 'direct', 'never', 'unverified'];

interface Case {
  readonly pattern: ForkPattern;
  readonly otherSide: OtherSide;
  readonly requests: RequestsZerocopy;
  readonly verified: boolean;
  /** A setting that cannot be seen from outside and would break it. */
  readonly hidden: boolean;
  readonly state: 'runs' | 'enabled' | 'both' | 'neither';
  readonly libpcap: 'with' | 'without' | 'unreadable' | 'none';
  readonly known: boolean;
  readonly disabled: boolean;
  readonly probe:
    'good' | 'none' | 'old' | 'model' | 'kernel' | 'machine' | 'host' | 'half' | 'error' | 'future';
  readonly host:
    | 'plain'
    | 'jail'
    | 'appliance'
    | 'user'
    | 'jail unknown'
    | 'holders'
    | 'enabled unknown'
    | 'immutable';
}

const serviceOf = (c: Case): Service => ({
  id: 'tried',
  name: 'tried',
  origin: 'test',
  commands: ['triedd'],
  rcScript: 'tried',
  rcVariable: 'tried_enable',
  flagsVariables: ['tried_flags'],
  captureApi: 'libpcap',
  requestsZerocopy: c.requests,
  pattern: c.pattern,
  otherSide: c.otherSide,
  notes: '',
  variants: c.hidden
    ? [{when: 'told to', pattern: 'fork-helper-after-open', otherSide: 'lives-on'}]
    : [],
  evidence: ['test'],
  verified: c.verified,
});

const PROBES: Readonly<Record<Case['probe'], StoredProbe | undefined>> = {
  good: probeOf(),
  none: undefined,
  old: probeOf({}, '2026-10-01T00:00:00Z'),
  model: probeOf({model: true}),
  kernel: probeOf({kernel: '15.0-RELEASE'}),
  machine: probeOf({machine: 'arm64'}),
  host: probeOf({host: 'fw02.example.net'}),
  half: probeOf({matrix: probeOf().host.matrix.slice(1)}),
  error: probeOf({error: {code: 'zerocopy-off'}, matrix: []}),
  future: probeOf({}, '2027-01-01T00:00:00Z'),
};

function evidenceFor(c: Case): Evidence {
  const running = c.state === 'runs' || c.state === 'both';
  const enabled = c.state === 'enabled' || c.state === 'both';
  const base = evidenceOf({
    running: '0',
    sysctlConf: '',
    libpcap: c.libpcap === 'without' ? WITHOUT : WITH,
    enabled: enabled ? ['/etc/rc.d/tried'] : [],
    captures: running
      ? [
          {
            pid: 50,
            command: c.known ? 'triedd' : 'stranger',
            args: 'triedd -x',
            before: [1, 0, 0],
            after: [2, 0, 0],
            offset: 100,
            memory: [pages('-----', 256)],
            loadsLibpcap: c.libpcap !== 'none',
          },
        ]
      : [],
  });
  const {identity} = base;
  const dark = {state: 'unreadable', why: 'test'} as const;
  const program = {
    path: '/usr/local/sbin/triedd',
    libpcap: c.libpcap === 'none' ? absent : read('/lib/libpcap.so.8'),
    builtIn: absent,
  };
  const whole: Evidence = {
    ...base,
    rc: {...base.rc, commands: {'/etc/rc.d/tried': program.path}},
    programs: [program],
    ...(c.libpcap === 'unreadable'
      ? {libraries: [{path: '/lib/libpcap.so.8', version: dark}]}
      : {}),
  };
  const schg = whole.files.map((f) => (f.path === '/etc/sysctl.conf' ? {...f, flags: 'schg'} : f));
  const changes: Readonly<Record<Case['host'], Partial<Evidence>>> = {
    plain: {},
    jail: {identity: {...identity, jailed: read(true)}},
    appliance: {identity: {...identity, product: read({name: 'OPNsense', detail: '26.1'})}},
    user: {identity: {...identity, uid: read(1001)}},
    'jail unknown': {identity: {...identity, jailed: dark}},
    holders: {holders: dark},
    'enabled unknown': {rc: {...whole.rc, enabled: dark}},
    immutable: {files: schg},
  };
  return {...whole, ...changes[c.host]};
}

function allowed(c: Case, target = 1): boolean {
  const input = inputOf({
    evidence: evidenceFor(c),
    services: [serviceOf(c)],
    probe: PROBES[c.probe],
  });
  const gate = judgeGate({...input, target, disabled: c.disabled ? ['tried'] : []});
  expect(gate.allowed).toBe(gate.reasons.length === 0);
  return gate.allowed;
}

/** Written from the truth table and the contract, not from the code. */
function mayBeAllowed(c: Case): boolean {
  if (c.probe !== 'good' || c.host !== 'plain') return false;
  const runs = c.state === 'runs' || c.state === 'both';
  if (runs && !c.known) return false;
  if (c.state === 'neither' || c.disabled) return true;
  if (c.requests === 'never') return true;
  if (c.libpcap === 'without' && c.requests === 'via-libpcap') return true;
  const found = outlook(c.pattern, c.otherSide);
  return c.verified && !c.hidden && (found === 'safe' || found === 'race');
}

/** What is not known of a libpcap is reason enough to refuse, even a program that does not fork. */
const mustBeAllowed = (c: Case): boolean =>
  mayBeAllowed(c) &&
  (c.libpcap === 'with' || c.libpcap === 'without' || c.state === 'neither' || c.disabled);

const word = <T extends string>(...words: readonly T[]): fc.Arbitrary<T> =>
  fc.constantFrom(...words);
/** Mostly harmless members, so that a good part of the cases is allowed. */
const mostly = <T extends string>(good: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    {weight: 5, arbitrary: fc.constant(good)},
    {weight: 2, arbitrary: fc.constantFrom(...others)},
  );
const someCase: fc.Arbitrary<Case> = fc.record({
  pattern: fc.constantFrom(...PATTERNS),
  otherSide: fc.constantFrom(...SIDES),
  requests: fc.constantFrom(...REQUESTS),
  verified: fc.boolean(),
  hidden: fc.boolean(),
  state: word('runs', 'enabled', 'both', 'neither'),
  libpcap: mostly('with', 'without', 'unreadable', 'none'),
  known: fc.boolean(),
  disabled: fc.boolean(),
  probe: mostly(
    'good',
    'none',
    'old',
    'model',
    'kernel',
    'machine',
    'host',
    'half',
    'error',
    'future',
  ),
  host: mostly(
    'plain',
    'jail',
    'appliance',
    'user',
    'jail unknown',
    'holders',
    'enabled unknown',
    'immutable',
  ),
});

test('nothing the truth table calls unsafe, and nothing unknown, is ever allowed', () => {
  let refused = 0;
  fc.assert(
    fc.property(someCase, (c) => {
      const answer = allowed(c);
      if (!mayBeAllowed(c)) {
        refused += 1;
        expect({...c, answer}).toEqual({...c, answer: false});
      }
    }),
    {numRuns: often(3000)},
  );
  expect(refused).toBeGreaterThan(often(500));
});

test('every fork the table calls broken is refused, whatever the rest', () => {
  for (const pattern of PATTERNS) {
    for (const otherSide of SIDES) {
      if (outlook(pattern, otherSide) !== 'breaks') continue;
      for (const state of ['runs', 'enabled', 'both'] as const) {
        for (const verified of [true, false]) {
          const c: Case = {
            pattern,
            otherSide,
            requests: 'via-libpcap',
            verified,
            hidden: false,
            state,
            libpcap: 'with',
            known: true,
            disabled: false,
            probe: 'good',
            host: 'plain',
          };
          expect([pattern, otherSide, state, allowed(c)]).toEqual([
            pattern,
            otherSide,
            state,
            false,
          ]);
        }
      }
    }
  }
});

test('what is known to be safe is allowed: the gate is no wall', () => {
  let passed = 0;
  fc.assert(
    fc.property(someCase, (c) => {
      if (!mustBeAllowed(c)) return;
      passed += 1;
      expect({...c, answer: allowed(c)}).toEqual({...c, answer: true});
    }),
    {numRuns: often(6000)},
  );
  expect(passed).toBeGreaterThan(often(100));
});

test('0 is allowed whatever captures and whatever was probed, but not on a host that cannot be changed or was not seen whole', () => {
  fc.assert(
    fc.property(someCase, (c) => {
      expect({...c, answer: allowed(c, 0)}).toEqual({
        ...c,
        // Nothing is written to the file: it boots with 0 already. And 0 breaks no capture,
        // whatever rc starts.
        answer: c.host === 'plain' || c.host === 'immutable' || c.host === 'enabled unknown',
      });
    }),
    {numRuns: often(500)},
  );
});

test('every reason is listed, each with what would mend it', () => {
  const c: Case = {
    pattern: 'fork-helper-after-open',
    otherSide: 'lives-on',
    requests: 'via-libpcap',
    verified: true,
    hidden: false,
    state: 'both',
    libpcap: 'with',
    known: true,
    disabled: false,
    probe: 'old',
    host: 'jail',
  };
  const evidence = evidenceFor(c);
  const gate = judgeGate({
    ...inputOf({
      evidence,
      services: [serviceOf(c)],
      probe: probeOf({kernel: '14.0-RELEASE'}, '2026-01-01T00:00:00Z'),
    }),
    target: 1,
    disabled: [],
  });
  const text = textOf(gate);
  for (const part of [
    'this is a jail',
    'forks after opening',
    'another kernel',
    'older than the policy allows',
  ])
    expect(text).toContain(part);
  expect(text).toContain('policy.disable: [tried]');
});
