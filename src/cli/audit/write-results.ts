import {loadReportAssets} from '../../io/package/report-assets.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import type {RenderOptions} from '../../report/renderer.js';
import {isFormat, RENDERERS} from '../../report/renderers.js';
import type {ReportFormat} from '../../report/report-renderers.js';
import {REPORT_RENDERERS} from '../../report/report-renderers.js';

import type {Output} from '../terminal/output.js';
import type {RunContext} from '../../app/report/report-of-run.js';
import {readVersion} from '../../io/package/version.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeOutputs} from '../terminal/write-outputs.js';

/** Formats that tell more than the run: they are a report's, of this one run. */
const FROM_REPORT = ['markdown', 'html', 'junit', 'sarif', 'oscal', 'hdf'] as const satisfies ReportFormat[];

/** Whether a format says how the run stands in the store's hash chain. */
export const tellsOfChain = (format: string): boolean => FROM_REPORT.some((f) => f === format);

/** What `audit -o` and `runs show -o` can write. */
export const AUDIT_FORMATS: readonly string[] = [...Object.keys(RENDERERS), ...FROM_REPORT];

/** Renders a run in every format asked for. */
export const writeResults = (
  run: AuditRun,
  outputs: readonly Output[],
  terminal: Terminal,
  about: RunAbout,
): Promise<void> => writeOutputs(outputs, (format, look) => render(run, format, look, about), terminal);

type RunAbout = Omit<RunContext, 'controls' | 'version'> & {readonly failOn: Severity};

async function render(
  run: AuditRun,
  format: string,
  look: RenderOptions,
  {failOn, ...about}: RunAbout,
): Promise<string> {
  if (isFormat(format)) return (await RENDERERS[format]())(run, look);
  const wanted = FROM_REPORT.find((f) => f === format);
  if (wanted === undefined) throw new Error(`no renderer for ${format}`);
  const {reportOfRun} = await import('../../app/report/report-of-run.js');
  const renderer = await REPORT_RENDERERS[wanted]();
  const {controls} = loadReportAssets();
  const html = (): ReturnType<typeof loadReportAssets>['html'] => loadReportAssets().html;
  const report = reportOfRun(run, {...about, controls, version: readVersion()});
  return renderer(report, {...look, failOn, html});
}
