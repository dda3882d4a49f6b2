/** What shows a run as it is. */
export const RUN_FORMATS = ['table', 'json', 'ndjson', 'csv'] as const;
export type RunFormat = (typeof RUN_FORMATS)[number];

/** What needs more than the run: a report is made first, also of a single one. */
export const REPORT_ONLY_FORMATS = [
  'markdown',
  'html',
  'junit',
  'sarif',
  'oscal',
  'oscal-plan',
  'oscal-component',
  'ocsf',
  'hdf',
] as const;
export type ReportFormat = RunFormat | (typeof REPORT_ONLY_FORMATS)[number];
