import {basename, dirname, resolve} from 'node:path';

import type {AuditToMerge, MergedAudit} from '../../app/runs/merge-audits.js';
import {mergeAudits} from '../../app/runs/merge-audits.js';
import {RunStore} from '../../io/store/run-store.js';
import {OperatorError} from '../../model/operator-error.js';
import {mergeSentences} from '../../report/runs/merge-text.js';
import {fileNameFor} from '../../text/file-name.js';
import {groupBy} from '../../text/group-by.js';
import {kindOfRun} from '../../text/run-id.js';

import {tellExitCode} from '../audit/tell-exit-code.js';
import {AUDIT_FORMATS, writeResults} from '../audit/write-results.js';
import type {ExitCode} from '../exit-codes.js';
import {parseOutputs} from '../terminal/output.js';
import type {World} from '../world.js';

import type {MergeFlags} from './merge-flags.js';

/** A run to merge, and the store it is in: ours, or a copy of another controller's. */
interface Source extends AuditToMerge {
  readonly store: RunStore;
}

/**
 * `zbufctl runs merge`: makes one run of several audits, stores it with their evidence, and shows
 * it as an audit would. Throws OperatorError.
 */
export async function mergeStoredRuns(
  words: readonly string[],
  flags: MergeFlags,
  world: World,
): Promise<ExitCode> {
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  const sources = new Map<string, Source>();
  for (const word of words) {
    const source = await sourceOf(word, world);
    sources.set(source.document.run, source);
  }
  if (sources.size < 2)
    throw new OperatorError('one run is nothing to merge', 'Name two runs or more.');
  const merged = mergeAudits([...sources.values()], {
    run: world.newRun('audit'),
    version: world.version,
  });
  await refuseWithoutEvidence(merged, sources);
  await keep(merged, sources, world.store);
  for (const sentence of mergeSentences(merged.remarks)) world.note(sentence);
  await writeResults(merged.run, outputs, world.terminal, {
    hosts: () => [],
    folder: world.folder,
    failOn: flags['fail-on'],
  });
  return tellExitCode(merged.run, flags['fail-on'], world.terminal);
}

async function sourceOf(word: string, world: World): Promise<Source> {
  const {store, id} = word.includes('/')
    ? elsewhere(resolve(world.folder, word), world)
    : {store: world.store, id: await world.store.resolve(word, 'audit')};
  if (!(await store.has(id)))
    throw new OperatorError(`there is no run ${word}`, 'Name the directory of a stored run.');
  const head = await store.head(id);
  if (head === undefined)
    throw new OperatorError(
      `run ${id} was not finished`,
      `Resume it where it was started: zbufctl audit --resume ${id}`,
    );
  return {store, head, document: (await store.load(id, 'zbufctl.audit/1')).document};
}

/** The directory of a run, copied from another controller or mounted. */
function elsewhere(path: string, world: World): {readonly store: RunStore; readonly id: string} {
  const id = basename(path);
  if (kindOfRun(id) !== 'audit')
    throw new OperatorError(
      `${path} is not the directory of an audit`,
      'It is called e.g. 20261124T081500Z-audit-3f9a.',
    );
  const runs = dirname(path);
  return {store: new RunStore(runs, {onNotice: world.note, runs}), id};
}

/** Before anything is written: a merged run without a host's evidence could not be judged again. */
async function refuseWithoutEvidence(
  {run, from}: MergedAudit,
  sources: ReadonlyMap<string, Source>,
): Promise<void> {
  const files = new Map<string, ReadonlySet<string>>();
  for (const [id, {store}] of sources) files.set(id, await store.evidenceFiles(id));
  for (const {host, evidenceHash} of run.hosts) {
    const id = from.get(host) ?? '';
    if (evidenceHash !== undefined && files.get(id)?.has(`${fileNameFor(host)}.json`) !== true)
      throw changed(host, id, 'is missing');
  }
}

/** Stores the run; what it was merged from is read host by host, against the chain of its store. */
async function keep(
  {run, from}: MergedAudit,
  sources: ReadonlyMap<string, Source>,
  store: RunStore,
): Promise<void> {
  const writer = await store.begin(run.run);
  try {
    const withEvidence = run.hosts.filter(({evidenceHash}) => evidenceHash !== undefined);
    const hashes = new Map(withEvidence.map(({host, evidenceHash}) => [host, evidenceHash]));
    const bySource = groupBy([...hashes.keys()], (host) => from.get(host) ?? '');
    for (const [id, hosts] of bySource)
      for await (const evidence of sources.get(id)?.store.evidence(id, hosts) ?? [])
        if ((await writer.keepEvidence(evidence)) !== hashes.get(evidence.host))
          throw changed(evidence.host, id, 'is not what its run was judged by');
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  await writer.finish(run);
}

const changed = (host: string, run: string, what: string): OperatorError =>
  new OperatorError(
    `the evidence of ${host} in run ${run} ${what}`,
    'The run cannot be relied on any more. Restore it from a backup.',
    5,
  );
