import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parse} from 'yaml';

import {effectivePattern, serviceOutlook} from '../../src/knowledge/effective-pattern.js';
import {findServices} from '../../src/knowledge/find-service.js';
import {mergeServices} from '../../src/knowledge/merge-services.js';
import type {Service} from '../../src/model/service.js';

import {SERVICES, service} from './sources.js';

/** Merges policy services written as YAML. */
const merge = (yaml: string): ReturnType<typeof mergeServices> =>
  mergeServices(SERVICES, parse(yaml) as unknown[], () => ({file: 'zbufctl.yaml', line: 7}));

const byId = (services: readonly Service[], id: string): Service =>
  services.find((s) => s.id === id)!;

test('a policy without services leaves the knowledge base as it is', () => {
  expect(mergeServices(SERVICES, [])).toEqual({services: SERVICES, complaints: []});
});

test("an operator's own daemon is added and then known and judged like any other", () => {
  const {services, complaints} = merge(`
    - id: flowmirror
      name: ACME flow mirror
      command: flowmirrord
      rcScript: flowmirror
      rcVariable: flowmirror_enable
      flagsVariable: flowmirror_flags
      pattern: fork-child-captures
      otherSide: lives-on
      options: "dfi:"
      source: flowmirrord.c of ACME, main()
      variants:
        - given: [-f]
          pattern: none
        - given: [-d]
          absent: [-i]
          pattern: fork-before-open
  `);

  expect(complaints).toEqual([]);
  expect(services).toHaveLength(SERVICES.length + 1);
  expect(findServices(services, {command: 'flowmirrord'}).map((s) => s.id)).toEqual(['flowmirror']);
  expect(findServices(services, {rcScript: 'flowmirror'}).map((s) => s.id)).toEqual(['flowmirror']);
  const own = byId(services, 'flowmirror');
  expect(own).toMatchObject({
    name: 'ACME flow mirror',
    origin: 'policy',
    requestsZerocopy: 'via-libpcap',
    flagsVariables: ['flowmirror_flags'],
    evidence: ['policy: flowmirrord.c of ACME, main()'],
  });
  expect(serviceOutlook(own)).toBe('breaks');
  expect(effectivePattern(own, 'flowmirrord -fi em0').outlook).toBe('safe');
  expect(effectivePattern(own, 'flowmirrord -d').pattern).toBe('fork-before-open');
  expect(effectivePattern(own, 'flowmirrord -if').outlook).toBe('breaks');
});

test('a service of the knowledge base is corrected member by member', () => {
  const {services, complaints} = merge(`
    - id: arpwatch
      pattern: fork-before-open
      source: arpwatch 3.3 mails through a process forked at start
    - id: hostapd
      rcScript: hostapd_guest
  `);

  expect(complaints).toEqual([]);
  expect(services).toHaveLength(SERVICES.length);
  const arpwatch = byId(services, 'arpwatch');
  expect(serviceOutlook(arpwatch)).toBe('safe');
  expect(arpwatch.variants).toEqual([]);
  expect(arpwatch.evidence[0]).toBe('policy: arpwatch 3.3 mails through a process forked at start');
  expect(arpwatch.commands).toEqual(['arpwatch']);
  expect(byId(services, 'hostapd')).toEqual({
    ...service('hostapd'),
    rcScript: 'hostapd_guest',
    evidence: ['policy', ...service('hostapd').evidence],
  });
});

test('a program nobody had read becomes one the operator vouches for', () => {
  const {services} = merge('[{id: nprobe, pattern: none, requestsZerocopy: via-libpcap}]');

  expect(serviceOutlook(byId(services, 'nprobe'))).toBe('safe');
});

test("a process name the policy claims is the policy's program", () => {
  const {services} = merge('[{id: my-snort, command: snort, pattern: none}]');

  expect(findServices(services, {command: 'snort'}).map((s) => s.id)).toEqual(['my-snort']);
  expect(findServices(services, {rcScript: 'snort'}).map((s) => s.id)).toEqual(['snort2']);
});

test('a Python daemon is told by its arguments and leaves other Python programs alone', () => {
  const {services} = merge(
    "[{id: sniffer, command: python3*, argumentsMatch: '*/sniffer.py', pattern: fork-helper-after-open, otherSide: lives-on}]",
  );

  expect(
    findServices(services, {command: 'python3.11', args: 'python3.11 /opt/sniffer.py'}).map(
      (s) => s.id,
    ),
  ).toEqual(['sniffer']);
  expect(
    findServices(services, {command: 'python3.11', args: 'python3.11 sensor.py'}),
  ).toHaveLength(1);
});

test.each([
  ['[flowmirrord]', ['services[0] is not a mapping']],
  ['[{command: x, pattern: none}]', ['services[0]: it has no id']],
  [
    '[{id: x, pattern: none}]',
    ['services[0] (x): it has no command, and the knowledge base has no such id'],
  ],
  ['[{id: x, command: x}]', ['services[0] (x): it has no pattern']],
  ['[{id: x, command: x, pattern: forks}]', ['services[0] (x): pattern is "forks"']],
  [
    '[{id: x, command: x, pattern: fork-child-captures}]',
    ['services[0] (x): the pattern fork-child-captures needs otherSide'],
  ],
  [
    '[{id: x, command: x, pattern: none, otherSide: lives-on}]',
    ['services[0] (x): otherSide has no meaning for the pattern none'],
  ],
  ['[{id: x, command: x, pattern: none, forks: no}]', ['services[0] (x): unknown key "forks"']],
  [
    '[{id: x, command: /usr/bin/x, pattern: none}]',
    ['services[0] (x): command holds something else than it should'],
  ],
  ['[{id: X Y, command: x, pattern: none}]', ['services[0]: id "X Y" is not possible']],
  [
    '[{id: x, command: x, pattern: none}, {id: x, command: y, pattern: none}]',
    ['services[1] (x): an earlier entry has the same id'],
  ],
  [
    '[{id: x, command: x, pattern: none, variants: [{pattern: none}, {given: [n], pattern: none}, {given: [-n]}]}]',
    [
      'services[0] (x), variants[0]: it does not say when',
      'services[0] (x), variants[1]: given holds something else than it should',
      'services[0] (x), variants[2]: it has no pattern',
    ],
  ],
  [
    '[{id: x, command: x, pattern: none, options: "i:(n)"}]',
    ['services[0] (x): options "i:(n)" is not possible'],
  ],
  [
    '[{id: x, command: x, pattern: none, name: "a\\u001b[31m"}]',
    ['services[0] (x): name is not a line of text'],
  ],
  [
    '[{id: x, command: x, pattern: none, rcScript: [a]}]',
    ['services[0] (x): rcScript is not a line of text'],
  ],
  [
    '[{id: arpwatch, requestsZerocopy: sometimes}]',
    ['services[0] (arpwatch): requestsZerocopy is "sometimes"'],
  ],
])('%s is a complaint that says what to do, and changes nothing', (yaml, expected) => {
  const {services, complaints} = merge(yaml);

  expect(complaints.map((c) => c.message)).toEqual(expected);
  for (const {file, line, fix} of complaints) {
    expect({file, line}).toEqual({file: 'zbufctl.yaml', line: 7});
    expect(fix).toMatch(/\.$/);
  }
  // An entry with a complaint is left out; the one before it in the same list counts.
  expect(services.length).toBe(
    expected[0]?.startsWith('services[1]') === true ? SERVICES.length + 1 : SERVICES.length,
  );
});

test('all complaints come at once, and good entries count beside bad ones', () => {
  const {services, complaints} = merge(`
    - {id: a, command: a, pattern: maybe, otherside: lives-on, rcVariable: "a b"}
    - {id: b, command: b, pattern: none}
  `);

  expect(complaints).toHaveLength(3);
  expect(services.map((s) => s.id)).toContain('b');
  expect(services.map((s) => s.id)).not.toContain('a');
});

const anything = fc.oneof(
  fc.anything(),
  fc.record(
    {
      id: fc.oneof(fc.constantFrom('pflogd', 'x', ''), fc.anything()),
      command: fc.anything(),
      pattern: fc.oneof(fc.constantFrom('none', 'fork-child-captures'), fc.anything()),
      otherSide: fc.oneof(fc.constant('lives-on'), fc.anything()),
      variants: fc.oneof(fc.array(fc.anything()), fc.anything()),
      options: fc.anything(),
    },
    {requiredKeys: []},
  ),
);

test('whatever stands in a policy, merging never throws and never loses a service', () => {
  fc.assert(
    fc.property(fc.array(anything, {maxLength: 4}), (entries) => {
      const {services, complaints} = mergeServices(SERVICES, entries);
      expect(services.length).toBeGreaterThanOrEqual(SERVICES.length);
      for (const {message} of complaints) expect(message).not.toBe('');
      for (const known of services)
        expect(known.commands.every((c) => typeof c === 'string')).toBe(true);
    }),
  );
});
