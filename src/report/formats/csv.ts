import type {Options} from 'csv-stringify/sync';
import {stringify} from 'csv-stringify/sync';

import type {AuditedHost, AuditRun, ValueSummary} from '../../model/audit-run.js';
import type {ShownReading, Finding} from '../../model/finding.js';
import {sanitize} from '../../text/sanitize.js';

/** What a row says of the host; all rows of a host begin alike. */
const HOST_COLUMNS = [
  'run',
  'host',
  'address',
  'groups',
  'posture',
  'running',
  'boot',
  'release',
  'practice',
] as const;
const FINDING_COLUMNS = [
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
type Cell = string | number | undefined;
type Columns<N extends string> = Readonly<Partial<Record<N, string | number>>>;
type HostCells = Columns<(typeof HOST_COLUMNS)[number]>;
type FindingCells = Columns<(typeof FINDING_COLUMNS)[number]>;
export type Row = HostCells & FindingCells;

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
  for (const host of run.hosts) yield csvOfHost(run.run, host);
}

export const renderCsv = (run: AuditRun): string => [...csvParts(run)].join('');

const FORM: Options = {record_delimiter: 'windows', escape_formulas: true};

/** Rows to text. Lists of cells: of objects the library first makes some, at twice the time. */
const textOf = (rows: Cell[][]): string => stringify(rows, FORM);

export const csvHeader = (): string => textOf([[...HOST_COLUMNS, ...FINDING_COLUMNS]]);

/** A row by itself, about no host that was asked. */
export const csvRow = (row: Row): string => textOf([[...startOf(row), ...endOf(row)]]);

/** The rows of a host. */
export function csvOfHost(run: string, host: AuditedHost): string {
  const {failure, findings} = host;
  const start = startOf({
    run,
    host: host.host,
    address: host.address,
    groups: host.groups.join(' '),
    posture: host.posture,
    running: value(host.running),
    boot: value(host.boot),
    practice: String(host.practice),
    ...(host.release === undefined ? {} : {release: host.release}),
  });
  const ends: readonly FindingCells[] =
    failure === undefined
      ? findings.map(cells)
      : [
          {failure: failure.kind, summary: failure.message, fix: failure.fix},
          ...findings.map(cells),
        ];
  return textOf((ends.length === 0 ? [{}] : ends).map((end) => [...start, ...endOf(end)]));
}

const startOf = (row: HostCells): Cell[] => HOST_COLUMNS.map((name) => safe(row[name]));
const endOf = (row: FindingCells): Cell[] => FINDING_COLUMNS.map((name) => safe(row[name]));

const safe = (cell: Cell): Cell =>
  typeof cell === 'string' ? sanitize(cell, {limit: CELL_LIMIT}) : cell;

/** What a finding fills of a row. */
export function cells(finding: Finding): FindingCells {
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
