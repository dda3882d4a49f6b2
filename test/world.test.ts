import {expect, test} from 'vitest';

import {POSTURES} from '../src/model/finding.js';
import {
  fleetOf,
  hostileFleet,
  makeEvidence,
  makeFinding,
  makeHost,
  makeRun,
  oneOfEach,
  passesBut,
} from './world.js';

test('the fixed fleet has a host of every posture', () => {
  expect(new Set(oneOfEach().hosts.map((h) => h.posture))).toEqual(new Set(POSTURES));
});

test('fleets of any size and the hostile one are accepted by their own builder', () => {
  expect(fleetOf(300).hosts).toHaveLength(300);
  expect(hostileFleet().hosts.length).toBeGreaterThan(10);
});

test('nonsense is refused', () => {
  expect(() => makeFinding({rule: 'ZBUF-001', fix: ''})).toThrow('no fix');
  expect(() => makeFinding({rule: 'ZBUF-001', because: []})).toThrow('no reading');
  expect(() => makeFinding({rule: 'ZBUF-001', verdict: 'pass', waived: 'x'})).toThrow('waived');
  expect(() =>
    makeFinding({
      rule: 'ZBUF-001',
      because: [{reading: 'a', source: 'b', state: 'absent', value: '0'}],
    }),
  ).toThrow('says otherwise');
  expect(() => makeHost({host: 'a', posture: 'broken'})).toThrow('do not make it broken');
  expect(() => makeHost({host: 'a', posture: 'unreachable'})).toThrow('unreachable');
  expect(() =>
    makeHost({
      host: 'a',
      posture: 'compliant',
      findings: passesBut(makeFinding({rule: 'ZBUF-001'})),
    }),
  ).toThrow('compliant');
  const twin = makeHost({host: 'a', posture: 'compliant'});
  expect(() => makeRun([twin, twin])).toThrow('twice');
  expect(() => makeEvidence({host: ''})).toThrow('without a host');
});
