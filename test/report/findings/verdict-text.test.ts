import {expect, test} from 'vitest';

import {verdictOf} from '../../../src/report/findings/verdict-text.js';
import type {HostSpec} from '../../world.js';
import {makeFinding, makeHost, makeRun, passesBut} from '../../world.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import {inputOver} from '../compliance/fixed-report.js';

const failure = {kind: 'refused', message: 'm', fix: 'f'} as const;
const fine: HostSpec = {host: 'a', posture: 'compliant'};
const broken: HostSpec = {
  host: 'b',
  posture: 'broken',
  findings: passesBut(makeFinding({rule: 'ZBUF-001'})),
};
const silent: HostSpec = {host: 'c', posture: 'unreachable', failure, findings: []};
const blind: HostSpec = {
  host: 'd',
  posture: 'unknown',
  findings: passesBut(makeFinding({rule: 'ZBUF-001', verdict: 'unknown'})),
};
const waived: HostSpec = {
  host: 'e',
  posture: 'compliant',
  findings: passesBut(makeFinding({rule: 'ZBUF-005', waived: 'until the image is new'})),
};
const lowOnly: HostSpec = {
  host: 'f',
  posture: 'compliant',
  findings: passesBut(makeFinding({rule: 'ZBUF-006'})),
};

test.each<[readonly HostSpec[], string, string]>([
  [[fine], 'compliant', 'Compliant: the host was assessed, and no failures were found.'],
  [
    [fine, waived],
    'compliant',
    'Compliant: all 2 hosts were assessed, and no failures were found, but for 1 failure that a waiver covers.',
  ],
  [
    [fine, broken, {...broken, host: 'b2'}, silent],
    'not-compliant',
    'Not compliant: 2 hosts are losing packets now; 1 host did not respond or was not asked.',
  ],
  [[fine, lowOnly], 'not-compliant', 'Not compliant: 1 finding stands.'],
  [
    [fine, silent],
    'open',
    'Not decided: no failures were found, but 1 host did not respond or was not asked.',
  ],
  [[blind], 'open', 'Not decided: no failures were found, but 1 host could not be judged.'],
  [[silent], 'open', 'Nothing was assessed: no host responded.'],
])('%#: %2$s', (hosts, verdict, text) => {
  const run = makeRun(hosts.map(makeHost));
  expect(verdictOf(assembleReport({...inputOver(run, []), audits: [run]}))).toEqual({
    verdict,
    text,
  });
});
