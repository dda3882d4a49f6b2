import type {AuditLine} from '../../model/audit-lines.js';
import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import {lineJson} from '../../text/canonical-json.js';

/**
 * One JSON document a line: a header, a line a host, a trailer. A stream without a trailer was cut.
 * The parts are exported one by one so that hosts can be written as they finish.
 */
export function* ndjsonParts(run: AuditRun): Iterable<string> {
  yield ndjsonHeader(run);
  for (const host of run.hosts) yield ndjsonHost(run.run, host);
  yield ndjsonTrailer(run);
}

export const renderNdjson = (run: AuditRun): string => [...ndjsonParts(run)].join('');

export function ndjsonHeader({
  run,
  startedAt,
  tool,
}: Pick<AuditRun, 'run' | 'startedAt' | 'tool'>): string {
  return line({schema: 'zbufctl.audit-header/1', run, startedAt, tool});
}

export function ndjsonHost(run: string, host: AuditedHost): string {
  return line({schema: 'zbufctl.audit-host/1', run, ...host});
}

export function ndjsonTrailer({run, finishedAt, interrupted, hosts, totals}: AuditRun): string {
  return line({
    schema: 'zbufctl.audit-trailer/1',
    run,
    finishedAt,
    interrupted,
    hosts: hosts.length,
    totals,
  });
}

const line = (document: AuditLine): string => `${lineJson(document)}\n`;
