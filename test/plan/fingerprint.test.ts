import {expect, test} from 'vitest';

import type {Evidence} from '../../src/model/evidence.js';
import type {Policy} from '../../src/model/policy.js';
import type {Fingerprint} from '../../src/model/plan.js';
import {read} from '../../src/model/reading.js';
import {differences, fingerprintOf} from '../../src/plan/fingerprint.js';
import type {Layout} from '../rules/scene.js';

import {evidenceOf, pflogd, SERVICES} from './scene.js';

const LAYOUT: Layout = {
  running: '1',
  sysctlConf: 'net.bpf.zerocopy_enable=1\n',
  enabled: ['/etc/rc.d/pflog', '/etc/rc.d/sshd'],
  variables: {pflog_enable: 'YES', pflog_flags: '-s 116'},
  captures: [pflogd('stalled')],
};
const print = (evidence: Evidence, policy: Policy = {zerocopy: 'off'}): Fingerprint =>
  fingerprintOf({evidence, services: SERVICES, policy});
const base = evidenceOf(LAYOUT);
const {identity} = base;
const file = (change: object): Partial<Evidence> => ({
  files: base.files.map((f) => (f.path === '/etc/sysctl.conf' ? {...f, ...change} : f)),
});

const CHANGES: readonly (readonly [what: string, changed: Evidence, named: string])[] = [
  [
    'another kernel',
    {...base, identity: {...identity, release: read('15.1-RELEASE-p2')}},
    'kernel release',
  ],
  ['another running value', evidenceOf({...LAYOUT, running: '0'}), 'running value'],
  [
    'another boot value',
    evidenceOf({...LAYOUT, sysctlConf: 'net.bpf.zerocopy_enable=0\n'}),
    'boot value',
  ],
  [
    'a comment more in sysctl.conf',
    evidenceOf({...LAYOUT, sysctlConf: '# x\nnet.bpf.zerocopy_enable=1\n'}),
    'content of /etc/sysctl.conf',
  ],
  [
    'a sysctl.conf.local',
    evidenceOf({...LAYOUT, sysctlConfLocal: ''}),
    'content of /etc/sysctl.conf.local',
  ],
  ['another mode', {...base, ...file({mode: '0600'})}, 'mode and owner of /etc/sysctl.conf'],
  ['another owner', {...base, ...file({owner: 'ops'})}, 'mode and owner of /etc/sysctl.conf'],
  ['a flag', {...base, ...file({flags: 'schg'})}, 'mode and owner of /etc/sysctl.conf'],
  ['a link', {...base, ...file({linkTarget: '/x'})}, 'mode and owner of /etc/sysctl.conf'],
  [
    'another rc variable',
    evidenceOf({...LAYOUT, variables: {pflog_enable: 'YES', pflog_flags: '-s 1'}}),
    'rc pflog_flags',
  ],
  ['a variable less', evidenceOf({...LAYOUT, variables: {pflog_enable: 'YES'}}), 'rc pflog_flags'],
  [
    'a service less',
    evidenceOf({...LAYOUT, enabled: ['/etc/rc.d/sshd']}),
    'enabled capture services',
  ],
  [
    'an appliance',
    {...base, identity: {...identity, product: read({name: 'pfSense', detail: '2'})}},
    'product',
  ],
  ['a jail', {...base, identity: {...identity, jailed: read(true)}}, 'in a jail'],
  ['a securelevel', {...base, identity: {...identity, securelevel: read(2)}}, 'securelevel'],
  ['a practice host', {...base, practice: true}, 'practice host'],
  [
    'a capture that is well again',
    evidenceOf({...LAYOUT, captures: [pflogd('fine')]}),
    'captures of pflogd on em0',
  ],
  ['no capture', evidenceOf({...LAYOUT, captures: []}), 'captures of pflogd on em0'],
  [
    'a capture more',
    evidenceOf({...LAYOUT, captures: [pflogd('stalled'), {...pflogd('stalled'), pid: 9}]}),
    'captures of pflogd on em0',
  ],
];

test.each(CHANGES)('%s is a difference, and is named', (_, changed, named) => {
  const found = differences(print(base), print(changed));
  expect(found.map((d) => d.what)).toContain(named);
  const other = differences(print(changed), print(base));
  expect(other.map((d) => d.what).sort()).toEqual(found.map((d) => d.what).sort());
});

test('another policy is a difference', () => {
  expect(differences(print(base), print(base, {zerocopy: 'on'}))).toEqual([
    {what: 'policy zerocopy', planned: 'off', now: 'on'},
  ]);
});

test('what moves by itself is none: pids, counters, clocks, and a mode that one look could not decide', () => {
  const later = evidenceOf({
    ...LAYOUT,
    captures: [
      {...pflogd('stalled'), pid: 4001, before: [500, 600, 12_456], after: [700, 800, 12_456]},
    ],
  });
  const moved = {
    ...later,
    collectedAt: '2027-01-01T00:00:00Z',
    identity: {...identity, time: read(1), bootTime: read(2)},
  };
  expect(print(moved)).toEqual(print(base));
  const undecided = evidenceOf({
    ...LAYOUT,
    captures: [
      {
        ...pflogd('stalled'),
        after: [100, 500, 12_456],
        before: [100, 500, 12_456],
        offset: 0,
        state: 'S',
      },
    ],
  });
  expect(differences(print(base), print(undecided))).toEqual([]);
});

test('every fact is a short text', () => {
  const long = evidenceOf({...LAYOUT, variables: {pflog_flags: 'x'.repeat(900)}});
  for (const text of Object.values(print(long))) expect(text.length).toBeLessThanOrEqual(130);
});
