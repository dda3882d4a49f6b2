import stringWidth from 'string-width';
import {expect, test} from 'vitest';

import type {AuditRun} from '../../../src/model/audit-run.js';
import type {Finding} from '../../../src/model/finding.js';
import {progressLine, progressNote} from '../../../src/report/terminal/progress-line.js';
import {diffRuns, driftOf} from '../../../src/report/runs/run-diff.js';
import {renderRunDiff, renderRunList} from '../../../src/report/runs/runs-text.js';
import {schemaComplaints} from '../../json-schema.js';
import {hostileFleet, makeFinding, makeHost, makeRun, oneOfEach} from '../../world.js';

const valid = schemaComplaints('src/report/runs.schema.json', '#/$defs/diff');
const plain = {colour: false, width: 120, verbose: false};

const without = (run: AuditRun, host: string): AuditRun => ({
  ...run,
  hosts: run.hosts.filter((h) => h.host !== host),
});
/** The run with one host's failures turned into passes. */
const healed = (run: AuditRun, name: string): AuditRun => ({
  ...run,
  hosts: run.hosts.map((h) =>
    h.host === name
      ? {
          ...h,
          posture: 'compliant',
          findings: h.findings.map((f) =>
            f.verdict === 'fail' ? {...f, verdict: 'pass' as const, fix: ''} : f,
          ),
        }
      : h,
  ),
});

const run = oneOfEach();
const broken = run.hosts.find((h) => h.posture === 'broken')?.host ?? '';
const failures =
  run.hosts.find((h) => h.host === broken)?.findings.filter((f) => f.verdict === 'fail').length ??
  0;

test('a run differs in nothing from itself', () => {
  const diff = diffRuns(run, run);

  expect([diff.hosts, diff.findings, valid(diff)]).toEqual([[], [], []]);
  expect(renderRunDiff(diff, plain)).toContain('Nothing is different.');
});

test('what failed and passes now is fixed; the other way round it is new', () => {
  expect(failures).toBeGreaterThan(0);
  const fixed = diffRuns(run, healed(run, broken));
  expect(fixed.totals).toEqual({new: 0, fixed: failures, changed: 0, gone: 0});
  expect(fixed.hosts).toContainEqual(
    expect.objectContaining({
      host: broken,
      change: 'changed',
      posture: {from: 'broken', to: 'compliant'},
    }),
  );
  expect(valid(fixed)).toEqual([]);

  expect(diffRuns(healed(run, broken), run).totals).toEqual({
    new: failures,
    fixed: 0,
    changed: 0,
    gone: 0,
  });
});

test('a host that is not there any more takes its failures with it: gone, not fixed', () => {
  const diff = diffRuns(run, without(run, broken));

  expect(diff.totals.gone).toBe(failures);
  expect(diff.hosts).toContainEqual(expect.objectContaining({host: broken, change: 'disappeared'}));
  expect(driftOf(diff).counts).toEqual(diff.totals);
});

test('a failure in other words is changed; another pid is not', () => {
  const edit = (f: (text: string) => string, pid?: number): AuditRun => ({
    ...run,
    hosts: run.hosts.map((h) =>
      h.host === broken
        ? {
            ...h,
            findings: h.findings.map((x) =>
              x.verdict === 'fail'
                ? {...x, summary: f(x.summary), ...(pid === undefined ? {} : {pid})}
                : x,
            ),
          }
        : h,
    ),
  });

  expect(
    diffRuns(
      run,
      edit((t) => `${t} More.`),
    ).totals.changed,
  ).toBe(failures);
  const restarted = edit((t) => t.replaceAll('3883', '4001'), 4001);
  expect(JSON.stringify(restarted)).toContain('pflogd (pid 4001)');
  expect(diffRuns(run, restarted).findings).toEqual([]);
});

test('a failure is fixed only when nothing about its rule is unknown now', () => {
  const pass = (service?: string): Finding =>
    makeFinding({rule: 'ZBUF-001', verdict: 'pass', ...(service === undefined ? {} : {service})});
  const unknown = makeFinding({rule: 'ZBUF-001', verdict: 'unknown', service: 'tcpdump'});
  const after = (...findings: Finding[]): AuditRun =>
    makeRun([makeHost({host: broken, posture: 'not-applicable', findings})]);
  const before = makeRun([
    makeHost({
      host: broken,
      posture: 'broken',
      findings: [makeFinding({rule: 'ZBUF-001', service: 'pflogd'})],
    }),
  ]);
  const change = (to: AuditRun): string | undefined => diffRuns(before, to).findings[0]?.change;

  expect(change(after(pass('pflogd')))).toBe('fixed');
  expect(change(after(pass()))).toBe('fixed');
  expect(change(after(pass('tcpdump')))).toBe('fixed');
  expect(change(after(pass('ntopng'), unknown))).toBe('gone');
  expect(change(after(pass('pflogd'), unknown))).toBe('fixed');
  expect(change(after())).toBe('gone');
});

test('hostile names come out harmless', () => {
  const hostile = hostileFleet();
  const text = renderRunDiff(diffRuns({...hostile, hosts: []}, hostile), plain);

  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});

test('the list of runs says when, how many and what came of it; unfinished and unreadable ones too', () => {
  const text = renderRunList(
    [
      {state: 'unfinished', run: '20261124T081500Z-audit-0002', evidence: 3},
      {state: 'unreadable', run: '20261124T081500Z-audit-0001', why: 'summary.json is no JSON'},
      {
        state: 'finished',
        run: '20261124T081500Z-audit-0000',
        summary: {
          schema: 'zbufctl.run-summary/1',
          run: '20261124T081500Z-audit-0000',
          kind: 'audit',
          document: 'zbufctl.audit/1',
          startedAt: '2026-11-24T08:15:00.000Z',
          finishedAt: '2026-11-24T08:15:09.000Z',
          interrupted: true,
          hosts: 12,
          totals: {broken: 2, compliant: 10},
        },
      },
    ],
    plain,
  );

  expect(text).toContain('not finished');
  expect(text).toContain('summary.json is no JSON');
  expect(text).toMatch(/2026-11-24 08:15:00 +12 +stopped early, 2 broken, 10 compliant/);
});

test('the live line names the slowest host, and is never wider than the terminal', () => {
  const state = {
    total: 300,
    done: 120,
    failed: 3,
    inFlight: [
      {host: 'fw2', stage: 'collecting', since: 5_000},
      {host: 'fw1\u001b[2J', stage: 'connecting', since: 1_000},
    ],
    elapsedMs: 9_000,
    now: 10_000,
  };

  expect(progressLine(state, 200)).toBe(
    '120/300 hosts · 2 at work · 3 failed · 9 s · slowest: fw1\\x1b[2J, connecting for 9 s',
  );
  const wide = {
    ...state,
    inFlight: [{host: '東京ファイアウォール一号機', stage: 'connecting', since: 0}],
  };
  for (const width of [5, 20, 40, 60, 70]) {
    expect(stringWidth(progressLine(state, width))).toBeLessThan(width);
    expect(stringWidth(progressLine(wide, width))).toBeLessThan(width);
  }
  expect(progressNote('fw1', 'unreachable', 'refused\r\n')).toBe(
    'fw1: unreachable: refused\\x0d\\x0a',
  );
});
