import type {AuditedHost, AuditRun} from './audit-run.js';
import type {AuditRunId, Count} from './values.js';

/**
 * A line of -o ndjson: a header, a line a host, a trailer. Without a trailer the stream was cut.
 * @discriminator schema
 */
export type AuditLine = AuditHeader | AuditHostLine | AuditTrailer;

export interface AuditHeader extends Pick<AuditRun, 'run' | 'startedAt' | 'tool'> {
  readonly schema: 'zbufctl.audit-header/1';
}

export interface AuditHostLine extends AuditedHost {
  readonly schema: 'zbufctl.audit-host/1';
  readonly run: AuditRunId;
}

export interface AuditTrailer extends Pick<
  AuditRun,
  'run' | 'finishedAt' | 'interrupted' | 'totals'
> {
  readonly schema: 'zbufctl.audit-trailer/1';
  readonly hosts: Count;
}
