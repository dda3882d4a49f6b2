import {describe, expect, test} from 'vitest';

import {loadSchema} from '../../src/io/package/schemas.js';
import type {ChangePolicy} from '../../src/model/change-policy.js';
import {NO_CHANGE_POLICY} from '../../src/model/change-policy.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {ModeObject} from '../../src/model/mode.js';
import {MODE_MAP} from '../../src/model/mode.js';
import type {PlannedHost} from '../../src/model/plan.js';
import {absent, read, unreadable} from '../../src/model/reading.js';
import type {PlanHostInput} from '../../src/plan/make-plan.js';
import {makePlan, planHost} from '../../src/plan/make-plan.js';
import {planText, readPlan} from '../../src/plan/plan-document.js';
import {afterSteps} from '../../src/plan/undo.js';
import {findingsOf} from '../../src/plan/policy-wants.js';
import {withOurObjects} from '../../src/rules/reading/mode-object.js';

import {modedEvidence, MODE_OBJECTS} from './moded-hosts.js';
import {NOW, probeOf, SERVICES, shown} from './scene.js';

const objects: readonly ModeObject[] = MODE_OBJECTS;

function inputOf(
  evidence: Evidence,
  zerocopy: 'on' | 'off' | 'auto' | undefined,
  modes: ChangePolicy['modes'],
  known = objects,
): PlanHostInput {
  const scene = {
    evidence: withOurObjects(evidence, known),
    policy: {...(zerocopy === undefined ? {} : {zerocopy}), modes},
    services: SERVICES,
    host: evidence.host,
    address: evidence.address,
    changes: {...NO_CHANGE_POLICY, modes},
    modeObjects: known,
    now: NOW,
    probe: probeOf(),
  };
  return {...scene, findings: findingsOf(scene)};
}

const planFor = (...input: Parameters<typeof inputOf>): PlannedHost => planHost(inputOf(...input));
const reasons = (plan: PlannedHost): string => plan.gate.reasons.map(({text}) => text).join('\n');

const mixed = modedEvidence('mixed-captures');
const stalled = modedEvidence('stalled-pflogd');

test('zero-copy on, modes auto: each capture gets what fits how it forks, and the plan says why', () => {
  const plan = planFor(mixed, 'on', 'auto');

  expect(reasons(plan)).toMatch(
    /buffer mode of pflogd .*: buffered \(it opens the capture, then forks/,
  );
  expect(reasons(plan)).toMatch(
    /buffer mode of tcpdump.*: private \(it forks a helper after opening/,
  );
  expect(reasons(plan)).toMatch(/buffer mode of Suricata: zbuf \(it does not fork/);
  expect(reasons(plan)).toMatch(/tcpdump.* keeps the mode it has until it is started again/);
  expect(plan.gate.allowed, reasons(plan)).toBe(true);
  expect(shown(plan)).toEqual([
    'install buffered',
    'install private',
    'map buffer modes: /sbin/pflogd buffered, /usr/sbin/tcpdump private',
    'running 0 -> 1',
    'boot /etc/sysctl.conf 0 -> 1',
    'restart-service pflog',
    'verify running 1',
    'verify boot 1',
    'verify mode /sbin/pflogd buffered',
    'verify mode /usr/sbin/tcpdump private',
    'verify captures pflogd',
  ]);
  expect(plan.steps.map(({inverse}) => inverse?.kind)).toEqual([
    'install-mode',
    'install-mode',
    'map-mode',
    'set-running',
    'write-boot',
    'restart-service',
    ...Array<undefined>(5).fill(undefined),
  ]);
});

test('without modes the same host is refused, and auto stays at 0', () => {
  expect(planFor(mixed, 'on', {}).state).toBe('refused');
  expect(shown(planFor(mixed, 'auto', {}))).toEqual([]);
});

test('auto comes to 1 where every capture is safe under its mode, and only with the proof of this kernel', () => {
  expect(shown(planFor(mixed, 'auto', 'auto'))).toContain('running 0 -> 1');
  const {probe: _, ...unproven} = inputOf(mixed, 'auto', 'auto');
  expect(shown(planHost({...unproven, findings: findingsOf(unproven)}))).toEqual([]);
});

test('a stalled pf logger is cured by a mode, and the value stays on', () => {
  const plan = planFor(stalled, 'on', {pflogd: 'buffered'});
  expect(shown(plan)).toEqual([
    'install buffered',
    'map buffer modes: /sbin/pflogd buffered',
    'restart-service pflog may kill',
    'verify running 1',
    'verify boot 1',
    'verify mode /sbin/pflogd buffered',
    'verify captures pflogd',
  ]);
  expect(plan.gate.allowed, reasons(plan)).toBe(true);
});

test('private is refused for a child that captures', () => {
  const plan = planFor(stalled, 'on', {pflogd: 'private'});
  expect(plan.state).toBe('refused');
  expect(reasons(plan)).toMatch(/would lose it/);
});

test('a mode that is taken away: the mapping goes, the object stays', () => {
  const evidence = modedEvidence('mode-buffered');
  expect(shown(planFor(evidence, 'off', {pflogd: 'zbuf'}))).toContain(
    'map buffer modes: /sbin/pflogd without',
  );
});

const program = (evidence: Evidence, change: Partial<Evidence['programs'][number]>): Evidence => ({
  ...evidence,
  programs: evidence.programs.map((p) => (p.path === '/sbin/pflogd' ? {...p, ...change} : p)),
});

const facts = (evidence: Evidence, change: object): Evidence => ({
  ...evidence,
  modes:
    evidence.modes?.state === 'read' ? read({...evidence.modes.value, ...change}) : evidence.modes!,
});

const libmap = (evidence: Evidence, text: string): Evidence => ({
  ...evidence,
  linking: {
    ...evidence.linking!,
    libmap: evidence.linking!.libmap.map((f) =>
      f.path === '/etc/libmap.conf' ? {...f, content: read(text)} : f,
    ),
  },
});

const INCLUDE = 'includedir /usr/local/etc/libmap.d\n';

describe('the gate refuses', () => {
  const {linking: _linking, modes: _modes, ...old} = stalled;
  test.each<[string, Evidence, RegExp]>([
    ['evidence in which nobody looked', old, /not collected/],
    ['facts that could not be read', {...stalled, modes: unreadable('denied')}, /denied/],
    [
      'a section that shadows',
      libmap(stalled, `${INCLUDE}[/sbin/]\na.so b.so\n`),
      /\[\/sbin\/\].*shadows/,
    ],
    [
      'a section by name',
      libmap(stalled, `${INCLUDE}[pflogd]\na.so b.so\n`),
      /\[pflogd\].*shadows/,
    ],
    [
      'no includedir',
      {
        ...stalled,
        linking: {
          ...stalled.linking!,
          libmap: [{path: '/etc/libmap.conf', content: read('# nothing\n')}],
          libmapFolders: [],
        },
      },
      /does not include/,
    ],
    [
      'a static program, or dlopen',
      program(stalled, {libpcap: absent}),
      /static, or brings one in by dlopen/,
    ],
    [
      'another major',
      program(stalled, {libpcap: read('/lib/libpcap.so.9')}),
      /loads \/lib\/libpcap\.so\.9/,
    ],
    ['a program nobody looked at', {...stalled, programs: []}, /was not looked at/],
    ['a set-id program', facts(stalled, {setId: ['/sbin/pflogd']}), /set-user-id/],
    ['a 32-bit program', facts(stalled, {narrow: ['/sbin/pflogd']}), /32-bit/],
    ['mac_veriexec', facts(stalled, {veriexec: read('active')}), /mac_veriexec/],
    ['no mounts', facts(stalled, {mounts: []}), /which file systems/],
    [
      'noexec',
      facts(stalled, {
        mounts: [
          {path: '/', options: ['rw']},
          {path: '/usr/local', options: ['rw', 'noexec']},
        ],
      }),
      /\/usr\/local is mounted noexec/,
    ],
    ['read-only', facts(stalled, {mounts: [{path: '/', options: ['ro']}]}), /mounted read-only/],
    [
      'another machine',
      {...stalled, identity: {...stalled.identity, machine: read('riscv')}},
      /no object is made for this machine/,
    ],
    [
      'a program started by another path',
      {
        ...stalled,
        processes:
          stalled.processes.state === 'read'
            ? read(
                stalled.processes.value.map((p) =>
                  p.command === 'pflogd' ? {...p, args: '/tmp/pflogd -x'} : p,
                ),
              )
            : stalled.processes,
      },
      /was started as \/tmp\/pflogd/,
    ],
    [
      'a program in a jail',
      {
        ...stalled,
        processes:
          stalled.processes.state === 'read'
            ? read(
                stalled.processes.value.map((p) => (p.command === 'pflogd' ? {...p, jid: 4} : p)),
              )
            : stalled.processes,
      },
      /jail/,
    ],
    [
      'a variable that undoes a mapping',
      {
        ...stalled,
        rc: {
          ...stalled.rc,
          variables: read({pflog_enable: 'YES', pflog_env: 'LD_LIBMAP_DISABLE=1'}),
        },
      },
      /LD_LIBMAP_DISABLE in its environment can undo a mapping/,
    ],
    [
      'a file of that name that is not ours',
      {
        ...stalled,
        linking: {
          ...stalled.linking!,
          libmap: [
            ...stalled.linking!.libmap,
            {path: MODE_MAP, content: read('[/sbin/pflogd]\nx.so y.so\n')},
          ],
        },
      },
      /not as zbufctl writes it/,
    ],
    [
      'an appliance',
      {
        ...stalled,
        identity: {...stalled.identity, product: read({name: 'OPNsense' as const, detail: '26.7'})},
      },
      /owns the files/,
    ],
  ])('%s', (_, evidence, says) => {
    const plan = planFor(evidence, 'on', {pflogd: 'buffered'});
    expect(['refused', 'unknown']).toContain(plan.state);
    expect(plan.steps).toEqual([]);
    expect(reasons(plan)).toMatch(says);
    for (const {text, remedy} of plan.gate.reasons.filter(({kind}) => kind !== 'note'))
      expect([text, remedy]).toEqual([text, expect.stringMatching(/\S/)]);
  });

  test('an object that was not built here', () => {
    const plan = planFor(stalled, 'on', {pflogd: 'buffered'}, []);
    expect(reasons(plan)).toMatch(/is not in this zbufctl/);
    expect(
      plan.gate.reasons.some(({remedy}) => remedy?.includes('build-freebsd.sh') === true),
    ).toBe(true);
  });
});

test('ZBUF-015 tells what the policy wants and is not so', () => {
  const finding = (evidence: Evidence, modes: ChangePolicy['modes']): string[] =>
    inputOf(evidence, 'on', modes)
      .findings.filter((f) => f.rule === 'ZBUF-015')
      .map((f) => `${f.verdict}: ${f.summary}`);
  expect(finding(stalled, {})).toEqual([
    'not-applicable: The policy says nothing of buffer modes.',
  ]);
  expect(finding(stalled, {pflogd: 'inherit'})[0]).toMatch(/^fail: .*policy wants inherit/);
  const given = modedEvidence('mode-buffered');
  expect(finding(given, {pflogd: 'buffered'})[0]).toMatch(/^pass: .*the mode buffered/);
  expect(finding(given, 'auto')[0]).toMatch(/^pass: /);

  expect(finding(stalled, {pflogd: 'zbuf'})[0]).toMatch(/^pass: .*nothing in front/);
  const strangers = modedEvidence('libmapped-pflogd');
  expect(finding(strangers, {pflogd: 'zbuf'})[0]).toMatch(/^unknown: .*capturemode.* in front of/);
  const hidden: Evidence = {
    ...stalled,
    ...(stalled.linking === undefined
      ? {}
      : {
          linking: {
            ...stalled.linking,
            libmap: stalled.linking.libmap.map((file) => ({...file, content: unreadable('no')})),
          },
        }),
  };
  expect(finding(hidden, {pflogd: 'zbuf'})[0]).toMatch(/^unknown: .*could not be read whole/);
});

test('a digest that could not be read is no other digest', () => {
  const given = modedEvidence('mode-buffered');
  if (given.modes?.state !== 'read') throw new Error('modes were not read');
  const modes = read({
    ...given.modes.value,
    objects: given.modes.value.objects.map((one) => ({...one, sha256: unreadable('no')})),
  });
  const found = inputOf({...given, modes}, 'on', {}).findings.find((f) => f.rule === 'ZBUF-014');
  expect(found?.verdict).toBe('unknown');
  expect(found?.because).toContainEqual(
    expect.objectContaining({source: 'sha256', state: 'unreadable', why: 'no'}),
  );
});

test('a plan with modes keeps to its schema', () => {
  const plan = makePlan({
    hosts: [{state: 'evidence', ...inputOf(mixed, 'on', 'auto')}],
    madeFrom: '20261124T081500Z-audit-3f9a',
    madeAt: NOW,
    version: '0.1.0',
  });
  expect(plan.hosts[0]?.steps.some(({kind}) => kind === 'install-mode')).toBe(true);
  const saved = readPlan(Buffer.from(planText(plan)), 'plan.json', loadSchema('plan/plan'));
  expect(saved).toEqual({ok: true, value: plan});
});

test('what an undo would leave is judged without the mode it takes away', () => {
  const evidence = modedEvidence('mode-buffered');
  const {steps} = planFor(evidence, 'off', {pflogd: 'zbuf'});
  const without = afterSteps(
    evidence,
    steps.filter(({kind}) => kind === 'map-mode'),
    SERVICES,
  );
  const verdict = (of: Evidence): string | undefined =>
    inputOf(of, undefined, {}).findings.find(({rule}) => rule === 'ZBUF-002')?.verdict;
  expect([verdict(evidence), verdict(without)]).toEqual(['pass', 'fail']);
});
