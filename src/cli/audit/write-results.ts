import {loadReportAssets} from '../../io/package/report-assets.js';
import {writeTextFile} from '../../io/files/result-file.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import type {RenderOptions} from '../../report/renderer.js';
import {isFormat, RENDERERS} from '../../report/renderers.js';
import type {ReportFormat} from '../../report/report-renderers.js';
import {REPORT_RENDERERS} from '../../report/report-renderers.js';

import type {Output} from '../terminal/output.js';
import type {RunContext} from '../report/report-of-run.js';
import type {Terminal} from '../terminal/terminal.js';

/** Formats that tell more than the run: they are a report's, of this one run. */
const FROM_REPORT = ['markdown', 'html', 'junit', 'sarif', 'oscal', 'hdf'] as const satisfies ReportFormat[];

/** Whether a format says how the run stands in the store's hash chain. */
export const tellsOfChain = (format: string): boolean => FROM_REPORT.some((f) => f === format);

/** What `audit -o` and `runs show -o` can write. */
export const AUDIT_FORMATS: readonly string[] = [...Object.keys(RENDERERS), ...FROM_REPORT];

/** Renders a run in every format asked for: files first, so that what is on the terminal last is what a person reads. */
export async function writeResults(
  run: AuditRun,
  outputs: readonly Output[],
  terminal: Terminal,
  context: RunContext & {readonly failOn: Severity},
): Promise<void> {
  const inOrder = [...outputs].sort((a, b) => Number(a.file === undefined) - Number(b.file === undefined));
  for (const {format, file} of inOrder) {
    if (file === undefined) {
      await terminal.result(await render(run, format, terminal, context));
    } else {
      const options = {colour: false, width: Infinity, verbose: true};
      await writeTextFile(file, await render(run, format, options, context));
    }
  }
}

async function render(
  run: AuditRun,
  format: string,
  options: RenderOptions,
  context: RunContext & {readonly failOn: Severity},
): Promise<string> {
  if (isFormat(format)) return (await RENDERERS[format]())(run, options);
  const wanted = FROM_REPORT.find((f) => f === format);
  if (wanted === undefined) throw new Error(`no renderer for ${format}`);
  const {reportOfRun} = await import('../report/report-of-run.js');
  const renderer = await REPORT_RENDERERS[wanted]();
  const html = (): ReturnType<typeof loadReportAssets>['html'] => loadReportAssets().html;
  return renderer(reportOfRun(run, context), {...options, failOn: context.failOn, html});
}
