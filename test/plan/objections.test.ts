import {describe, expect, test} from 'vitest';

import {parseWindowRange} from '../../src/inventory/window-range.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {Objection} from '../../src/model/objection.js';
import type {PlannedHost, PlannedStep} from '../../src/model/plan.js';
import {absent, read} from '../../src/model/reading.js';
import {objectionsTo} from '../../src/plan/objections.js';
import {HOSTILE} from '../world.js';

import type {CaptureSpec} from '../rules/scene.js';

import type {PlanSpec} from './scene.js';
import {evidenceOf, inputOf, planOf, pflogd, probeOf} from './scene.js';

const ADDRESS = {address: '192.0.2.1'};
const before = (): PlanSpec => ({
  evidence: evidenceOf({running: '1', sysctlConf: 'net.bpf.zerocopy_enable=1\n'}),
  policy: {zerocopy: 'off'},
});

/** Why the plan made from `before` is not carried out on what the host is now. */
const objections = (now: Partial<PlanSpec> = {}, host = ADDRESS): readonly string[] =>
  texts(before(), {...before(), ...now}, host);
/** The same for any two looks at a host. */
const texts = (then: PlanSpec, now: PlanSpec, host = ADDRESS): readonly string[] =>
  objectionsOf(planOf(then), then, now, host).map(({text}) => text);
const objectionsOf = (
  planned: PlannedHost,
  then: PlanSpec,
  now: PlanSpec,
  host = ADDRESS,
): readonly Objection[] =>
  objectionsTo(planned, {...host, policy: now.policy ?? {}}, inputOf(now), {
    policy: {...then.policy},
    version: '0.1.0',
    versionNow: '0.1.0',
    cleanDuplicates: false,
  });
const after = (change: Partial<Evidence>): Partial<PlanSpec> => ({
  evidence: {...before().evidence, ...change},
});

test('a host that is as it was has none', () => {
  expect(objections()).toEqual([]);
});

describe('a host that is not as it was is stale, with what differs', () => {
  test('another running value', () => {
    const now = after({
      sysctls: read({'net.bpf.zerocopy_enable': '0', 'net.bpf.maxbufsize': '524288'}),
    });
    expect(objections(now)[0]).toBe('stale, plan again: running value was 1, is 0');
  });

  test('another file', () => {
    const files = before().evidence.files.map((file) => ({...file, content: read('# mine now\n')}));
    expect(objections(after({files})).join()).toMatch(/^stale, plan again: .*\/etc\/sysctl\.conf/);
  });

  test('another policy', () => {
    expect(objections({policy: {zerocopy: 'on'}}).join()).toContain(
      'policy zerocopy was off, is on',
    );
  });

  test('another address', () => {
    expect(objections({}, {address: '192.0.2.9'})).toEqual([
      'stale: the plan is for 192.0.2.1, the inventory has 192.0.2.9 now',
    ]);
  });

  test('in everything: the first few are named, the others counted', () => {
    const {identity} = before().evidence;
    const now = after({
      identity: {
        ...identity,
        system: read('Linux'),
        release: read('6.1'),
        securelevel: read(3),
        jailed: read(true),
      },
      practice: true,
      sysctls: read({'net.bpf.zerocopy_enable': '0'}),
    });
    const [stale = ''] = objections(now);
    expect(stale.match(/ was /g)).toHaveLength(4);
    expect(stale).toMatch(/; and \d+ more$/);
  });

  test('a host that hides what it was asked for is not taken for one that is as it was', () => {
    expect(objections(after({sysctls: absent})).length).toBeGreaterThan(0);
    expect(objections(after({files: []})).length).toBeGreaterThan(0);
  });

  test('and what it says of itself stays short, however much it says', () => {
    const {identity} = before().evidence;
    for (const text of Object.values(HOSTILE)) {
      const now = after({identity: {...identity, release: read(text)}});
      const [stale = ''] = objections(now);
      expect(stale).toMatch(/^stale, plan again: kernel release was /);
      expect(stale.length).toBeLessThan(1000);
    }
  });
});

describe('the gate is asked again', () => {
  const on = (probe = probeOf()): PlanSpec => ({
    evidence: evidenceOf({running: '0', sysctlConf: ''}),
    policy: {zerocopy: 'auto'},
    probe,
  });

  test('a probe that got too old under auto lets 1 be set no more, although setting 0 would be allowed', () => {
    expect(texts(on(), on())).toEqual([]);
    const old = on(probeOf({}, '2026-01-01T00:00:00Z'));
    expect(texts(on(), old).join()).toContain('older than the policy allows');
  });

  test('a probe that is gone too', () => {
    const none = {...on(), probe: undefined};
    expect(texts(on(), none).join()).toContain('probe');
  });
});

describe('the maintenance window', () => {
  const within = (text: string): Partial<PlanSpec> => {
    const range = parseWindowRange(text);
    if (!range.ok) throw new Error(range.error.message);
    return {changes: {window: [range.value]}};
  };

  // NOW is a Tuesday, 12:00 UTC.
  test('open: nothing against it', () => {
    expect(objections(within('Tue 11:00-13:00'))).toEqual([]);
  });

  test('closed: when it opens is said', () => {
    expect(objections(within('Sat 02:00-04:00')).join()).toMatch(
      /Sat 02:00-04:00.*opens at 2026-11-28T02:00Z/,
    );
  });
});

describe('a plan holds what the planner makes, and nothing else', () => {
  const spec = (): PlanSpec => ({
    evidence: evidenceOf({
      running: '1',
      sysctlConf: 'net.bpf.zerocopy_enable=1\n',
      enabled: ['/etc/rc.d/pflog'],
      variables: {pflog_enable: 'YES'},
      captures: [pflogd('stalled')],
    }),
    policy: {zerocopy: 'off'},
  });
  const planned = planOf(spec());
  const rc: PlannedStep = {
    kind: 'set-rc',
    file: '/etc/rc.conf',
    variable: 'local_startup',
    from: null,
    to: '/usr/local/etc/rc.d /home/mallory/rc.d',
    why: ['ZBUF-005'],
    inverse: null,
  };
  const step = (kind: string): PlannedStep => {
    const found = planned.steps.find((one) => one.kind === kind);
    if (found === undefined) throw new Error(`no ${kind}`);
    return found;
  };
  const changed = (kind: string, change: object): readonly PlannedStep[] =>
    planned.steps.map((one) => (one.kind === kind ? {...one, ...change} : one));

  test.each<[string, readonly PlannedStep[], string]>([
    ['a step more', [rc, ...planned.steps], 'step 1 (/etc/rc.conf: local_startup not set ->'],
    ['a step less', planned.steps.filter(({kind}) => kind !== 'verify'), 'verify: it runs with 0'],
    ['a step twice', [step('restart-service'), ...planned.steps], 'there more than once'],
    ['another order', [...planned.steps].reverse(), 'in another order'],
    [
      'another content',
      changed('write-boot', {to: 'net.bpf.zerocopy_enable=0\nx=1\n'}),
      'another content',
    ],
    ['another inverse', changed('set-running', {inverse: null}), 'or another inverse'],
    ['another service', changed('restart-service', {service: 'sshd'}), 'restart sshd'],
    ['a kill', changed('restart-service', {timeLimit: 1}), 'restart pflog'],
  ])('%s is forged, and named', (_, steps, named) => {
    const found = objectionsOf({...planned, steps}, spec(), spec());
    expect(found.map(({word}) => word)).toEqual(['forged']);
    expect(found[0]?.text).toContain(named);
  });

  test('what differs on the host explains other steps: stale, not forged', () => {
    const now = {...spec(), evidence: evidenceOf({running: '0', sysctlConf: ''})};
    expect(objectionsOf(planned, spec(), now).map(({word}) => word)).toEqual(['stale']);
  });

  test('so does another version of zbufctl, which may plan otherwise', () => {
    const made = {
      policy: {zerocopy: 'off'},
      version: '0.0.9',
      versionNow: '0.1.0',
      cleanDuplicates: false,
    } as const;
    const host = {...ADDRESS, policy: made.policy};
    const steps = planned.steps.slice(1);
    expect(objectionsTo({...planned, steps}, host, inputOf(spec()), made)).toMatchObject([
      {word: 'stale'},
    ]);
    expect(objectionsTo(planned, host, inputOf(spec()), made)).toEqual([]);
  });

  test('a policy that was edited in the plan is not the policy of the inventory', () => {
    const rcPolicy = {
      ...spec(),
      policy: {zerocopy: 'off', rc: {sendmail_flags: '-C/tmp/x'}},
    } as const;
    const [found] = objectionsOf(planned, rcPolicy, spec());
    expect(found).toMatchObject({word: 'stale'});
    expect(found?.text).toContain('policy rc was {"sendmail_flags":"-C/tmp/x"}, is not set');
  });

  test('a plan that lost its policy is not carried out', () => {
    const made = {policy: undefined, version: '0.1.0', versionNow: '0.1.0', cleanDuplicates: false};
    const host = {...ADDRESS, policy: {zerocopy: 'off'} as const};
    expect(objectionsTo(planned, host, inputOf(spec()), made)).toMatchObject([{word: 'stale'}]);
  });

  test('a restart nobody could tell the need of may go, but not where the capture is stalled now', () => {
    const seen = (capture: CaptureSpec): PlanSpec => ({
      ...spec(),
      evidence: evidenceOf({
        running: '1',
        sysctlConf: 'net.bpf.zerocopy_enable=1\n',
        enabled: ['/etc/rc.d/pflog'],
        variables: {pflog_enable: 'YES'},
        captures: [capture],
      }),
    });
    const open = seen({...pflogd('fine'), offset: 0});
    const plan = planOf(open);
    expect(plan.steps.map(({kind}) => kind)).toContain('restart-service');
    expect(objectionsOf(plan, open, seen(pflogd('fine')))).toEqual([]);
    const without = {...plan, steps: plan.steps.filter(({kind}) => kind !== 'restart-service')};
    expect(objectionsOf(without, open, seen(pflogd('stalled')))).toMatchObject([{word: 'stale'}]);
  });
});
