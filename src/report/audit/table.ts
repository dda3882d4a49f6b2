import type {AuditRun} from '../../model/audit-run.js';
import type {Page} from '../terminal/page.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';
import {captureLines} from './table-captures.js';
import {hostLines} from './table-hosts.js';
import {findingLines} from './table-findings.js';
import {closingLines, legendLines} from './table-closing.js';

/** Below this many columns nothing sensible fits; wrapping goes on as if there were as many. */
const NARROWEST = 24;

/**
 * A run for a person at a terminal: the hosts, most urgent first; with -v every capture and its
 * mode; the findings that matter, with the reason and the fix; the totals; with -v what the words
 * mean (zbufctl explain says it, too). What came from a host is made harmless on the way.
 */
export function renderTable(run: AuditRun, options: RenderOptions): string {
  const page: Page = {
    run,
    verbose: options.verbose,
    width: Math.max(NARROWEST, options.width),
    paint: painter(options.colour),
  };
  const sections = [
    hostLines(page),
    ...(page.verbose ? [captureLines(page)] : []),
    findingLines(page),
    closingLines(page),
    ...(page.verbose ? [legendLines(page)] : []),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}
