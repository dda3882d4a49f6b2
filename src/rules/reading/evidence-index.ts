import type {
  DescriptorStats,
  Evidence,
  Holder,
  Library,
  ProcessInfo,
  Program,
} from '../../model/evidence.js';
import {groupBy} from '../../text/group-by.js';
import {oncePer} from '../../text/once-per.js';

/**
 * One host's lists by what they are looked up by. A host decides how long its lists are, and the
 * rules ask for every capture: without this, judging costs their product, and one host's answer
 * holds up all the others.
 */
export interface EvidenceIndex {
  readonly process: ReadonlyMap<number, ProcessInfo>;
  /** Pids by parent. */
  readonly children: ReadonlyMap<number, readonly number[]>;
  /** Processes with /dev/bpf open. */
  readonly holders: ReadonlyMap<number, HeldBy>;
  /** Pids by the descriptor they hold, as `heldAs` writes it. */
  readonly heldAs: ReadonlyMap<string, ReadonlySet<number>>;
  /** By pid and interface name, as `descriptorKey` joins them. */
  readonly stats: ReadonlyMap<string, readonly DescriptorStats[]>;
  readonly program: ReadonlyMap<string, Program>;
  readonly library: ReadonlyMap<string, Library>;
  /** Enabled rc scripts by their last part. */
  readonly script: ReadonlyMap<string, string>;
}

/** What one process holds. */
export interface HeldBy {
  /** Each as `heldAs` writes it. */
  readonly handles: ReadonlySet<string>;
  /** Bytes went through the offset of every one of them: see `bufferMode`. */
  readonly allRead: boolean;
}

/** The index of an evidence, made once. */
export const indexOf = oncePer(makeIndex);

/** What a descriptor is known by in every list that has it. */
export const descriptorKey = (d: {readonly pid: number; readonly interfaceName: string}): string =>
  `${d.pid} ${d.interfaceName}`;

/** One number of one process's table; a fork hands it on under the same number. */
export const heldAs = ({fd, path}: Holder): string => `${fd} ${path}`;

function makeIndex(evidence: Evidence): EvidenceIndex {
  const {processes, holders, descriptorStats: stats, rc} = evidence;
  const handles = holders.state === 'read' ? holders.value : [];
  const enabled = rc.enabled.state === 'read' ? rc.enabled.value : [];
  const running = processes.state === 'read' ? processes.value : [];
  const children = groupBy(running, (p) => p.ppid);
  return {
    process: firstBy(running, (p) => p.pid),
    children: new Map([...children].map(([parent, list]) => [parent, list.map((p) => p.pid)])),
    holders: new Map([...groupBy(handles, (h) => h.pid)].map(([pid, list]) => [pid, heldBy(list)])),
    heldAs: new Map(
      [...groupBy(handles, heldAs)].map(([key, list]) => [key, new Set(list.map((h) => h.pid))]),
    ),
    stats: groupBy(stats?.state === 'read' ? stats.value : [], descriptorKey),
    program: programsByPath(evidence.programs),
    library: librariesByPath(evidence.libraries),
    script: scriptsByName(enabled),
  };
}

const programsByPath = oncePer((programs: readonly Program[]) => firstBy(programs, (p) => p.path));
const librariesByPath = oncePer((all: readonly Library[]) => firstBy(all, (l) => l.path));
const scriptsByName = oncePer((paths: readonly string[]) =>
  firstBy(paths, (path) => path.slice(path.lastIndexOf('/') + 1)),
);

const heldBy = (handles: readonly Holder[]): HeldBy => ({
  handles: new Set(handles.map(heldAs)),
  allRead: handles.every(({offset}) => offset.state === 'read' && offset.value > 0),
});

/** The first of each, as find() would give it. */
function firstBy<K, T>(items: readonly T[], key: (item: T) => K): ReadonlyMap<K, T> {
  const first = new Map<K, T>();
  for (const item of items) {
    const by = key(item);
    if (!first.has(by)) first.set(by, item);
  }
  return first;
}
