import {pruningOf} from '../../app/runs/pruning-of.js';
import {Interview} from '../../io/prompt/interview.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Pruned, PrunePlan, PruneResult} from '../../model/prune.js';
import {plural} from '../../report/terminal/page.js';
import {renderPrunePlan} from '../../report/runs/prune-text.js';
import {prettyJson} from '../../text/canonical-json.js';

import {EXIT} from '../exit-codes.js';
import type {ExitCode} from '../exit-codes.js';
import type {World} from '../world.js';

import type {PruneFlags} from './prune-flags.js';
import {retentionFor} from './run-retention.js';

/**
 * `zbufctl runs prune`: shows what is past the retention; removes it with --yes, or when it is
 * confirmed in writing.
 */
export async function pruneStoredRuns(flags: PruneFlags, world: World): Promise<ExitCode> {
  const {store, terminal} = world;
  const retention = await retentionFor(flags, world);
  if (retention === undefined)
    throw new OperatorError(
      'nothing says how long runs are kept',
      'Write retention: {keep: 365d} in zbufctl.yaml, or give --keep 365d.',
    );
  const baselines = await Promise.all((flags.baseline ?? []).map((word) => store.resolve(word)));
  const plan = await pruningOf(store, retention, baselines, Date.now());
  const isJson = flags.json;
  if (!isJson) await terminal.result(renderPrunePlan(plan, terminal));

  const agreed = plan.remove.length === 0 || flags.yes || (await isConfirmed(plan));
  const pruned =
    plan.remove.length > 0 && agreed ? await removeRuns(plan, baselines, world) : undefined;
  if (isJson) await terminal.result(prettyJson(resultOf(plan, pruned)));
  if (pruned !== undefined)
    terminal.note(
      `Removed ${plural(pruned.removed.length, 'run')}.${pruned.record === undefined ? '' : ` Run ${pruned.record} is the record of it.`}`,
    );
  if (!agreed) terminal.note('Nothing was removed. Without a terminal, --yes does it.');
  return agreed ? EXIT.clean : EXIT.refused;
}

const resultOf = (plan: PrunePlan, pruned: Pruned | undefined): PruneResult => ({
  schema: 'zbufctl.runs-prune/1',
  ...plan,
  removed: pruned?.removed ?? [],
  record: pruned?.record ?? null,
});

/** False without a terminal, too. A number has to be read before it can be typed. */
async function isConfirmed({remove}: PrunePlan): Promise<boolean> {
  const interview = Interview.with(process.stdin, process.stderr);
  const number = String(remove.length);
  const question = `Type ${number} to remove ${remove.length === 1 ? 'this run' : `these ${number} runs`} for good, or nothing to leave everything:`;
  const problem = (text: string): string | undefined =>
    ['', number].includes(text) ? undefined : `It is ${number}, or nothing.`;
  return (await interview?.text(question, '', problem)) === number;
}

function removeRuns(
  {remove, retention}: PrunePlan,
  baselines: readonly string[],
  world: World,
): Promise<Pruned> {
  const {store} = world;
  const shown = new Set(remove.map(({run}) => run));
  // Between the showing and the yes a run may have been stored that needs one of these.
  const choose = async (): Promise<readonly string[]> =>
    (await pruningOf(store, retention, baselines, Date.now())).remove
      .map(({run}) => run)
      .filter((run) => shown.has(run));
  return store.prune(choose, {
    schema: 'zbufctl.prune/1',
    run: world.newRun('prune'),
    startedAt: world.now(),
    tool: {name: 'zbufctl', version: world.version},
    operator: world.operator,
    retention,
    hosts: [],
  });
}
