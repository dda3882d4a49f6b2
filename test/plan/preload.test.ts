import {describe, expect, test} from 'vitest';

import {mergeServices} from '../../src/knowledge/merge-services.js';
import type {ChangePolicy} from '../../src/model/change-policy.js';
import {NO_CHANGE_POLICY} from '../../src/model/change-policy.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {PlannedHost} from '../../src/model/plan.js';
import {absent, read, unreadable} from '../../src/model/reading.js';
import type {Service} from '../../src/model/service.js';
import {planHost} from '../../src/plan/make-plan.js';
import {findingsOf} from '../../src/plan/policy-wants.js';
import {preloadInForce} from '../../src/plan/verify-modes.js';

import {modedEvidence, MODE_OBJECTS} from './moded-hosts.js';
import {NOW, probeOf, SERVICES, shown} from './scene.js';

/*
 * A daemon whose plugin brings libpcap in by dlopen(3): no mapping reaches it, and LD_PRELOAD in
 * its rc variable does, where the policy asks for it.
 */

const servicesWith = (more: object = {}): readonly Service[] =>
  mergeServices(
    SERVICES,
    [
      {
        id: 'plugtapd',
        command: 'plugtapd',
        rcScript: 'plugtapd',
        rcVariable: 'plugtapd_enable',
        pattern: 'fork-child-captures',
        otherSide: 'lives-on',
        ...more,
      },
    ],
    () => ({file: 'zbufctl.yaml', line: 1}),
  ).services;

const stalled = modedEvidence('plugin-capture');
const PATH = '/usr/local/lib/zbufctl/libpcap-buffered.so';

function inputOf(
  evidence: Evidence,
  changes: Partial<ChangePolicy>,
  services: readonly Service[] = servicesWith(),
): Parameters<typeof planHost>[0] {
  const scene = {
    evidence,
    policy: {zerocopy: 'on' as const},
    services,
    host: 'fw01.example.net',
    address: '192.0.2.1',
    changes: {...NO_CHANGE_POLICY, modes: {plugtapd: 'buffered' as const}, ...changes},
    modeObjects: MODE_OBJECTS,
    now: NOW,
    probe: probeOf(),
  };
  return {...scene, findings: findingsOf(scene)};
}

const planFor = (...input: Parameters<typeof inputOf>): PlannedHost => planHost(inputOf(...input));
const reasons = (plan: PlannedHost): string =>
  plan.gate.reasons.map(({text, remedy}) => `${text} | ${remedy ?? ''}`).join('\n');
const ASKED = {preload: ['plugtapd']};

const rc = (evidence: Evidence, set: Readonly<Record<string, string>>): Evidence => ({
  ...evidence,
  rc: {
    ...evidence.rc,
    variables: read({
      ...(evidence.rc.variables.state === 'read' ? evidence.rc.variables.value : {}),
      ...set,
    }),
    files: (evidence.rc.files ?? []).map((file) =>
      file.path === '/etc/rc.conf' && file.assignments.state === 'read'
        ? {
            ...file,
            assignments: read([
              ...file.assignments.value,
              ...Object.entries(set).map(([name, value], i) => ({
                name,
                value,
                line: 90 + i,
                literal: true,
              })),
            ]),
          }
        : file,
    ),
  },
});

test('without the policy’s word it is refused, and told what would help', () => {
  const plan = planFor(stalled, {});
  expect(plan.state).toBe('refused');
  expect(reasons(plan)).toMatch(/by dlopen, which no mapping reaches .*policy\.preload/);
});

test('with it: the object, the variable, the restart, and what is mapped into the process', () => {
  const plan = planFor(stalled, ASKED);
  expect(plan.state, reasons(plan)).toBe('changes');
  expect(shown(plan)).toEqual([
    'install buffered',
    `rc /etc/rc.conf plugtapd_env unset -> LD_PRELOAD=${PATH}`,
    'restart-service plugtapd may kill',
    'verify running 1',
    'verify boot 1',
    'verify preload plugtapd buffered',
    'verify captures plugtapd',
  ]);
  const variable = plan.steps.find(({kind}) => kind === 'set-rc');
  expect(variable).toMatchObject({
    from: null,
    to: `LD_PRELOAD=${PATH}`,
    inverse: {kind: 'set-rc', from: `LD_PRELOAD=${PATH}`, to: null},
  });
  expect(reasons(plan)).toContain('buffered, by LD_PRELOAD');
});

test('never by a file of variables, and what the variable holds stays', () => {
  const plan = planFor(rc(stalled, {plugtapd_env: 'TZ=UTC'}), ASKED);
  expect(shown(plan)).toContain(`rc /etc/rc.conf plugtapd_env TZ=UTC -> TZ=UTC LD_PRELOAD=${PATH}`);
  for (const step of plan.steps) expect(JSON.stringify(step)).not.toContain('_env_file');
});

test('zbuf takes the object out of the variable, and leaves the file', () => {
  const set = rc(stalled, {plugtapd_env: `TZ=UTC LD_PRELOAD=${PATH}`});
  const plan = planFor(set, {...ASKED, modes: {plugtapd: 'zbuf'}});
  // With the value on it would lose its capture again.
  expect(plan.state).toBe('refused');
  const off = planHost({
    ...inputOf(set, {...ASKED, modes: {plugtapd: 'zbuf'}}),
    policy: {zerocopy: 'off'},
  });
  expect(shown(off)).toContain(`rc /etc/rc.conf plugtapd_env TZ=UTC LD_PRELOAD=${PATH} -> TZ=UTC`);
  expect(shown(off)).not.toContainEqual(expect.stringMatching(/^install/));
});

const program = (change: Partial<Evidence['programs'][number]>): Evidence => ({
  ...stalled,
  programs: stalled.programs.map((p) =>
    p.path === '/usr/local/sbin/plugtapd' ? {...p, ...change} : p,
  ),
});
const facts = (change: object): Evidence => ({
  ...stalled,
  modes: stalled.modes?.state === 'read' ? read({...stalled.modes.value, ...change}) : absent,
});
const maps = (of: (path: string) => string): Evidence => ({
  ...stalled,
  memoryMaps: Object.fromEntries(
    Object.entries(stalled.memoryMaps).map(([pid, map]) => [
      pid,
      map.state === 'read' ? read(map.value.map((m) => ({...m, path: of(m.path)}))) : map,
    ]),
  ),
});
const processes = (change: object): Evidence => ({
  ...stalled,
  processes:
    stalled.processes.state === 'read'
      ? read(stalled.processes.value.map((p) => (p.command === 'plugtapd' ? {...p, ...change} : p)))
      : stalled.processes,
});

describe('refused, with the reason and what to do', () => {
  test.each<[string, Evidence, RegExp, object?]>([
    ['libpcap by name', program({libpcap: read('/lib/libpcap.so.8')}), /policy\.modes alone/],
    ['libpcap linked in', program({builtIn: read('libpcap version 1.10.6')}), /linked into it/],
    ['set-id', facts({setId: ['/usr/local/sbin/plugtapd']}), /drops LD_PRELOAD/],
    ['32-bit', facts({narrow: ['/usr/local/sbin/plugtapd']}), /32-bit/],
    ['noexec', facts({mounts: [{path: '/', options: ['rw', 'noexec']}]}), /noexec/],
    ['mac_veriexec', facts({veriexec: read('active')}), /mac_veriexec/],
    [
      'another libpcap',
      maps((p) => p.replace('/lib/libpcap.so.8', '/usr/local/lib/libpcap.so.1')),
      /in front of \/lib/,
    ],
    [
      'none loaded',
      maps((p) => p.replace('/lib/libpcap.so.8', '/lib/libelf.so.2')),
      /no libpcap is loaded/,
    ],
    [
      'maps that were not read',
      {...stalled, memoryMaps: {}},
      /could not be read, so that it brings/,
    ],
    ['a jail', processes({jid: 3}), /in a jail/],
    [
      'a file of variables',
      rc(stalled, {plugtapd_env_file: '/etc/plugtapd.env'}),
      /which was not read/,
    ],
    [
      'a stranger’s preload',
      rc(stalled, {plugtapd_env: 'LD_PRELOAD=/x.so'}),
      /preloads \/x\.so .* already/,
    ],
    [
      'another variable',
      rc(stalled, {plugtapd_env: 'LD_LIBRARY_PATH=/x'}),
      /LD_LIBRARY_PATH .* can undo/,
    ],
    ['instances', rc(stalled, {plugtapd_instances: 'a b'}), /more than once.*env LD_PRELOAD=/],
    [
      'no rc script',
      stalled,
      /no enabled rc script.*env LD_PRELOAD=/,
      {rcScript: undefined, rcVariable: undefined},
    ],
    ['a variable of another name', stalled, /which variable rc puts/, {rcVariable: 'tap_enable'}],
  ])('%s', (_, evidence, says, more = {}) => {
    const plan = planFor(evidence, ASKED, servicesWith(more));
    expect(['refused', 'unknown']).toContain(plan.state);
    expect(plan.steps).toEqual([]);
    expect(reasons(plan)).toMatch(says);
  });
});

describe('verified by what is mapped into the process', () => {
  const verified = (evidence: Evidence): string => {
    const check = {evidence, services: servicesWith(), restarted: ['plugtapd']};
    const {outcome, detail} = preloadInForce('plugtapd buffered', check);
    return `${outcome}: ${detail}`;
  };
  const set = rc(stalled, {plugtapd_env: `LD_PRELOAD=${PATH}`});

  test('a variable alone is nothing', () => {
    expect(verified(set)).toMatch(/^failed: .* was restarted, and does not run in buffered/);
  });
  test('nor is a program that does not run', () => {
    expect(verified({...set, holders: read([])})).toMatch(/^failed: .* no capture open/);
  });
  test('nor what the next start would not have', () => {
    expect(verified(stalled)).toMatch(/^failed: rc preloads no object of ours/);
    expect(verified({...stalled, rc: {...stalled.rc, variables: unreadable('no')}})).toMatch(
      /^failed: /,
    );
  });
});
