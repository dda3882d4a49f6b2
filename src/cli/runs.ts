import {RunStore} from '../io/run-store.js';
import type {ChainCheck} from '../io/verify-runs.js';
import {OperatorError} from '../model/operator-error.js';
import {diffRuns} from '../report/run-diff.js';
import {renderRunDiff, renderRunList} from '../report/runs-text.js';
import {prettyJson} from '../text/canonical-json.js';
import {kindOfRun} from '../text/run-id.js';

import type {ExitCode} from './exit-codes.js';
import {EXIT} from './exit-codes.js';
import {parseOutputs} from './output.js';
import {surroundings} from './surroundings.js';
import type {Terminal} from './terminal.js';
import {writeProbe} from './write-probe.js';
import {AUDIT_FORMATS, writeResults} from './write-results.js';

export interface RunsFlags {
  readonly 'state-dir'?: string | undefined;
  readonly json?: boolean;
  readonly output?: readonly string[] | undefined;
}

const storeOf = (flags: RunsFlags, terminal: Terminal): RunStore =>
  new RunStore(surroundings(flags['state-dir']).stateDirectory, {
    onNotice: (text) => {
      terminal.note(text);
    },
  });

/** `zbufctl runs`: what is stored, and with --verify whether it still is what was stored. */
export async function listStoredRuns(
  flags: RunsFlags & {readonly verify?: boolean},
  terminal: Terminal,
): Promise<ExitCode> {
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
      await terminal.result(
        firstBroken === undefined
          ? `\n${checked} stored: everything is as it was stored.\n`
          : `\nThe first run that is not as it was stored: ${firstBroken.run}: ${firstBroken.problem}\n`,
      );
    }
  }
  return chain?.firstBroken === undefined ? EXIT.clean : EXIT.findings;
}

const summary = ({runs, head, firstBroken}: ChainCheck): ChainSummary => ({
  head,
  checked: runs.size,
  ...(firstBroken === undefined ? {} : {firstBroken}),
});

type ChainSummary = Omit<ChainCheck, 'runs'> & {readonly checked: number};

/** `zbufctl runs show`: a stored audit or probe, as its command would print it. */
export async function showRun(word: string, flags: RunsFlags, terminal: Terminal): Promise<void> {
  const store = storeOf(flags, terminal);
  const id = await store.resolve(word);
  if (kindOfRun(id) === 'probe') {
    const {document} = await store.load(id, 'zbufctl.probe/1');
    await writeProbe(document, false, parseOutputs(flags, ['table', 'json'], 'table'), terminal);
    return;
  }
  const {document, finished} = await store.load(id, 'zbufctl.audit/1');
  if (!finished) terminal.note(`Run ${id} was not finished; this is what was stored of it.`);
  const outputs = parseOutputs(flags, AUDIT_FORMATS, 'table');
  await writeResults(document, outputs, terminal, {hosts: [], folder: '', failOn: 'high'});
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
