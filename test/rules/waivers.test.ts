import fc from 'fast-check';
import {expect, test} from 'vitest';

import {waiversOf} from '../../src/inventory/waiver-reader.js';
import type {Host} from '../../src/model/host.js';
import type {WrittenWaiver} from '../../src/model/policy.js';
import type {Waiver} from '../../src/model/waiver.js';
import {applyWaivers} from '../../src/rules/waivers.js';
import {globMatches} from '../../src/text/glob.js';
import {daysBetween, utcDay} from '../../src/text/iso-date.js';
import {makeFinding, makeHost, oneOfEach, passesBut} from '../world.js';

const good = {
  rule: 'ZBUF-003',
  hosts: ['fw03.example.net'],
  reason: 'replaced next month',
  approver: 'J. Doe',
  ticket: 'CHG-7',
  start: '2026-11-01',
  expiry: '2026-12-31',
};

const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  ...good,
  groups: [],
  origin: {file: 'zbufctl.yaml', line: 9},
  ...changes,
});

const fw03 = oneOfEach().hosts.find((h) => h.host === 'fw03.example.net')!;
const only = (w: Waiver, day = '2026-11-24', hosts = oneOfEach().hosts) => {
  const applied = applyWaivers(hosts, [w], day);
  return {...applied, state: applied.waivers[0]!};
};

test('a policy shared by many hosts gives its waivers once, with the file they stand in', () => {
  const host = (name: string, waivers: readonly WrittenWaiver[] = []): Host => ({
    name,
    address: name,
    become: 'none',
    identityFiles: [],
    knownHosts: [],
    groups: ['all'],
    policy: {waivers},
    origin: {file: 'zbufctl.yaml', line: 3},
  });
  expect(waiversOf([host('a', [good]), host('b', [good]), host('c')])).toEqual([
    {...good, groups: [], origin: {file: 'zbufctl.yaml', line: 0}},
  ]);
});

test('a waiver in force marks the failure it names, on the hosts it names, and nothing else', () => {
  const {hosts, findings, state} = only(waiver());
  const waived = hosts.flatMap((h) =>
    h.findings.filter((f) => f.waived !== undefined).map((f) => [h.host, f.rule, f.verdict]),
  );
  expect(waived).toEqual([['fw03.example.net', 'ZBUF-003', 'fail']]);
  expect(hosts.flatMap((h) => h.findings)).toHaveLength(
    oneOfEach().hosts.flatMap((h) => h.findings).length,
  );
  expect(findings).toEqual([]);
  expect(state).toMatchObject({standing: 'in-force', covers: ['fw03.example.net'], daysLeft: 37});
  const text = hosts.flatMap((h) => h.findings).find((f) => f.waived !== undefined)!.waived!;
  for (const part of ['replaced next month', 'CHG-7', 'J. Doe', '2026-12-31'])
    expect(text).toContain(part);
});

test('a mark from an older policy goes when no waiver stands behind it any more', () => {
  const before = oneOfEach().hosts.flatMap((h) => h.findings.filter((f) => f.waived !== undefined));
  expect(before).toHaveLength(1);
  const after = applyWaivers(oneOfEach().hosts, [], '2026-11-24').hosts;
  expect(after.flatMap((h) => h.findings.filter((f) => 'waived' in f))).toEqual([]);
});

test('a waiver covers its first and its last day, and no other', () => {
  const w = waiver({start: '2026-11-24', expiry: '2026-11-25'});
  const standing = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'].map(
    (day) => only(w, day).state.standing,
  );
  expect(standing).toEqual(['not-started', 'in-force', 'in-force', 'expired']);
});

test('an expired waiver covers nothing and is a finding that names the hosts it no longer covers', () => {
  const {hosts, findings, state} = only(waiver({expiry: '2026-11-23'}));
  expect(hosts.flatMap((h) => h.findings).some((f) => f.waived !== undefined)).toBe(false);
  expect(state).toMatchObject({standing: 'expired', covers: ['fw03.example.net'], daysLeft: -1});
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({rule: 'ZBUF-W01', severity: 'medium', verdict: 'fail'});
  expect(findings[0]!.summary).toContain('still fails on fw03.example.net');
  expect(findings[0]!.because.length).toBeGreaterThan(0);
});

test('an expired waiver for what no longer fails says that it can be removed', () => {
  const {findings} = only(waiver({expiry: '2026-11-23', hosts: ['fw01.example.net']}));
  expect(findings[0]).toMatchObject({rule: 'ZBUF-W01', fix: 'Remove the waiver from the policy.'});
});

test('a waiver for a host that passes, or that does not exist, is a finding', () => {
  for (const host of ['fw01.example.net', 'fw99.example.net'])
    expect(only(waiver({hosts: [host]})).findings.map((f) => f.rule)).toEqual(['ZBUF-W02']);
});

test('a waiver is not called unmatched while a host it names was not looked at or is unknown there', () => {
  expect(only(waiver({hosts: ['fw08.example.net']})).state.standing).toBe('undecided'); // unreachable
  expect(only(waiver({rule: 'ZBUF-001', hosts: ['fw07.example.net']})).state.standing).toBe(
    'undecided',
  );
  const fleet = [...oneOfEach().hosts, {host: 'fw50.example.net', groups: ['all']}];
  const applied = applyWaivers(
    oneOfEach().hosts,
    [waiver({hosts: ['fw50.example.net']})],
    '2026-11-24',
    fleet,
  );
  expect(applied.waivers[0]!.standing).toBe('undecided');
  expect(applied.findings).toEqual([]);
});

test('unknown is never waived', () => {
  const unknown = makeHost({
    host: 'x',
    posture: 'unknown',
    findings: passesBut(makeFinding({rule: 'ZBUF-003', verdict: 'unknown'})),
  });
  const {hosts, state} = only(waiver({hosts: ['x']}), '2026-11-24', [unknown]);
  expect(hosts[0]!.findings.some((f) => f.waived !== undefined)).toBe(false);
  expect(state.standing).toBe('undecided');
});

test('groups, patterns and services narrow or widen what a waiver covers', () => {
  const covers = (changes: Partial<Waiver>) => only(waiver(changes)).state.covers;
  expect(covers({hosts: [], groups: ['edge']})).toEqual(['fw03.example.net']);
  expect(covers({hosts: ['fw*']})).toEqual(['fw03.example.net']);
  expect(covers({hosts: [fw03.host], service: 'pflogd'})).toEqual([fw03.host]);
  expect(covers({hosts: [fw03.host], service: 'tcpdump'})).toEqual([]);
});

test('a star stands for any run of characters and nothing else is special', () => {
  expect(globMatches('fw*.example.net', 'fw01.example.net')).toBe(true);
  expect(globMatches('*', '')).toBe(true);
  expect(globMatches('a*b*c', 'axbxc')).toBe(true);
  expect(globMatches('a*b*c', 'acb')).toBe(false);
  expect(globMatches('ab*ba', 'aba')).toBe(false);
  expect(globMatches('fw.1', 'fwx1')).toBe(false);
  expect(globMatches('(a+)+*', '(a+)+$')).toBe(true);
  const char = fc.constantFrom('a', 'b', '*', '.');
  fc.assert(
    fc.property(
      fc.string({unit: char}),
      fc.string({unit: fc.constantFrom('a', 'b', '.')}),
      (pattern, name) => {
        const expected = new RegExp(
          `^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^]*')}$`,
        ).test(name);
        expect(globMatches(pattern, name)).toBe(expected);
      },
    ),
  );
});

test('days are counted in UTC, across leap days and year ends', () => {
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  expect(daysBetween('2026-12-31', '2027-01-01')).toBe(1);
  expect(utcDay('2026-11-24T23:30:00-02:00')).toBe('2026-11-25');
});
