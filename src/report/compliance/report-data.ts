import type {ReportLine} from '../../model/report-lines.js';
import type {Report} from '../../model/report.js';
import {lineJson, prettyJson} from '../../text/canonical-json.js';
import {cells, csvOf, hostRows} from '../formats/csv.js';
import type {Row} from '../formats/csv.js';

/** The report itself, lossless; schema: report.schema.json. */
export const renderReportJson = (report: Report): string => prettyJson(report);

/**
 * One JSON document a line: a header with everything that is not about one host, a line a host, a
 * line a host that was never asked, and a trailer. A stream without a trailer was cut.
 */
export function renderReportNdjson(report: Report): string {
  const {hosts, scope, ...rest} = report;
  const lines: readonly ReportLine[] = [
    {
      ...rest,
      schema: 'zbufctl.report-header/1',
      scope: {meant: scope.meant, answered: scope.answered},
    },
    ...hosts.map((host) => ({schema: 'zbufctl.report-host/1', ...host}) as const),
    ...scope.missing.flatMap(({why, ...missing}) =>
      why === 'not-asked' ? ({schema: 'zbufctl.report-missing/1', why, ...missing} as const) : [],
    ),
    {schema: 'zbufctl.report-trailer/1', hosts: hosts.length, missing: scope.missing.length},
  ];
  return `${lines.map(lineJson).join('\n')}\n`;
}

/**
 * The rows of the audits (see renderCsv), then the findings about the policy and the hosts that
 * were never asked.
 */
export function renderReportCsv(report: Report): string {
  return csvOf([
    ...report.hosts.flatMap((host) => hostRows(host.run, host)),
    ...report.policyFindings.map((finding): Row => ({host: '(policy)', ...cells(finding)})),
    ...report.scope.missing
      .filter(({why}) => why === 'not-asked')
      .map(({host, address, why, message, fix}): Row => ({
        host,
        address,
        posture: 'unknown',
        failure: why,
        summary: message,
        fix,
      })),
  ]);
}
