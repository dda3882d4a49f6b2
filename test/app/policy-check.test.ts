import {expect, test} from 'vitest';

import {controlMistakes} from '../../src/app/report/control-mistakes.js';
import {policyChecker} from '../../src/app/policy-check.js';
import {parseInventory} from '../../src/inventory/parse-inventory.js';
import {loadControls} from '../../src/io/package/report-assets.js';
import {SERVICES} from '../knowledge/sources.js';

const checkPolicy = policyChecker(SERVICES, (value) => controlMistakes(value, loadControls()));

const complaintsOf = (yaml: string): readonly string[] => {
  const file = {path: '/z/zbufctl.yaml', text: yaml};
  const result = parseInventory([file], {homeDirectory: '/root', checkPolicy});
  return result.ok ? [] : result.complaints.map(({line, message}) => `${line} ${message}`);
};

test('mistakes of all parts of a policy are told at once, each with its line', () => {
  const waiver = 'hosts: [fw01], reason: r, approver: a, ticket: t, start: 2026-06-30';
  expect(
    complaintsOf(`hosts: [fw01]
policy:
  keep: [pflogd]
  waivers:
    - {rule: ZBUF-099, ${waiver}, expiry: 2026-12-31}
    - {rule: ZBUF-001, ${waiver}, expiry: 2026-01-31}
    - {rule: ZBUF-1, ${waiver}, expiry: 2026-01-31}
  disable: [pflogdd, pflogd]
  services:
    - {id: flowtapd, command: flowtapd}
  controls:
    rules:
      ZBUF-001:
        - {framework: nist-800-53-r5, control: XX-1, why: w}
  zerocopy: maybe
`),
  ).toEqual([
    '5 policy.waivers[1].rule: there is no rule "ZBUF-099"',
    '6 policy.waivers[2].expiry: it ends on 2026-01-31, before it starts on 2026-06-30',
    '7 policy.waivers[3].rule: "ZBUF-1" is not the id of a rule, e.g. ZBUF-003',
    '8 policy.disable[1]: there is no service "pflogdd"',
    '8 policy.disable[2]: pflogd is to be kept and to be disabled',
    '10 policy.services[1]: it has no pattern',
    expect.stringMatching(/^14 policy\.controls\.rules\.ZBUF-001\[1\]: .*XX-1/),
    '15 policy.zerocopy is the text "maybe", not one of off, on, auto',
  ]);
});

test('a mode is for a service that is known, or for a program by its path', () => {
  const yaml = `hosts: [fw01]
policy:
  modes:
    pflogd: buffered
    pflgod: private
    /opt/sensor: zbuf
`;
  expect(complaintsOf(yaml)).toEqual(['5 policy.modes.pflgod: there is no service "pflgod"']);
});

test('a service that another policy of the files describes may be named', () => {
  const yaml = (services: string): string => `groups:
  edge: {hosts: [fw01], policy: {keep: [flowtapd]}}
policy: {services: [${services}]}
`;
  expect(complaintsOf(yaml('{id: flowtapd, command: flowtapd, pattern: none}'))).toEqual([]);
  expect(complaintsOf(yaml(''))).toEqual(['2 policy.keep[1]: there is no service "flowtapd"']);
});
