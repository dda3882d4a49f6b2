import type {RunStore} from '../../io/store/run-store.js';
import type {ChainCheck} from '../../io/store/verify-runs.js';
import {OperatorError} from '../../model/operator-error.js';
import {diffRuns} from '../../report/runs/run-diff.js';
import {prunedSentences, renderPruneRecord, summaryOfPruning} from '../../report/runs/prune-text.js';
import {renderRunDiff, renderRunList} from '../../report/runs/runs-text.js';
import {prettyJson} from '../../text/canonical-json.js';
import {kindOfRun} from '../../text/run-id.js';

import {openStore} from '../open-store.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import {parseOutputs} from '../terminal/output.js';
import {hintAtRetention} from './run-retention.js';
import type {RetentionFlags} from './run-retention.js';
import {surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';
import {writeApply} from '../change/write-apply.js';
import {writeProbe} from '../probe/write-probe.js';
import {AUDIT_FORMATS, tellsOfChain, writeResults} from '../audit/write-results.js';

export interface RunsFlags extends Pick<RetentionFlags, 'inventory'> {
  readonly 'state-dir'?: string | undefined;
  readonly json?: boolean;
  readonly output?: readonly string[] | undefined;
}

const storeOf = (flags: RunsFlags, terminal: Terminal): RunStore =>
  openStore(surroundings(flags['state-dir']).stateDirectory, terminal);

/** `zbufctl runs`: what is stored, and with --verify whether it still is what was stored. */
export async function listStoredRuns(
  flags: RunsFlags & {readonly verify?: boolean},
  terminal: Terminal,
): Promise<ExitCode> {
  const around = surroundings(flags['state-dir']);
  const store = storeOf(flags, terminal);
  const runs = await store.list();
  const chain = flags.verify === true ? await store.verifyChain() : undefined;
  if (flags.json === true) {
    await terminal.result(
      prettyJson({schema: 'zbufctl.runs/1', runs, ...(chain === undefined ? {} : {chain: summary(chain)})}),
    );
  } else {
    await terminal.result(renderRunList(runs, terminal));
    if (chain !== undefined) {
      const {firstBroken, checked} = summary(chain);
      const verdict =
        firstBroken === undefined
          ? `${checked} stored: everything is as it was stored.`
          : `The first run that is not as it was stored: ${firstBroken.run}: ${firstBroken.problem}`;
      await terminal.result(`\n${[verdict, ...prunedSentences(chain.prunings)].join('\n')}\n`);
    }
  }
  await hintAtRetention(store, flags, around, terminal);
  return chain?.firstBroken === undefined ? EXIT.clean : EXIT.findings;
}

const summary = ({runs, head, firstBroken, prunings}: ChainCheck): ChainSummary => ({
  head,
  checked: runs.size,
  ...(firstBroken === undefined ? {} : {firstBroken}),
  ...(prunings.length === 0 ? {} : {prunings: prunings.map(summaryOfPruning)}),
});

interface ChainSummary extends Pick<ChainCheck, 'head' | 'firstBroken'> {
  readonly checked: number;
  readonly prunings?: readonly Readonly<Record<string, string | number>>[];
}

/** `zbufctl runs show`: a stored audit or probe, as its command would print it. */
export async function showRun(word: string, flags: RunsFlags, terminal: Terminal): Promise<void> {
  const store = storeOf(flags, terminal);
  const id = await store.resolve(word);
  if (kindOfRun(id) === 'probe') {
    const {document} = await store.load(id, 'zbufctl.probe/1');
    await writeProbe(document, false, parseOutputs(flags, ['table', 'json'], 'table'), terminal);
    return;
  }
  if (kindOfRun(id) === 'prune') {
    const {document} = await store.load(id, 'zbufctl.prune/1');
    await terminal.result(flags.json === true ? prettyJson(document) : renderPruneRecord(document));
    return;
  }
  if (kindOfRun(id) === 'apply' || kindOfRun(id) === 'rollback') {
    const {document} = await store.load(id, 'zbufctl.apply/1');
    await writeApply(document, parseOutputs(flags, ['table', 'json'], 'table'), terminal);
    return;
  }
  const {document, finished} = await store.load(id, 'zbufctl.audit/1');
  if (!finished) terminal.note(`Run ${id} was not finished; this is what was stored of it.`);
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  const chains = outputs.some(({format}) => tellsOfChain(format))
    ? (await store.verifyChain()).runs
    : undefined;
  await writeResults(document, outputs, terminal, {
    hosts: [],
    folder: '',
    failOn: 'high',
    ...(chains === undefined ? {} : {chains}),
  });
}

/** `zbufctl runs diff A B`: what is different between two audits. */
export async function diffStoredRuns(
  words: readonly string[],
  flags: RunsFlags,
  terminal: Terminal,
): Promise<void> {
  const store = storeOf(flags, terminal);
  const documents = [];
  for (const word of words) {
    const id = await store.resolve(word, 'audit');
    documents.push((await store.load(id, 'zbufctl.audit/1')).document);
  }
  const [from, to] = documents;
  if (from === undefined || to === undefined)
    throw new OperatorError('two runs to compare', 'zbufctl runs diff A B.');
  const diff = diffRuns(from, to);
  await terminal.result(flags.json === true ? prettyJson(diff) : renderRunDiff(diff, terminal));
}
