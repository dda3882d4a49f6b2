/** A JSON Schema of the package, and what it describes. */
export interface PublishedSchema {
  /** Its place below src/, without .schema.json. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
  /** Types of the model by the definition others point to; the first is the document. */
  readonly types: Readonly<Record<string, string>>;
}

/** Every schema that describes a type of the model. What people write has its schema by hand. */
export const PUBLISHED_SCHEMAS: readonly PublishedSchema[] = [
  {
    file: 'collect/evidence',
    title: 'zbufctl evidence',
    description:
      'What one host said, as `zbufctl audit --from` reads it. Every value is read, absent or unreadable.',
    types: {evidence: 'Evidence'},
  },
  {
    file: 'collect/unreached',
    title: 'zbufctl unreached record',
    description:
      'Why a host could not be asked, as `zbufctl ingest` reads it from whoever tried it in its place.',
    types: {unreached: 'UnreachedRecord'},
  },
  {
    file: 'plan/plan',
    title: 'zbufctl plan',
    description: 'What `zbufctl plan -o json` writes and `zbufctl apply` reads.',
    types: {plan: 'Plan'},
  },
  {
    file: 'report/audit-run',
    title: 'zbufctl audit run',
    description:
      'What `zbufctl audit --json` prints and the run store keeps. `#/$defs/ndjsonLine` is a line of -o ndjson.',
    types: {run: 'AuditRun', ndjsonLine: 'AuditLine'},
  },
  {
    file: 'report/apply-run',
    title: 'zbufctl apply or rollback run',
    description:
      'What `zbufctl apply --json` and `zbufctl rollback --json` print and the run store keeps.',
    types: {run: 'ApplyRun'},
  },
  {
    file: 'report/rollback-preview',
    title: 'zbufctl rollback preview',
    description: 'What `zbufctl rollback --preview --json` prints: what would be undone.',
    types: {preview: 'RollbackPreview'},
  },
  {
    file: 'report/report',
    title: 'zbufctl report',
    description:
      'What `zbufctl report -o json` writes. `#/$defs/ndjsonLine` is a line of -o ndjson.',
    types: {report: 'Report', ndjsonLine: 'ReportLine'},
  },
  {
    file: 'report/bundle',
    title: 'zbufctl report bundle',
    description:
      'What `zbufctl report --bundle FILE` writes. `zbufctl report verify FILE --rejudge` judges it again.',
    types: {bundle: 'Bundle'},
  },
  {
    file: 'report/doctor',
    title: 'zbufctl doctor',
    description:
      'What `zbufctl doctor --json` prints: whether this machine and hosts are fit for zbufctl.',
    types: {doctor: 'DoctorReport'},
  },
  {
    file: 'report/trace',
    title: 'zbufctl trace',
    description:
      "Why a firewall's log is empty: what was seen of each layer a logged packet passes.",
    types: {trace: 'Trace'},
  },
  {
    file: 'report/watch',
    title: 'zbufctl watch event',
    description:
      'A line of `zbufctl watch --json`. `#/$defs/notice` is what its --notify posts to a webhook.',
    types: {event: 'WatchEvent', notice: 'WatchNotice'},
  },
  {
    file: 'report/runs',
    title: 'zbufctl runs',
    description:
      'What `zbufctl runs --json` prints; `#/$defs/diff` is `runs diff`, `#/$defs/prune` is `runs prune`; the others are files of the run store.',
    types: {
      list: 'RunList',
      diff: 'RunDiff',
      prune: 'PruneResult',
      pruneRecord: 'PruneRecord',
      chain: 'RunChain',
      summary: 'RunSummary',
    },
  },
  {
    file: 'probe/probe',
    title: 'zbufctl probe run',
    description:
      'What the kernels of hosts do to a capture after a fork. `#/$defs/nativeReport` is what the native probe prints.',
    types: {run: 'ProbeRun', nativeReport: 'NativeReport'},
  },
];
