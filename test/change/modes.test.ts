import {appendFileSync, existsSync, statSync, writeFileSync} from 'node:fs';

import {afterAll, expect, test} from 'vitest';

import {mergeServices} from '../../src/knowledge/merge-services.js';
import type {Evidence} from '../../src/model/evidence.js';
import {MODE_MAP, objectPath} from '../../src/model/mode.js';
import {absent, read} from '../../src/model/reading.js';
import {verifySteps} from '../../src/plan/verify-steps.js';
import {posture} from '../../src/rules/posture.js';
import {machineOf} from '../lab/practice-root.js';
import {MODE_OBJECTS} from '../plan/moded-hosts.js';
import {SERVICES} from '../plan/scene.js';

import type {ChangeHost} from './change-host.js';
import {changeFleet, isLocked, leftOvers, RUN, steps} from './change-host.js';
import {look, plannedFor} from './mode-host.js';

/**
 * Giving a program its buffer mode on a practice host whose pf logger is stalled, and taking it
 * away again.
 */
const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

const PLAN = [steps.install, steps.map, steps.restart] as const;
const open = (): ChangeHost => fleet.open(machineOf('stalled-pflogd'));
const mapOf = (host: ChangeHost): string => host.path(MODE_MAP);

test('the object, the mapping, what ldd says, the restart; and back again', async () => {
  const host = open();
  const before = host.snapshot();

  const {record, err} = await host.begin(PLAN);

  expect(record?.state, err).toBe('waiting');
  expect(record?.steps.map(({kind, outcome, detail}) => [kind, outcome, detail])).toEqual([
    ['install-mode', 'changed', '/usr/local/lib/zbufctl/libpcap-buffered.so is there'],
    ['map-mode', 'changed', '/sbin/pflogd: buffered'],
    ['restart-service', 'changed', expect.stringContaining('pflog restarted')],
  ]);
  expect(statSync(host.path(objectPath('buffered'))).mode & 0o7777).toBe(0o444);
  expect(statSync(host.path('/usr/local/lib/zbufctl')).mode & 0o7777).toBe(0o755);
  // The value is on all the while: without the mode it would be in zero-copy mode again.
  expect(host.snapshot()['running']).toBe('1');
  expect(host.text('.lab/bpf')).toMatch(/\tbuffered\t/);

  const undone = await host.contact('undo', RUN);

  expect(undone.record?.state, undone.err).toBe('undone');
  expect(undone.record?.undone.map(({kind}) => kind)).toEqual([
    'map-mode',
    'install-mode',
    'restart-service',
  ]);
  expect(host.snapshot()).toEqual(before);
  expect(leftOvers(host)).toEqual([]);
  await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
});

test('where another section shadows the mapping, ldd tells, and no service is touched', async () => {
  const host = open();
  writeFileSync(
    host.path('/etc/libmap.conf'),
    'includedir /usr/local/etc/libmap.d\n[/sbin/]\nlibGL.so.1 libGL-other.so.1\n',
  );
  const before = host.snapshot();

  const {record, err} = await host.begin(PLAN);

  expect(record?.state, err).toBe('undone');
  expect(record?.steps.map(({outcome}) => outcome)).toEqual(['changed', 'failed', 'not-started']);
  expect(record?.steps[1]?.detail).toMatch(/\/sbin\/pflogd would not load what it should/);
  expect(host.snapshot()).toEqual(before);
});

test('bytes that are not those of the plan are refused before anything is changed', async () => {
  const host = open();
  const before = host.snapshot();

  const {record} = await host.begin(PLAN, {objectOf: () => Buffer.from('something else')});

  expect(record?.refused?.why).toBe('wrong-state');
  expect(record?.refused?.text).toMatch(/not the object/);
  expect(host.snapshot()).toEqual(before);
});

test('a mode that is taken away: the mapping goes, the service begins without it; and back again', async () => {
  const host = fleet.open(machineOf('mode-buffered'));
  const before = host.snapshot();
  const gone = {...steps.map, from: steps.map.to, to: null};

  const {record, err} = await host.begin([steps.running, gone, steps.restart]);

  expect(record?.state, err).toBe('waiting');
  expect(record?.steps[1]).toMatchObject({outcome: 'changed', detail: '/sbin/pflogd: no mode'});
  expect(existsSync(mapOf(host))).toBe(false);
  // The object stays: what still runs has it open, and another mapping may name it.
  expect(existsSync(host.path(objectPath('buffered')))).toBe(true);

  await host.contact('undo', RUN);
  expect(host.snapshot()).toEqual(before);
});

test('an object that is still mapped is not taken away', async () => {
  const host = open();
  await host.begin([steps.install]);
  await host.contact('confirm', RUN);
  await host.begin([steps.map], {run: '20261124T081501Z-apply-3f9b'});
  await host.contact('confirm', '20261124T081501Z-apply-3f9b');

  const {record} = await host.contact('undo', RUN);

  expect(record?.state).toBe('undo-failed');
  expect(record?.undone[0]?.detail).toMatch(/zbufctl\.conf still maps a program/);
  expect(existsSync(host.path(objectPath('buffered')))).toBe(true);
});

test('a mapping that somebody changed since is left as it is', async () => {
  const host = open();
  await host.begin([steps.install, steps.map]);
  writeFileSync(mapOf(host), '# mine now\n');

  const {record} = await host.contact('undo', RUN);

  expect(record?.state).toBe('undo-failed');
  expect(record?.undone[0]?.detail).toMatch(/zbufctl\.conf was changed since/);
  expect(host.text('usr/local/etc/libmap.d/zbufctl.conf')).toBe('# mine now\n');
});

const objectOf = (sha256: string): Uint8Array | undefined =>
  MODE_OBJECTS.find((object) => object.sha256 === sha256)?.bytes;

test('pflogd, tcpdump and suricata under zerocopy: on, modes: auto end compliant, all of them alive; and back', async () => {
  const host = fleet.open(machineOf('mixed-captures'));
  const before = host.snapshot();
  const {plan} = plannedFor(await look(host), {modes: 'auto'});
  expect(plan.state, plan.gate.reasons.map(({text}) => text).join('\n')).toBe('changes');

  const {record, err} = await host.begin(plan.steps, {objectOf});
  expect(record?.state, err).toBe('waiting');

  const after = await look(host);
  const verified = [...verifySteps(plan, after, SERVICES).values()];
  expect(verified.filter(({outcome}) => outcome !== 'already')).toEqual([]);
  expect(verified.map(({detail}) => detail)).toEqual(
    expect.arrayContaining([
      '/sbin/pflogd runs in buffered',
      '/usr/sbin/tcpdump starts in private; what runs keeps what it has',
    ]),
  );
  const {input: judged, plan: next} = plannedFor(after, {modes: 'auto'});
  expect(posture(after, judged.findings)).toBe('compliant');
  expect(next.state).toBe('nothing');
  const alive = judged.findings.filter(({rule}) => rule === 'ZBUF-001');
  expect(alive.map(({verdict}) => verdict)).toEqual(['pass', 'pass', 'pass']);

  await host.contact('undo', RUN);
  expect(host.snapshot()).toEqual(before);
});

test('a daemon that gets libpcap by dlopen: preloaded, seen in its memory, and back again', async () => {
  const host = fleet.open(machineOf('plugin-capture'));
  const before = host.snapshot();
  const {services} = mergeServices(
    SERVICES,
    [
      {
        id: 'plugtapd',
        command: 'plugtapd',
        rcScript: 'plugtapd',
        rcVariable: 'plugtapd_enable',
        pattern: 'fork-child-captures',
        otherSide: 'lives-on',
      },
    ],
    () => ({file: 'zbufctl.yaml', line: 1}),
  );
  const wish = {modes: {plugtapd: 'buffered'}, preload: ['plugtapd']} as const;
  const {plan} = plannedFor(await look(host), wish, services);
  expect(plan.state, plan.gate.reasons.map(({text}) => text).join('\n')).toBe('changes');

  const {record, err} = await host.begin(plan.steps, {objectOf});
  expect(record?.state, err).toBe('waiting');

  const after = await look(host);
  const verified = [...verifySteps(plan, after, services).values()];
  expect(verified.map(({outcome, detail}) => `${outcome}: ${detail}`)).toEqual(
    expect.arrayContaining(['already: plugtapd runs in buffered']),
  );
  expect(verified.filter(({outcome}) => outcome !== 'already')).toEqual([]);
  const {input: judged, plan: next} = plannedFor(after, wish, services);
  expect(next.state).toBe('nothing');
  expect(posture(after, judged.findings)).toBe('compliant');
  for (const rule of ['ZBUF-014', 'ZBUF-015'])
    expect(judged.findings.filter((f) => f.rule === rule)).toMatchObject([{verdict: 'pass'}]);

  // A program that is to preload a file that is gone does not start.
  const gone = {...after, modes: facts({...after, objects: []})};
  expect(plannedFor(gone, wish, services).input.findings).toContainEqual(
    expect.objectContaining({rule: 'ZBUF-014', verdict: 'fail'}),
  );

  await host.contact('undo', RUN);
  expect(host.snapshot()).toEqual(before);
});

const facts = ({
  modes,
  objects,
}: Evidence & {objects: readonly []}): NonNullable<Evidence['modes']> =>
  modes?.state === 'read' ? read({...modes.value, objects}) : absent;

test('an object that rc still preloads is not taken away', async () => {
  const host = open();
  await host.begin([steps.install]);
  appendFileSync(host.path('/etc/rc.conf'), `snort_env="LD_PRELOAD=${objectPath('buffered')}"\n`);

  const {record} = await host.contact('undo', RUN);

  expect(record?.state).toBe('undo-failed');
  expect(record?.undone[0]?.detail).toMatch(/rc\.conf still maps a program/);
  expect(existsSync(host.path(objectPath('buffered')))).toBe(true);
});
