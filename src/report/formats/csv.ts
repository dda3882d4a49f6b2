import type {Options} from 'csv-stringify/sync';
import {stringify} from 'csv-stringify/sync';

import type {AuditedHost, AuditRun, ValueSummary} from '../../model/audit-run.js';
import type {ShownReading, Finding} from '../../model/finding.js';
import {sanitize} from '../../text/sanitize.js';

const COLUMNS = [
  'run',
  'host',
  'address',
  'groups',
  'posture',
  'running',
  'boot',
  'release',
  'practice',
  'rule',
  'slug',
  'severity',
  'verdict',
  'service',
  'pid',
  'summary',
  'matters',
  'because',
  'fix',
  'waived',
  'failure',
] as const;
export type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string | number>>>;

/**
 * A spreadsheet cell holds 32,767 characters and drops the rest silently; ours says so, within that
 * limit.
 */
const CELL_LIMIT = 32_000;

/**
 * RFC 4180: a header, then one row for every finding of every host (passes too: they are what an
 * auditor counts), and one row for a host without findings. No cell can start a formula in a
 * spreadsheet: `'` is put before = + - @ and their full-width forms, and control characters are
 * written out.
 */
export function* csvParts(run: AuditRun): Iterable<string> {
  yield csvHeader();
  yield* csvOfHosts(run.hosts, (host) => hostRows(run.run, host));
}

export const renderCsv = (run: AuditRun): string => [...csvParts(run)].join('');

/** Rows before the library is asked to write them: to begin takes it as long as a host. */
const ROWS = 500;

/** The rows of hosts, some at a time. */
export function* csvOfHosts<H>(
  hosts: Iterable<H>,
  rowsOf: (host: H) => readonly Row[],
): Iterable<string> {
  let rows: Row[] = [];
  for (const host of hosts) {
    rows.push(...rowsOf(host));
    if (rows.length < ROWS) continue;
    yield csvOf(rows);
    rows = [];
  }
  yield csvOf(rows);
}

/** Rows to text, without the header. */
export const csvOf = (rows: readonly Row[]): string =>
  rows.length === 0 ? '' : stringify(rows.map(safeRow), FORM);

export const csvHeader = (): string => stringify([], {...FORM, header: true});

const FORM: Options = {
  columns: [...COLUMNS],
  record_delimiter: 'windows',
  escape_formulas: true,
};

export function hostRows(run: string, host: AuditedHost): readonly Row[] {
  const common: Row = {
    run,
    host: host.host,
    address: host.address,
    groups: host.groups.join(' '),
    posture: host.posture,
    running: value(host.running),
    boot: value(host.boot),
    practice: String(host.practice),
    ...(host.release === undefined ? {} : {release: host.release}),
  };
  if (host.failure !== undefined || host.findings.length === 0) {
    const {kind, message, fix} = host.failure ?? {kind: '', message: '', fix: ''};
    const failed: Row = {...common, failure: kind, summary: message, fix};
    return [failed, ...host.findings.map((finding) => ({...common, ...cells(finding)}))];
  }
  return host.findings.map((finding) => ({...common, ...cells(finding)}));
}

/** What a finding fills of a row. */
export function cells(finding: Finding): Row {
  return {
    rule: finding.rule,
    slug: finding.slug,
    severity: finding.severity,
    verdict: finding.verdict,
    summary: finding.summary,
    matters: finding.matters,
    because: finding.because.map(reading).join('; '),
    fix: finding.fix,
    ...(finding.service === undefined ? {} : {service: finding.service}),
    ...(finding.pid === undefined ? {} : {pid: finding.pid}),
    ...(finding.waived === undefined ? {} : {waived: finding.waived}),
  };
}

const value = (summary: ValueSummary): string | number => summary ?? 'absent';

function reading({reading: what, source, state, value: text, why}: ShownReading): string {
  const result =
    state === 'read'
      ? `= ${text ?? ''}`
      : state === 'absent'
        ? 'absent'
        : `unreadable: ${why ?? ''}`;
  return `${what} ${result} (${source})`;
}

function safeRow(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, cell]) => [
      column,
      typeof cell === 'string' ? sanitize(cell, {limit: CELL_LIMIT}) : cell,
    ]),
  );
}
