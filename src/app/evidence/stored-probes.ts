import {OperatorError} from '../../model/operator-error.js';
import type {ProbeRun, StoredProbe} from '../../model/probe.js';
import {isUsable} from '../../probe/usable.js';
import {kindOfRun} from '../../text/run-id.js';
import type {StoredRuns} from '../ports.js';

export interface StoredProbes {
  /**
   * The newest usable probe of a host; where none is, the newest try, and a model's only when there
   * is nothing else.
   */
  readonly byHost: ReadonlyMap<string, StoredProbe>;
  /** The runs they are of, and those of the tries beside them. */
  readonly runs: ReadonlyMap<string, ProbeRun>;
}

/**
 * What is stored of the probes of these hosts. Reads runs newest first, and only those that have
 * one still wanted.
 * @param known tells of a host and the end of a probe whether the probe counts; absent: all do
 */
export async function storedProbes(
  store: Pick<StoredRuns, 'list' | 'load'>,
  hosts: readonly string[],
  known: (host: string, at: string) => boolean = () => true,
): Promise<StoredProbes> {
  const wanted = new Set(hosts);
  const usable = new Map<string, StoredProbe>();
  const tries = new Map<string, StoredProbe>();
  const models = new Map<string, StoredProbe>();
  const runs = new Map<string, ProbeRun>();
  for (const listed of await store.list()) {
    if (wanted.size === 0) break;
    if (listed.state !== 'finished' || kindOfRun(listed.run) !== 'probe') continue;
    // Runs of older versions do not say whom they asked.
    if (listed.summary.probed?.some((host) => wanted.has(host)) === false) continue;
    const document = await probeRun(store, listed.run);
    if (document === undefined) continue;
    runs.set(listed.run, document);
    for (const host of document.hosts) {
      if (!wanted.has(host.host) || !known(host.host, document.finishedAt)) continue;
      const probe: StoredProbe = {run: listed.run, at: document.finishedAt, host};
      if (isUsable(host)) {
        usable.set(host.host, probe);
        wanted.delete(host.host);
      } else {
        const rest = host.model ? models : tries;
        if (!rest.has(host.host)) rest.set(host.host, probe);
      }
    }
  }
  const byHost = new Map([...models, ...tries, ...usable]);
  for (const [host, probe] of usable) {
    const later = tries.get(host);
    if (later !== undefined) byHost.set(host, {...probe, laterTry: later});
  }
  return {byHost, runs};
}

/** The probes of some hosts, by host. */
export type ProbesByHost = (hosts: readonly string[]) => Promise<ReadonlyMap<string, StoredProbe>>;

/** The same for hosts that come one after the other: every run is read once. */
export function probesByHost(store: Pick<StoredRuns, 'list' | 'load'>): ProbesByHost {
  let list: ReturnType<StoredRuns['list']> | undefined;
  const documents = new Map<string, ReturnType<StoredRuns['load']>>();
  const remembered: Pick<StoredRuns, 'list' | 'load'> = {
    list: () => (list ??= store.list()),
    load: (run, schema) => {
      const document = documents.get(run) ?? store.load(run, schema);
      documents.set(run, document);
      return document as ReturnType<typeof store.load<typeof schema>>;
    },
  };
  return async (hosts) => (await storedProbes(remembered, hosts)).byHost;
}

/** A run that cannot be read, or was changed, proves nothing either way: undefined. */
async function probeRun(
  store: Pick<StoredRuns, 'load'>,
  run: string,
): Promise<ProbeRun | undefined> {
  try {
    return (await store.load(run, 'zbufctl.probe/1')).document;
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}
