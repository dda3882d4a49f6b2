import type {ChainCheck} from '../../model/run-documents.js';
import type {ChainSummary, RunList} from '../../model/run-summary.js';
import {OperatorError} from '../../model/operator-error.js';
import {diffRuns} from '../../report/runs/run-diff.js';
import {
  prunedSentences,
  renderPruneRecord,
  summaryOfPruning,
} from '../../report/runs/prune-text.js';
import {renderRunDiff, renderRunList} from '../../report/runs/runs-text.js';
import {plural} from '../../report/terminal/page.js';
import {prettyJson} from '../../text/canonical-json.js';
import {kindOfRun} from '../../text/run-id.js';

import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import {parseOutputs} from '../terminal/output.js';
import {browseRun} from './browse-run.js';
import {hintAtRetention} from './run-retention.js';
import type {RetentionFlags} from './run-retention.js';
import type {World} from '../world.js';
import {writeApply} from '../change/write-apply.js';
import {writeProbe} from '../probe/write-probe.js';
import {AUDIT_FORMATS, tellsOfChain, writeResults} from '../audit/write-results.js';

interface Json {
  readonly json: boolean;
}

/** `zbufctl runs`: what is stored, and with --verify whether it still is what was stored. */
export async function listStoredRuns(
  flags: RetentionFlags & Json & {readonly verify: boolean},
  world: World,
): Promise<ExitCode> {
  const {store, terminal} = world;
  const runs = await store.list();
  const chain = flags.verify ? await store.verifyChain() : undefined;
  if (flags.json) {
    const list: RunList = {
      schema: 'zbufctl.runs/1',
      runs,
      ...(chain === undefined ? {} : {chain: summary(chain)}),
    };
    await terminal.result(prettyJson(list));
  } else {
    await terminal.result(renderRunList(runs, terminal));
    if (chain !== undefined) {
      const {firstBroken, checked} = summary(chain);
      const verdict =
        firstBroken === undefined
          ? `${plural(checked, 'run')} checked: hash chain intact.`
          : `The first run that is not as it was stored: ${firstBroken.run}: ${firstBroken.problem}`;
      await terminal.result(`\n${[verdict, ...prunedSentences(chain.prunings)].join('\n')}\n`);
    }
  }
  await hintAtRetention(flags, world);
  return chain?.firstBroken === undefined ? EXIT.clean : EXIT.findings;
}

const summary = ({runs, head, firstBroken, prunings}: ChainCheck): ChainSummary => ({
  head,
  checked: runs.size,
  ...(firstBroken === undefined ? {} : {firstBroken}),
  ...(prunings.length === 0 ? {} : {prunings: prunings.map(summaryOfPruning)}),
});

/** `zbufctl runs show`: a stored audit or probe, as its command would print it. */
export async function showRun(
  word: string,
  flags: Json & {readonly output?: string[] | undefined; readonly browse: boolean},
  {store, terminal}: World,
): Promise<void> {
  const id = await store.resolve(word);
  if (kindOfRun(id) === 'probe') {
    const {document} = await store.load(id, 'zbufctl.probe/1');
    await writeProbe(document, false, parseOutputs(flags, ['table', 'json'], 'table'), terminal);
    return;
  }
  if (kindOfRun(id) === 'prune') {
    const {document} = await store.load(id, 'zbufctl.prune/1');
    await terminal.result(flags.json ? prettyJson(document) : renderPruneRecord(document));
    return;
  }
  if (kindOfRun(id) === 'apply' || kindOfRun(id) === 'rollback') {
    const {document} = await store.load(id, 'zbufctl.apply/1');
    await writeApply(document, parseOutputs(flags, ['table', 'json'], 'table'), terminal);
    return;
  }
  const {document, finished} = await store.load(id, 'zbufctl.audit/1');
  if (!finished) terminal.note(`Run ${id} was not finished; this is what was stored of it.`);
  if (flags.browse && (await browseRun(document, terminal))) return;
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  const chains = outputs.some(({format}) => tellsOfChain(format))
    ? (await store.verifyChain()).runs
    : undefined;
  await writeResults(document, outputs, terminal, {
    hosts: () => [],
    folder: '',
    failOn: 'high',
    ...(chains === undefined ? {} : {chains}),
  });
}

/** `zbufctl runs diff A B`: what is different between two audits. */
export async function diffStoredRuns(
  words: readonly string[],
  {json}: Json,
  {store, terminal}: World,
): Promise<void> {
  const documents = [];
  for (const word of words) {
    const id = await store.resolve(word, 'audit');
    documents.push((await store.load(id, 'zbufctl.audit/1')).document);
  }
  const [from, to] = documents;
  if (from === undefined || to === undefined)
    throw new OperatorError('name two runs', 'zbufctl runs diff A B.');
  const diff = diffRuns(from, to);
  await terminal.result(json ? prettyJson(diff) : renderRunDiff(diff, terminal));
}
