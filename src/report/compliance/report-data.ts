import type {ReportLine} from '../../model/report-lines.js';
import type {Report} from '../../model/report.js';
import {lineJson} from '../../text/canonical-json.js';
import {itemsInParts, membersInParts, prettyParts} from '../../text/json-parts.js';
import type {Parts} from '../../text/pieces.js';
import {cells, csvHeader, csvOfHost, csvRow} from '../formats/csv.js';

/** The report itself, lossless; schema: report.schema.json. */
export const renderReportJson = (report: Report): Parts =>
  prettyParts({
    ...report,
    scope: membersInParts({
      ...report.scope,
      missing: itemsInParts(() => report.scope.missing),
    }),
  });

/**
 * One JSON document a line: a header with everything that is not about one host, a line a host, a
 * line a host that was never asked, and a trailer. A stream without a trailer was cut.
 */
export function* renderReportNdjson(report: Report): Iterable<string> {
  const {hosts, scope, ...rest} = report;
  yield line({
    ...rest,
    schema: 'zbufctl.report-header/1',
    scope: {meant: scope.meant, answered: scope.answered},
  });
  for (const host of hosts) yield line({schema: 'zbufctl.report-host/1', ...host});
  for (const {why, ...missing} of scope.missing)
    if (why === 'not-asked') yield line({schema: 'zbufctl.report-missing/1', why, ...missing});
  yield line({
    schema: 'zbufctl.report-trailer/1',
    hosts: hosts.length,
    missing: scope.missing.length,
  });
}

const line = (document: ReportLine): string => `${lineJson(document)}\n`;

/**
 * The rows of the audits (see renderCsv), then the findings about the policy and the hosts that
 * were never asked.
 */
export function* renderReportCsv(report: Report): Iterable<string> {
  yield csvHeader();
  for (const host of report.hosts) yield csvOfHost(host.run, host);
  for (const finding of report.policyFindings) yield csvRow({host: '(policy)', ...cells(finding)});
  for (const {host, address, why, message, fix} of report.scope.missing)
    if (why === 'not-asked')
      yield csvRow({host, address, posture: 'unknown', failure: why, summary: message, fix});
}
