import type {AuditedHost, AuditRun} from '../../src/model/audit-run.js';
import type {Finding, Posture, Severity} from '../../src/model/finding.js';
import {passesBut} from './finding.js';

export type HostSpec = Partial<AuditedHost> & Pick<AuditedHost, 'host' | 'posture'>;

const SERIOUS: readonly Severity[] = ['critical', 'high', 'medium'];

/** A host as an audit reports it; passes everything unless findings are given. */
export function makeHost(spec: HostSpec): AuditedHost {
  const answered = spec.posture !== 'unreachable';
  const host: AuditedHost = {
    address: '192.0.2.1',
    groups: ['all'],
    running: answered ? 0 : 'unreadable',
    boot: answered ? 0 : 'unreadable',
    findings: answered ? passesBut() : [],
    practice: false,
    durationMs: 412,
    ...(answered ? {release: '15.1-RELEASE-p1'} : {}),
    ...spec,
  };
  refuseNonsense(host);
  return host;
}

const failing = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter((f) => f.verdict === 'fail' && f.waived === undefined);

function refuseNonsense(host: AuditedHost): void {
  const fails = failing(host.findings);
  const need = (rules: readonly string[]): boolean => fails.some((f) => rules.includes(f.rule));
  const holds: Record<Posture, () => boolean> = {
    unreachable: () => host.failure !== undefined && host.findings.length === 0,
    unknown: () => host.findings.some((f) => f.verdict === 'unknown') || host.failure !== undefined,
    'not-applicable': () => fails.length === 0,
    broken: () => need(['ZBUF-001']),
    'at-risk': () => need(['ZBUF-002', 'ZBUF-003', 'ZBUF-013']),
    drift: () => need(['ZBUF-004', 'ZBUF-005', 'ZBUF-006', 'ZBUF-009']),
    ineffective: () => need(['ZBUF-007']),
    compliant: () => host.failure === undefined && !fails.some((f) => SERIOUS.includes(f.severity)),
  };
  if (host.host === '') throw new Error('a host without a name');
  if (!holds[host.posture]())
    throw new Error(`${host.host}: its findings do not make it ${host.posture}`);
}

/** A run over these hosts, its totals counted; times and id are fixed. */
export function makeRun(hosts: readonly AuditedHost[], changes: Partial<AuditRun> = {}): AuditRun {
  const names = new Set(hosts.map((h) => h.host));
  if (names.size !== hosts.length) throw new Error('the same host twice in one run');

  const totals: Partial<Record<Posture, number>> = {};
  for (const {posture} of hosts) totals[posture] = (totals[posture] ?? 0) + 1;

  const run: AuditRun = {
    schema: 'zbufctl.audit/1',
    run: '20261124T081500Z-audit-3f9a',
    startedAt: '2026-11-24T08:15:00.000Z',
    finishedAt: '2026-11-24T08:15:07.250Z',
    tool: {name: 'zbufctl', version: '0.1.0'},
    interrupted: false,
    hosts,
    totals,
    ...changes,
  };
  if (run.finishedAt < run.startedAt) throw new Error('a run that finished before it started');
  return run;
}
