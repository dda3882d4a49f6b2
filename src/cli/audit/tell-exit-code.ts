import type {AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import {tallyOf} from '../../report/findings/tally.js';
import type {ExitCode} from '../exit-codes.js';
import {exitCodeOfAudit} from '../exit-codes.js';
import {noteExitCode} from '../terminal/exit-note.js';
import type {Terminal} from '../terminal/terminal.js';

/** The exit code of an audit, told in words on stderr. */
export function tellExitCode(run: AuditRun, failOn: Severity, terminal: Terminal): ExitCode {
  const code = exitCodeOfAudit(run, failOn);
  const open = run.hosts.filter(({posture}) => posture === 'unknown' || posture === 'unreachable');
  const fails = tallyOf(run.hosts).failures > 0;
  noteExitCode(
    code,
    open.map(({host}) => host),
    fails,
    terminal,
  );
  return code;
}
