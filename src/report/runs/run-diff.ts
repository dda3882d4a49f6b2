import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import type {Drift, DriftEntry} from '../../model/report.js';
import type {
  FindingChange,
  FindingState,
  FromTo,
  HostChange,
  RunDiff,
  Side,
} from '../../model/run-diff.js';

import {withoutPids} from '../findings/same-sentence.js';

/**
 * Compares two audits host by host and failure by failure. Only failures count: an unknown that
 * comes or goes shows in the posture.
 */
export function diffRuns(from: AuditRun, to: AuditRun): RunDiff {
  const byNameBefore = new Map(from.hosts.map((host) => [host.host, host]));
  const byNameAfter = new Map(to.hosts.map((host) => [host.host, host]));
  const names = [...new Set([...byNameBefore.keys(), ...byNameAfter.keys()])];
  const hosts = names.flatMap((name) =>
    hostChange(name, byNameBefore.get(name), byNameAfter.get(name)),
  );
  const findings = names.flatMap((name) =>
    findingChanges(name, byNameBefore.get(name), byNameAfter.get(name)),
  );
  const totals = {new: 0, fixed: 0, changed: 0, gone: 0};
  for (const {change} of findings) totals[change] += 1;
  return {schema: 'zbufctl.run-diff/1', from: side(from), to: side(to), hosts, findings, totals};
}

const side = ({run, startedAt, hosts}: AuditRun): RunDiff['from'] => ({
  run,
  startedAt,
  hosts: hosts.length,
});

function hostChange(
  host: string,
  before?: AuditedHost,
  after?: AuditedHost,
): readonly HostChange[] {
  const changed = {
    ...pair('posture', before?.posture ?? null, after?.posture ?? null),
    ...pair('running', before?.running ?? null, after?.running ?? null),
    ...pair('boot', before?.boot ?? null, after?.boot ?? null),
    ...pair('release', before?.release ?? null, after?.release ?? null),
  };
  if (before === undefined) return [{host, change: 'appeared', ...changed}];
  if (after === undefined) return [{host, change: 'disappeared', ...changed}];
  return Object.keys(changed).length === 0 ? [] : [{host, change: 'changed', ...changed}];
}

const pair = (name: string, from: Side, to: Side): Record<string, FromTo> =>
  from === to ? {} : {[name]: {from, to}};

/**
 * A rule may fail several times on a host: for each service or interface. The pid changes with
 * every restart and names nothing.
 */
function findingChanges(
  host: string,
  before?: AuditedHost,
  after?: AuditedHost,
): readonly FindingChange[] {
  const byNameBefore = failures(before);
  const byNameAfter = failures(after);
  const changes: FindingChange[] = [];
  for (const [key, now] of byNameAfter) {
    const was = byNameBefore.get(key);
    if (was === undefined) changes.push(describe('new', host, now, undefined, stateOf(now)));
    else if (withoutPids(was.summary) !== withoutPids(now.summary) || was.waived !== now.waived) {
      changes.push(describe('changed', host, now, stateOf(was), stateOf(now)));
    }
  }
  for (const [key, was] of byNameBefore) {
    if (byNameAfter.has(key)) continue;
    const still = passingNow(was, after);
    changes.push(
      describe(
        still === undefined ? 'gone' : 'fixed',
        host,
        was,
        stateOf(was),
        still === undefined ? undefined : stateOf(still),
      ),
    );
  }
  return changes;
}

/**
 * The pass that answers a failure. The rule's word on the same service counts before its word on
 * others, and one unknown among them leaves it open.
 */
function passingNow(was: Finding, after: AuditedHost | undefined): Finding | undefined {
  const ofRule = (after?.findings ?? []).filter(({rule}) => rule === was.rule);
  const ofService = ofRule.filter(({service}) => service === was.service);
  const answers = ofService.length > 0 ? ofService : ofRule;
  const good = (f: Finding): boolean => f.verdict === 'pass' || f.verdict === 'not-applicable';
  return answers.some((f) => f.verdict === 'unknown') ? undefined : answers.find(good);
}

function failures(host: AuditedHost | undefined): ReadonlyMap<string, Finding> {
  const map = new Map<string, Finding>();
  for (const finding of host?.findings ?? []) {
    if (finding.verdict !== 'fail') continue;
    const base = `${finding.rule} ${finding.service ?? ''}`;
    let key = base;
    for (let n = 2; map.has(key); n += 1) key = `${base} ${n}`;
    map.set(key, finding);
  }
  return map;
}

const stateOf = ({verdict, summary, waived}: Finding): FindingState => ({
  verdict,
  summary,
  ...(waived === undefined ? {} : {waived}),
});

function describe(
  change: FindingChange['change'],
  host: string,
  {rule, slug, severity, service}: Finding,
  before: FindingState | undefined,
  after: FindingState | undefined,
): FindingChange {
  return {
    change,
    host,
    rule,
    slug,
    severity,
    ...(service === undefined ? {} : {service}),
    ...(before === undefined ? {} : {before}),
    ...(after === undefined ? {} : {after}),
  };
}

/** The same for a report: what is different since its baseline. */
export function driftOf(diff: RunDiff): Drift {
  const postures = diff.hosts.map(({host, change, posture}): DriftEntry => ({
    host,
    change: change === 'appeared' ? 'new' : change === 'disappeared' ? 'gone' : 'changed',
    before: String(posture?.from ?? ''),
    after: String(posture?.to ?? ''),
  }));
  const findings = diff.findings.map(
    ({host, change, rule, severity, before, after}): DriftEntry => ({
      host,
      change,
      rule,
      severity,
      before: before?.summary ?? '',
      after: after?.summary ?? '',
    }),
  );
  return {
    baseline: {run: diff.from.run, at: diff.from.startedAt},
    counts: diff.totals,
    entries: [...postures.filter((p) => p.before !== p.after), ...findings],
  };
}
