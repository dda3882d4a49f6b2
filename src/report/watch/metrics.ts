import type {WatchedState} from '../../model/watch.js';

/** What is measured of one host. */
export interface MeasuredHost {
  readonly host: string;
  readonly connected: boolean;
  /** It is known now whether a capture is stalled. */
  readonly complete: boolean;
  /** ISO 8601 UTC; undefined: never. */
  readonly sampledAt: string | undefined;
  /** Samples so far. */
  readonly samples: number;
  readonly captures: readonly MeasuredCapture[];
}

export interface MeasuredCapture {
  /** Undefined: not known, as in the check on the host itself. */
  readonly service: string | undefined;
  readonly interface: string;
  readonly state: WatchedState;
  readonly received: number;
  readonly dropped: number;
  readonly held: number;
}

/** 1 is lost, NaN is not known. */
const STALLED: Readonly<Record<WatchedState, number>> = {
  well: 0,
  new: NaN,
  unknown: NaN,
  stalled: 1,
};

type Sample = readonly [labels: readonly (readonly [name: string, value: string])[], value: number];

/**
 * Prometheus text. The names are those of `zbufctl export check --as prometheus`, with the host as
 * `instance`: what is written for those reads these, too (with honor_labels).
 */
export function watchMetrics(hosts: readonly MeasuredHost[]): string {
  const rows = hosts.flatMap(({host, captures}) => rowsOf(host, captures));
  const of = (value: (row: Row) => number): readonly Sample[] =>
    rows.map((row) => [row.labels, value(row)]);
  const each = (value: (host: MeasuredHost) => number): readonly Sample[] =>
    hosts.map((host) => [[['instance', host.host]], value(host)]);
  return [
    family(
      'bpf_stalled',
      'gauge',
      'Whether a fork took the capture; 1: lost.',
      of((r) => r.stalled),
    ),
    family(
      'bpf_received_total',
      'counter',
      'Packets the captures were given.',
      of((r) => r.received),
    ),
    family(
      'bpf_dropped_total',
      'counter',
      'Packets they had no room for.',
      of((r) => r.dropped),
    ),
    family(
      'bpf_held_bytes',
      'gauge',
      'Bytes handed over and not given back.',
      of((r) => r.held),
    ),
    family(
      'collect_complete',
      'gauge',
      'Whether enough was seen for a verdict.',
      each(({complete}) => Number(complete)),
    ),
    family(
      'collect_timestamp_seconds',
      'gauge',
      'When the host was looked at.',
      each(({sampledAt}) => (sampledAt === undefined ? NaN : Date.parse(sampledAt) / 1000)).filter(
        ([, value]) => !Number.isNaN(value),
      ),
    ),
    family(
      'watch_connected',
      'gauge',
      'Whether the watch holds a connection to the host.',
      each(({connected}) => Number(connected)),
    ),
    family(
      'watch_samples_total',
      'counter',
      'Samples of the host, those that failed among them.',
      each(({samples}) => samples),
    ),
  ].join('');
}

interface Row {
  readonly labels: Sample[0];
  stalled: number;
  received: number;
  dropped: number;
  held: number;
}

/** A service may have several captures on an interface: one that is lost is told of all. */
function rowsOf(host: string, captures: readonly MeasuredCapture[]): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const capture of captures) {
    const service = capture.service ?? 'unknown';
    const key = JSON.stringify([service, capture.interface]);
    const row = rows.get(key) ?? {
      labels: [
        ['instance', host],
        ['service', service],
        ['interface', capture.interface],
      ],
      stalled: 0,
      received: 0,
      dropped: 0,
      held: 0,
    };
    const stalled = STALLED[capture.state];
    row.stalled = row.stalled === 1 || stalled === 1 ? 1 : row.stalled + stalled;
    row.received += capture.received;
    row.dropped += capture.dropped;
    row.held += capture.held;
    rows.set(key, row);
  }
  return [...rows.values()];
}

function family(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly Sample[],
): string {
  const head = `# HELP zbufctl_${name} ${help}\n# TYPE zbufctl_${name} ${type}\n`;
  return samples.reduce(
    (text, [labels, value]) =>
      `${text}zbufctl_${name}{${labels.map(([key, word]) => `${key}="${labelValue(word)}"`).join(',')}} ${value}\n`,
    head,
  );
}

/** What a host says is a word like others: as in the check, what could be anything becomes _. */
const labelValue = (text: string): string =>
  text.slice(0, 200).replaceAll(/[^A-Za-z0-9_.:@+-]/g, '_');
