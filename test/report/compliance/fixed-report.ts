import {loadReportAssets} from '../../../src/io/package/report-assets.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import {PROBE_INHERITS, PROBE_SCENARIOS} from '../../../src/model/probe.js';
import type {
  BenchPoint,
  Controls,
  Drift,
  ProbeCell,
  Report,
  ReportedChange,
  ReportedProbe,
  RuleText,
} from '../../../src/model/report.js';
import type {Waiver} from '../../../src/model/waiver.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import type {ReportInput} from '../../../src/report/compliance/assemble.js';
import {parseControls} from '../../../src/report/compliance/controls.js';
import {applyWaivers} from '../../../src/rules/waivers.js';
import {fleetOf, HOSTILE, hostileFleet, makeHost, makeRun, oneOfEach, RULES} from '../../world.js';

export const assets = loadReportAssets();

/** Read once: the form of hundreds of lines of YAML is checked. */
let read: Controls | undefined;
export const controls = (): Controls => (read ??= readControls());

function readControls(): Controls {
  const {text, file, schema} = assets.controls;
  const {controls: given, complaints} = parseControls(text, file, schema);
  if (complaints.length > 0) throw new Error(JSON.stringify(complaints));
  return given;
}

const ruleText = (id: string, slug: string, severity: RuleText['severity']): RuleText => ({
  id,
  slug,
  severity,
  claim: `The claim is: ${slug.replaceAll('-', ' ')}.`,
  matters: 'Packets that should have been logged can be lost without a message.',
  remedy: `See: zbufctl explain ${id}`,
  sources: ['bpf(4)', 'sys/net/bpf_zerocopy.c'],
});

/**
 * The rules as a report carries them, with words of this test's own: golden files do not change
 * with the real ones.
 */
export const ruleTexts: readonly RuleText[] = [
  ...Object.entries(RULES).map(([id, {slug, severity}]) => ruleText(id, slug, severity)),
  ruleText('ZBUF-W01', 'waiver-expired', 'medium'),
  ruleText('ZBUF-W02', 'waiver-unmatched', 'medium'),
];

const waiver = (ticket: string, changes: Partial<Waiver>): Waiver => ({
  rule: 'ZBUF-003',
  hosts: [],
  groups: [],
  reason: 'The image with the new setting comes next month.',
  approver: 'Jane Doe',
  ticket,
  start: '2026-10-01',
  expiry: '2026-12-31',
  origin: {file: 'zbufctl.yaml', line: 12},
  ...changes,
});

/** One of each standing: in force, expired, not started, unmatched, undecided. */
export const waivers: readonly Waiver[] = [
  waiver('CHG-1042', {
    rule: 'ZBUF-009',
    hosts: ['fw04.example.net'],
    reason: 'The module comes with the next image.',
  }),
  waiver('CHG-0900', {hosts: ['fw03.example.net'], expiry: '2026-11-01'}),
  waiver('CHG-1100', {groups: ['edge'], start: '2027-01-01', expiry: '2027-06-30'}),
  waiver('CHG-0777', {rule: 'ZBUF-006', hosts: ['fw01.example.net', 'ids*'], service: 'tcpdump'}),
  waiver('CHG-1050', {hosts: ['fw08.example.net']}),
];

const STALLS: readonly string[] = ['helper-alive', 'child-captures', 'both-capture', 'exec-late'];

function cell(mode: ProbeCell['mode'], inherit: string, scenario: string): ProbeCell {
  const private_ = mode === 'zbuf' && (inherit === 'default' || inherit === 'copy');
  if (private_ && STALLS.includes(scenario))
    return {mode, inherit, scenario, verdict: 'stalled', stalledAtRound: 2, exposed: true};
  const crashes = inherit === 'none' && (scenario === 'child-captures' || scenario === 'daemonize');
  return {
    mode,
    inherit,
    scenario,
    verdict: crashes ? 'crashed' : 'delivered',
    exposed: inherit === 'share',
  };
}

const bench = (
  mode: string,
  packetSize: number,
  packetsPerSecond: number,
  dropped: number,
): BenchPoint => ({
  mode,
  packetSize,
  bufferSize: 524_288,
  packetsPerSecond,
  dropped,
});

export const probe: ReportedProbe = {
  run: '20261124T080000Z-probe-11aa',
  at: '2026-11-24T08:00:00.000Z',
  host: 'fw01.example.net',
  kernel: '15.1-RELEASE-p1 GENERIC',
  machine: 'amd64',
  model: false,
  matrix: [
    ...PROBE_SCENARIOS.map((scenario) => cell('buffer', 'default', scenario)),
    ...PROBE_INHERITS.flatMap((inherit) =>
      PROBE_SCENARIOS.map((scenario) => cell('zbuf', inherit, scenario)),
    ),
  ],
  bench: [
    bench('buffer', 64, 412_000, 0.031),
    bench('zbuf', 64, 655_300, 0.002),
    bench('buffer', 1400, 98_400, 0.004),
    bench('zbuf', 1400, 104_900, 0),
  ],
};

export const change: ReportedChange = {
  run: '20261120T090000Z-apply-77cc',
  kind: 'apply',
  at: '2026-11-20T09:00:00.000Z',
  by: 'jane@bastion',
  plan: 'plan-5f',
  host: 'fw01.example.net',
  result: 'changed',
  steps: [
    {kind: 'set-runtime', outcome: 'changed', from: '1', to: '0'},
    {kind: 'write-boot-value', outcome: 'changed', from: '1', to: '0'},
    {kind: 'restart-service', outcome: 'already'},
  ],
};

const earlier = (day: string, compliant: number): AuditRun =>
  makeRun([...fleetOf(8).hosts].slice(0, compliant), {
    run: `202611${day}T081500Z-audit-00aa`,
    startedAt: `2026-11-${day}T08:15:00.000Z`,
    finishedAt: `2026-11-${day}T08:15:09.000Z`,
  });

const point = ({run, startedAt, totals}: AuditRun) => ({run, at: startedAt, totals});

const drift: Drift = {
  baseline: {run: '20261110T081500Z-audit-00aa', at: '2026-11-10T08:15:00.000Z'},
  counts: {new: 1, fixed: 1, changed: 1, gone: 0},
  entries: [
    {
      host: 'fw02.example.net',
      change: 'new',
      rule: 'ZBUF-001',
      severity: 'critical',
      before: 'pass',
      after: 'fail',
    },
    {host: 'fw01.example.net', change: 'fixed', rule: 'ZBUF-004', before: 'fail', after: 'pass'},
    {host: 'fw07.example.net', change: 'changed', before: 'compliant', after: 'unknown'},
  ],
};

const withHashes = (run: AuditRun): AuditRun => ({
  ...run,
  hosts: run.hosts.map((host, i) =>
    host.failure === undefined
      ? {...host, evidenceHash: (i + 1).toString(16).padStart(2, '0').repeat(32)}
      : host,
  ),
});

export function inputOver(
  run: AuditRun,
  given: readonly Waiver[],
  changes: Partial<ReportInput> = {},
): ReportInput {
  const applied = applyWaivers(run.hosts, given, '2026-11-24');
  return {
    audits: [{...run, hosts: applied.hosts}],
    waivers: applied.waivers,
    policyFindings: applied.findings,
    rules: ruleTexts,
    controls: controls(),
    generatedAt: '2026-11-24T09:00:00.000Z',
    tool: {name: 'zbufctl', version: '0.1.0'},
    ...changes,
  };
}

/**
 * The report of the golden files: every posture, a waiver of every standing, a probe, a change,
 * drift and a trend.
 */
export function fixedReport(changes: Partial<ReportInput> = {}): Report {
  const run = withHashes(oneOfEach());
  return assembleReport(
    inputOver(run, waivers, {
      history: [earlier('10', 8), earlier('13', 8), earlier('17', 7), earlier('20', 8)].map(point),
      baseline: {run: earlier('10', 8), drift},
      meant: [...run.hosts, {host: 'fw09.example.net', address: '192.0.2.9'}],
      probes: [probe],
      changes: [change],
      others: [
        {
          run: change.run,
          kind: 'apply',
          startedAt: change.at,
          finishedAt: '2026-11-20T09:00:41.000Z',
          toolVersion: '0.1.0',
          interrupted: false,
          hosts: 1,
        },
      ],
      policies: [
        {zerocopy: 'off', hosts: 7, examples: ['fw01.example.net', 'fw02.example.net']},
        {zerocopy: 'auto', hosts: 1, examples: ['ids05.example.net']},
      ],
      chains: new Map([
        [run.run, {state: 'intact', head: 'ab'.repeat(32)}],
        [change.run, {state: 'intact', head: 'cd'.repeat(32)}],
      ]),
      generatedBy: 'jane@bastion',
      ...changes,
    }),
  );
}

/** Every text that can come from outside is one of the hostile ones. */
export function hostileReport(texts: readonly string[] = Object.values(HOSTILE)): Report {
  const run = hostileFleet();
  const hosts = run.hosts.filter((host) => texts.includes(host.host));
  const policed = texts.map((text, i) =>
    waiver(text, {
      rule: i % 2 === 0 ? 'ZBUF-001' : 'ZBUF-004',
      hosts: [text.replaceAll('*', '')],
      groups: [text],
      service: text,
      reason: text,
      approver: text,
      ...(i % 3 === 0 ? {expiry: '2026-11-01'} : {}),
      origin: {file: text, line: 3},
    }),
  );
  return assembleReport(
    inputOver(
      {...run, hosts: hosts.length === 0 ? [makeHost({host: 'x', posture: 'compliant'})] : hosts},
      policed,
      {
        title: texts.join(' '),
        generatedBy: texts[0] ?? 'x',
        history: texts.map((text, i) => ({...point(earlier('10', 3)), run: `${text}${i}`})),
        others: texts.map((text, i) => ({
          run: `o${i}${text}`,
          kind: 'apply',
          startedAt: '2026-11-20T09:00:00.000Z',
          finishedAt: '2026-11-20T09:00:41.000Z',
          toolVersion: text,
          interrupted: true,
          hosts: 1,
        })),
        probes: texts.map((text) => ({
          ...probe,
          host: text,
          kernel: text,
          machine: text,
          error: text,
          matrix: [{...probe.matrix[0]!, scenario: text, inherit: text, mode: text}],
          bench: [{...probe.bench[0]!, mode: text}],
        })),
        changes: texts.map((text) => ({
          ...change,
          run: text,
          by: text,
          host: text,
          result: text,
          reason: text,
          steps: [{kind: text, outcome: text, from: text, to: text}],
        })),
        policies: texts.map((text) => ({zerocopy: 'off', hosts: 1, examples: [text]})),
        baseline: {
          run: {...earlier('10', 3), run: texts[0] ?? 'x'},
          drift: {
            baseline: {run: texts[0] ?? 'x', at: '2026-11-10T08:15:00.000Z'},
            counts: {new: texts.length, fixed: 0, changed: 0, gone: 0},
            entries: texts.map((text) => ({
              host: text,
              change: 'new',
              rule: text,
              before: text,
              after: text,
            })),
          },
        },
        chains: new Map([[run.run, {state: 'broken', problem: texts.join(' ')}]]),
      },
    ),
  );
}

export const bigReport = (hosts: number): Report => assembleReport(inputOver(fleetOf(hosts), []));
