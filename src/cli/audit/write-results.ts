import {overflowShelf} from '../../io/files/overflow-shelf.js';
import {loadReportAssets} from '../../io/package/report-assets.js';
import type {AuditRun} from '../../model/audit-run.js';
import type {Severity} from '../../model/finding.js';
import {wordOf} from '../../model/words.js';
import {REPORT_ONLY_FORMATS, RUN_FORMATS} from '../../report/format-names.js';
import type {RenderOptions} from '../../report/renderer.js';
import {RENDERERS} from '../../report/renderers.js';
import {REPORT_RENDERERS} from '../../report/report-renderers.js';
import type {Parts} from '../../text/pieces.js';

import type {Output} from '../terminal/output.js';
import type {RunContext} from '../../app/report/report-of-run.js';
import {readVersion} from '../../io/package/version.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeOutputs} from '../terminal/write-outputs.js';

/** Whether a format says how the run stands in the store's hash chain. */
export const tellsOfChain = (format: string): boolean =>
  wordOf(REPORT_ONLY_FORMATS, format) !== undefined;

/** What `audit -o` and `runs show -o` can write. */
export const AUDIT_FORMATS: readonly string[] = [...RUN_FORMATS, ...REPORT_ONLY_FORMATS];

/** Renders a run in every format asked for. */
export const writeResults = (
  run: AuditRun,
  outputs: readonly Output[],
  terminal: Terminal,
  about: RunAbout,
): Promise<void> =>
  writeOutputs(outputs, (format, look) => render(run, format, look, about), terminal);

interface RunAbout extends Omit<RunContext, 'controls' | 'version' | 'hosts'> {
  /** Few formats need them, and there may be very many. */
  readonly hosts: () => RunContext['hosts'];
  readonly failOn: Severity;
}

async function render(
  run: AuditRun,
  format: string,
  look: RenderOptions,
  {failOn, hosts, ...about}: RunAbout,
): Promise<Parts> {
  const plain = wordOf(RUN_FORMATS, format);
  if (plain === 'json') return (await import('../../report/formats/json.js')).jsonParts(run);
  if (plain === 'ndjson') return (await import('../../report/formats/ndjson.js')).ndjsonParts(run);
  if (plain === 'csv') return (await import('../../report/formats/csv.js')).csvParts(run);
  if (plain !== undefined) return (await RENDERERS[plain]())(run, look);
  const wanted = wordOf(REPORT_ONLY_FORMATS, format);
  if (wanted === undefined) throw new Error(`no renderer for ${format}`);
  const {reportOfRun} = await import('../../app/report/report-of-run.js');
  const renderer = await REPORT_RENDERERS[wanted]();
  const {controls} = loadReportAssets();
  const html = (): ReturnType<typeof loadReportAssets>['html'] => loadReportAssets().html;
  const report = reportOfRun(run, {...about, hosts: hosts(), controls, version: readVersion()});
  return renderer(report, {...look, failOn, html, shelf: overflowShelf});
}
