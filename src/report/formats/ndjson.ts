import type {AuditLine} from '../../model/audit-lines.js';
import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import {lineJson} from '../../text/canonical-json.js';
import {writtenHost} from '../../text/host-on-demand.js';

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
  const schema = 'zbufctl.audit-host/1';
  const text = writtenHost(host) ?? '';
  const last = text.lastIndexOf(',"running":');
  if (last === -1 || !RUNNING.test(text.slice(last))) return line({schema, run, ...host});
  const [before, running] = [text.slice(0, last), text.slice(last, -1)];
  return `${before},"run":${lineJson(run)}${running},"schema":"${schema}"}\n`;
}

/** The last member of a host as it is written: `run` belongs before it, `schema` behind it. */
const RUNNING = /^,"running":(?:null|"unreadable"|-?\d+)\}$/;

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
