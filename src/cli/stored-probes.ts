import type {RunStore} from '../io/run-store.js';
import {OperatorError} from '../model/operator-error.js';
import type {ProbeRun, StoredProbe} from '../model/probe.js';
import {kindOfRun} from '../text/run-id.js';

/** Older runs than these are not looked into: a probe that old speaks for no kernel anybody runs. */
const RUNS = 50;

/** The newest stored probe of every host. */
export async function storedProbes(store: RunStore): Promise<ReadonlyMap<string, StoredProbe>> {
  const newest = new Map<string, StoredProbe>();
  const runs = (await store.list()).filter((r) => r.state === 'finished' && kindOfRun(r.run) === 'probe');
  for (const {run} of runs.slice(0, RUNS)) {
    const document = await probeRun(store, run);
    if (document === undefined) continue;
    for (const host of document.hosts) {
      if (!newest.has(host.host)) newest.set(host.host, {run, at: document.finishedAt, host});
    }
  }
  return newest;
}

/** A run that cannot be read, or was changed, proves nothing either way: undefined. */
async function probeRun(store: RunStore, run: string): Promise<ProbeRun | undefined> {
  try {
    return (await store.load(run, 'zbufctl.probe/1')).document;
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}
