import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import type {Notice, NoticeLevel} from '../../model/notify.js';
import {sanitize} from '../../text/sanitize.js';

import type {RunDiff} from '../../model/run-diff.js';
import {renderRunDiff} from '../runs/runs-text.js';
import {cleanName, plural} from '../terminal/page.js';

/** Hosts, and findings of a host, that are told; the rest is a number. */
const HOSTS = 20;
const FINDINGS = 3;
const WIDTH = 100;

/** What an audit found, for somebody who is not looking. */
export function noticeOfRun(run: AuditRun): Notice {
  const telling = run.hosts.filter(
    ({posture}) => posture !== 'compliant' && posture !== 'not-applicable',
  );
  const lines = telling.slice(0, HOSTS).flatMap(hostLines);
  const more = telling.length - HOSTS;
  const text = [...lines, ...(more > 0 ? [`... and ${plural(more, 'host')} more`] : [])].join('\n');
  return {
    level: levelOf(run),
    subject: subjectOf(run, totalsOf(run)),
    text: `${text === '' ? 'Every host is well.' : text}\n\nRun ${run.run}\n`,
    document: {...about(run), hosts: telling.map(hostOf)},
  };
}

/** What changed since another audit; undefined: nothing did. */
export function noticeOfChanges(run: AuditRun, diff: RunDiff): Notice | undefined {
  if (!isChanged(diff)) return undefined;
  const {totals} = diff;
  const words = [
    ...(['new', 'changed', 'fixed', 'gone'] as const).flatMap((word) =>
      totals[word] === 0 ? [] : [`${totals[word]} ${word}`],
    ),
    ...(diff.hosts.length === 0 ? [] : [plural(diff.hosts.length, 'host') + ' changed']),
  ];
  const text = renderRunDiff(diff, {width: WIDTH, colour: false, verbose: false});
  return {
    level: levelOf(run),
    subject: subjectOf(run, words.join(', ')),
    text,
    document: {...about(run), changes: diff},
  };
}

/** Whether two audits differ in anything that is told. */
export const isChanged = ({hosts, findings}: RunDiff): boolean =>
  hosts.length > 0 || findings.length > 0;

function levelOf({hosts}: AuditRun): NoticeLevel {
  if (hosts.some(({posture}) => posture === 'broken')) return 'bad';
  return hosts.every(({posture}) => posture === 'compliant' || posture === 'not-applicable')
    ? 'good'
    : 'warning';
}

const totalsOf = ({totals}: AuditRun): string =>
  Object.entries(totals)
    .map(([posture, count]) => `${count} ${posture}`)
    .join(', ');

const subjectOf = (run: AuditRun, words: string): string =>
  sanitize(
    `zbufctl: ${words === '' ? 'no hosts' : words}${run.hosts.every(({practice}) => practice) ? ' (practice)' : ''}`,
    {limit: 150},
  );

const about = (run: AuditRun): Record<string, unknown> => ({
  schema: 'zbufctl.notice/1',
  run: run.run,
  startedAt: run.startedAt,
  finishedAt: run.finishedAt,
  totals: run.totals,
  notAssessed: (run.totals.unknown ?? 0) + (run.totals.unreachable ?? 0),
});

const told = ({findings}: AuditedHost): AuditedHost['findings'] =>
  findings.filter(({verdict, waived}) => verdict === 'fail' && waived === undefined);

function hostLines(host: AuditedHost): readonly string[] {
  const findings = told(host);
  return [
    `${cleanName(host.host)}: ${host.posture}`,
    ...findings
      .slice(0, FINDINGS)
      .map(({rule, severity, summary}) =>
        sanitize(`  ${severity} ${rule} ${summary}`, {limit: 300}),
      ),
    ...(host.failure === undefined ? [] : [sanitize(`  ${host.failure.message}`, {limit: 300})]),
  ];
}

const hostOf = (host: AuditedHost): Record<string, unknown> => ({
  host: host.host,
  posture: host.posture,
  findings: told(host).map(({rule, severity, summary}) => ({rule, severity, summary})),
});
