import type {AuditRun} from '../../model/audit-run.js';
import {diffRuns} from '../../report/runs/run-diff.js';
import type {RunDiff} from '../../model/run-diff.js';
import type {World} from '../world.js';

/**
 * The audit that --since names, before the new one is stored; undefined: latest, and there is none.
 */
export async function auditSince(
  word: string,
  {store, terminal}: Pick<World, 'store' | 'terminal'>,
): Promise<AuditRun | undefined> {
  if (word === 'latest') {
    const audits = (await store.list()).some(
      (listed) => listed.state === 'finished' && listed.summary.kind === 'audit',
    );
    if (!audits) {
      terminal.note('There is no earlier audit: all of this one is shown.');
      return undefined;
    }
  }
  return (await store.load(await store.resolve(word, 'audit'), 'zbufctl.audit/1')).document;
}

/** What changed; hosts that were not asked this time have not gone. */
export function changesSince(before: AuditRun, run: AuditRun): RunDiff {
  if (run.asked === 'inventory' && run.shard === undefined) return diffRuns(before, run);
  const names = new Set(run.hosts.map(({host}) => host));
  return diffRuns({...before, hosts: before.hosts.filter(({host}) => names.has(host))}, run);
}
