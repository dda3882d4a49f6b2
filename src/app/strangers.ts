import type {AuditedHost} from '../model/audit-run.js';
import {strangerEntry, strangerTrace} from '../knowledge/stranger.js';
import {sanitize} from '../text/sanitize.js';

/**
 * What to do about the programs an audit found capturing and nobody described: the entries for
 * policy.services, and the commands that tell the fork pattern. '' when it found none.
 */
export function strangersText(hosts: readonly AuditedHost[]): string {
  const found = new Map<string, {readonly host: string; readonly pid?: number}>();
  for (const {host, findings} of hosts)
    for (const {rule, verdict, program, pid} of findings)
      if (rule === 'ZBUF-011' && verdict === 'fail' && program !== undefined && !found.has(program))
        found.set(program, {host, ...(pid === undefined ? {} : {pid})});
  if (found.size === 0) return '';
  const entries = [...found.keys()].map(strangerEntry).filter((entry) => entry !== '');
  return [
    'These programs capture, and zbufctl does not know when they fork. On the host, as root:',
    ...[...found].flatMap(([program, {host, pid}]) => [
      '',
      `  # ${sanitize(program, {limit: 64})} on ${sanitize(host, {limit: 255})}`,
      ...strangerTrace(program, pid).map((line) => `  ${line}`),
    ]),
    '',
    'zbufctl explain fork-patterns tells which pattern that is. Under policy: in zbufctl.yaml (this',
    'is the careful guess: a capture that would break):',
    '',
    '  services:',
    ...entries.map((entry) => `    - ${entry}`),
  ].join('\n');
}
