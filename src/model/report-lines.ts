import type {MissingHost, Report, ReportedHost, Scope} from './report.js';
import type {Count} from './values.js';

/**
 * A line of -o ndjson: a header with everything that is not about one host, a line a host, a line a
 * host that was never asked, and a trailer. Without a trailer the stream was cut.
 * @discriminator schema
 */
export type ReportLine = ReportHeader | ReportHostLine | ReportMissingLine | ReportTrailer;

export interface ReportHeader extends Omit<Report, 'schema' | 'hosts' | 'scope'> {
  readonly schema: 'zbufctl.report-header/1';
  readonly scope: Omit<Scope, 'missing'>;
}

export interface ReportHostLine extends ReportedHost {
  readonly schema: 'zbufctl.report-host/1';
}

/** Silent hosts of an audit have a line of their own already. */
export interface ReportMissingLine extends MissingHost {
  readonly schema: 'zbufctl.report-missing/1';
  readonly why: 'not-asked';
}

export interface ReportTrailer {
  readonly schema: 'zbufctl.report-trailer/1';
  readonly hosts: Count;
  readonly missing: Count;
}
