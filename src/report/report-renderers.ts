import type {Severity} from '../model/finding.js';
import type {Report} from '../model/report.js';
import {wordsIn} from '../model/words.js';
import type {Parts} from '../text/pieces.js';
import type {TextShelf} from '../text/text-shelf.js';
import type {HtmlAssets} from './compliance/html.js';
import type {ReportFormat} from './format-names.js';
import type {RenderOptions} from './renderer.js';

/** What the formats of a report need to know beside the report. */
export interface ReportOptions extends RenderOptions {
  /** JUnit: failures below it do not fail the build. */
  readonly failOn: Severity;
  /** HTML: read only when asked for. */
  readonly html: () => HtmlAssets;
  /** HDF: where results wait that would not fit into memory. */
  readonly shelf: () => TextShelf;
}

export type ReportRenderer = (report: Report, options: ReportOptions) => Parts;

/**
 * Every format of a report by the name `-o` gives it, loaded when asked for. `table` is the summary
 * for a terminal; the names are those of an audit's formats and more.
 */
export const REPORT_RENDERERS = {
  table: async () => (await import('./compliance/summary.js')).renderSummary,
  markdown: async () => (await import('./compliance/markdown.js')).markdownParts,
  html: async () => {
    const {htmlParts} = await import('./compliance/html.js');
    return (report, options) => htmlParts(report, options.html());
  },
  junit: async () => (await import('./formats/junit.js')).junitParts,
  sarif: async () => (await import('./formats/sarif.js')).sarifParts,
  oscal: async () => (await import('./formats/oscal.js')).oscalParts,
  'oscal-plan': async () => (await import('./formats/oscal-plan.js')).renderOscalPlan,
  'oscal-component': async () =>
    (await import('./formats/oscal-component.js')).renderOscalComponent,
  ocsf: async () => (await import('./formats/ocsf.js')).ocsfParts,
  hdf: async () => {
    const {hdfParts} = await import('./formats/hdf.js');
    return (report, options) => hdfParts(report, options.shelf());
  },
  json: async () => (await import('./compliance/report-data.js')).renderReportJson,
  ndjson: async () => (await import('./compliance/report-data.js')).renderReportNdjson,
  csv: async () => (await import('./compliance/report-data.js')).renderReportCsv,
} as const satisfies Record<ReportFormat, () => Promise<ReportRenderer>>;

export const REPORT_FORMATS = wordsIn<ReportFormat>(REPORT_RENDERERS);
