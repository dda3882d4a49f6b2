import {expect, test} from 'vitest';

import {withoutLocalPaths} from '../../../src/report/compliance/local-paths.js';
import {makeFinding, makeHost} from '../../world.js';
import {fixedReport} from './fixed-report.js';

const PLACES = [
  {path: '/home/jane', shown: '~'},
  {path: '/home/jane/fleet', shown: '.'},
  {path: '/', shown: 'never'},
];

test('paths of the controller are gone; what a host said stays', () => {
  const report = fixedReport();
  const message = 'see /home/jane/fleet/zbufctl.yaml, /home/jane/.ssh/known_hosts, /home/janet/x';
  const failure = {kind: 'host-key-unknown', message, fix: message} as const;
  const finding = makeFinding({rule: 'ZBUF-006', summary: 'in /home/jane/sysctl.conf'});
  const host = makeHost({host: 'a', posture: 'unreachable', failure, findings: []});
  const missing = {host: 'a', address: 'a', why: 'auth', message, fix: ''} as const;
  const [first] = report.waivers;
  if (first === undefined) throw new Error('no waiver');
  const origin = {file: '/home/jane/fleet/zbufctl.yaml', line: 3};
  const shown = withoutLocalPaths(
    {
      ...report,
      hosts: [{...host, findings: [finding], run: 'r', auditedAt: report.generatedAt}],
      scope: {...report.scope, missing: [missing]},
      waivers: [{...first, waiver: {...first.waiver, origin}}],
    },
    PLACES,
  );
  const hidden = 'see ./zbufctl.yaml, ~/.ssh/known_hosts, /home/janet/x';
  expect(shown.hosts[0]?.failure).toMatchObject({message: hidden, fix: hidden});
  expect(shown.scope.missing[0]?.message).toBe(hidden);
  expect(shown.waivers[0]?.waiver.origin.file).toBe('./zbufctl.yaml');
  expect(shown.hosts[0]?.findings).toEqual([finding]);
});

test('a report without such paths is the same', () => {
  expect(withoutLocalPaths(fixedReport(), PLACES)).toEqual(fixedReport());
});
