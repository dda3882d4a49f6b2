import {describe, expect, test} from 'vitest';

import type {DescriptorStats, Evidence} from '../../src/model/evidence.js';
import {absent, read, unreadable} from '../../src/model/reading.js';
import type {StepOutcome} from '../../src/model/step.js';
import {modeInForce} from '../../src/plan/verify-modes.js';
import {toldByKernel} from '../rules/told-by-kernel.js';

import {modedEvidence} from './moded-hosts.js';
import {SERVICES} from './scene.js';

const check = (
  evidence: Evidence,
  expected: string,
  restarted: readonly string[] = [],
): Pick<StepOutcome, 'outcome' | 'detail'> => {
  const {outcome, detail} = modeInForce(expected, {evidence, services: SERVICES, restarted});
  return {outcome, detail};
};
const told = (evidence: Evidence, mode: DescriptorStats['mode']): Evidence =>
  toldByKernel(evidence, () => mode);

const [buffered, inherit, shared] = [
  modedEvidence('mode-buffered'),
  modedEvidence('mode-inherit'),
  modedEvidence('mode-private'),
];
const switchedOff: Evidence = {
  ...inherit,
  sysctls: read({
    ...(inherit.sysctls.state === 'read' ? inherit.sysctls.value : {}),
    'net.bpf.zerocopy_enable': '0',
  }),
};

describe('what the kernel says decides, where it was asked', () => {
  test.each<[string, Evidence, string, 'already' | 'failed', RegExp]>([
    ['buffered', told(buffered, 'buffer'), '/sbin/pflogd buffered', 'already', /says buffer$/],
    ['zero-copy', told(buffered, 'zbuf'), '/sbin/pflogd buffered', 'failed', /says zbuf$/],
    ['a word', told(buffered, 'unknown'), '/sbin/pflogd buffered', 'failed', /says unknown$/],
    ['zero-copy', told(inherit, 'zbuf'), '/sbin/pflogd inherit', 'already', /says zbuf$/],
    ['buffered', told(inherit, 'buffer'), '/sbin/pflogd inherit', 'failed', /says buffer$/],
    ['off', told(switchedOff, 'buffer'), '/sbin/pflogd inherit', 'already', /says buffer$/],
    ['zero-copy', told(shared, 'zbuf'), '/usr/sbin/tcpdump private', 'already', /says zbuf$/],
    [
      'nothing, although asked',
      {...buffered, descriptorStats: unreadable('the program did not start')},
      '/sbin/pflogd buffered',
      'failed',
      /did not tell: the program did not start/,
    ],
    [
      'nothing of this process',
      {...buffered, descriptorStats: read([])},
      '/sbin/pflogd buffered',
      'failed',
      /no descriptor of pid/,
    ],
    [
      'a model only',
      {...buffered, descriptorStats: absent},
      '/sbin/pflogd buffered',
      'already',
      /runs in buffered$/,
    ],
  ])('%s', (_, evidence, expected, outcome, says) => {
    const found = check(evidence, expected);
    expect([found.outcome, found.detail]).toEqual([outcome, expect.stringMatching(says)]);
  });
});

test('what runs the old way is a remnant, unless the plan restarted it', () => {
  const {memoryMaps, ...rest} = buffered;
  const without: Evidence = {
    ...rest,
    memoryMaps: Object.fromEntries(
      Object.entries(memoryMaps).map(([pid, map]) => [
        pid,
        map.state === 'read'
          ? read(map.value.filter(({path}) => !path.endsWith('libpcap-buffered.so')))
          : map,
      ]),
    ),
  };
  expect(check(without, '/sbin/pflogd buffered')).toEqual({
    outcome: 'already',
    detail: '/sbin/pflogd starts in buffered; what runs keeps what it has',
  });
  const found = check(without, '/sbin/pflogd buffered', ['pflog']);
  expect(found.outcome).toBe('failed');
  expect(found.detail).toMatch(/was restarted, and does not run in buffered/);
});

test('a mode that is not the next start’s is not in force', () => {
  expect(check(buffered, '/sbin/pflogd inherit').outcome).toBe('failed');
  expect(check(buffered, '/sbin/pflogd nonsense').outcome).toBe('failed');
});
