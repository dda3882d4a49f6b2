import {describe, expect, test} from 'vitest';

import {parseWindowRange} from '../../src/inventory/window-range.js';
import type {Evidence} from '../../src/model/evidence.js';
import {absent, read} from '../../src/model/reading.js';
import {objectionsTo} from '../../src/plan/objections.js';
import {HOSTILE} from '../world.js';

import type {PlanSpec} from './scene.js';
import {evidenceOf, inputOf, planOf, probeOf} from './scene.js';

const ADDRESS = {address: '192.0.2.1'};
const before = (): PlanSpec => ({
  evidence: evidenceOf({running: '1', sysctlConf: 'net.bpf.zerocopy_enable=1\n'}),
  policy: {zerocopy: 'off'},
});

/** Why the plan made from `before` is not carried out on what the host is now. */
const objections = (now: Partial<PlanSpec> = {}, host = ADDRESS): readonly string[] =>
  objectionsTo(planOf(before()), host, inputOf({...before(), ...now}));
const after = (change: Partial<Evidence>): Partial<PlanSpec> => ({
  evidence: {...before().evidence, ...change},
});

test('a host that is as it was has none', () => {
  expect(objections()).toEqual([]);
});

describe('a host that is not as it was is stale, with what differs', () => {
  test('another running value', () => {
    const now = after({sysctls: read({'net.bpf.zerocopy_enable': '0', 'net.bpf.maxbufsize': '524288'})});
    expect(objections(now)[0]).toBe('stale, plan again: running value was 1, is 0');
  });

  test('another file', () => {
    const files = before().evidence.files.map((file) => ({...file, content: read('# mine now\n')}));
    expect(objections(after({files})).join()).toMatch(/^stale, plan again: .*\/etc\/sysctl\.conf/);
  });

  test('another policy', () => {
    expect(objections({policy: {zerocopy: 'on'}}).join()).toContain('policy zerocopy was off, is on');
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
    expect(objectionsTo(planOf(on()), ADDRESS, inputOf(on()))).toEqual([]);
    const old = inputOf(on(probeOf({}, '2026-01-01T00:00:00Z')));
    expect(objectionsTo(planOf(on()), ADDRESS, old).join()).toContain('older than the policy allows');
  });

  test('a probe that is gone too', () => {
    const none = inputOf({...on(), probe: undefined});
    expect(objectionsTo(planOf(on()), ADDRESS, none).join()).toContain('probe');
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
