import type {PrunePlan, PruneRecord, Pruning, RunFate} from '../../model/prune.js';
import type {PruningSummary} from '../../model/run-summary.js';

import {grid} from '../terminal/grid.js';
import {cleanCell, cleanName, plural} from '../terminal/page.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';

const HEAD = [
  {title: 'RUN', share: 0.4},
  {title: '', share: 0.2},
  {title: 'WHY', share: 1},
];

/** `zbufctl runs prune`: what would be removed, what stays although it is old, oldest first. */
export function renderPrunePlan(plan: PrunePlan, options: RenderOptions): string {
  const {remove, spare, young, retention} = plan;
  const rows = [...remove.map(row('remove')), ...spare.map(row('stays'))];
  const table =
    rows.length === 0 ? [] : [...grid(HEAD, rows, options.width, painter(options.colour)), ''];
  const rule = `Keeping ${retention.keepDays} days, and at least ${retention.atLeast} runs of each kind.`;
  const sum = `${plural(remove.length, 'run')} to remove, ${spare.length} old but needed, ${young} not old enough.`;
  return `${[...table, rule, sum].join('\n')}\n`;
}

const row =
  (word: 'remove' | 'stays') =>
  ({run, why}: RunFate) => [
    {text: cleanName(run)},
    {text: word, tone: word === 'remove' ? ('warn' as const) : ('dim' as const)},
    {text: cleanCell(why)},
  ];

/** `zbufctl runs show` of the record of a pruning. */
export function renderPruneRecord({
  run,
  startedAt,
  operator,
  retention,
  removed,
}: PruneRecord): string {
  return [
    `${cleanName(run)}: ${plural(removed.length, 'run')} removed on purpose by ${cleanName(operator)} at ${cleanName(startedAt)}`,
    `kept ${retention.keepDays} days, and at least ${retention.atLeast} runs of each kind`,
    '',
    ...removed.map(
      ({run: gone, chain}) =>
        `${cleanName(gone)}  ${chain === undefined ? 'never finished' : chain.head}`,
    ),
    '',
  ].join('\n');
}

/**
 * Beside the check of the chain: which earlier runs are not there because somebody removed them.
 */
export const prunedSentences = (prunings: readonly Pruning[]): readonly string[] =>
  prunings.map(
    ({record, at, operator, removed}) =>
      `${plural(removed.length, 'earlier run was', 'earlier runs were')} removed on purpose by ${cleanName(operator)} at ${cleanName(at)}: ${cleanName(record)}`,
  );

/** The same in JSON. */
export const summaryOfPruning = ({record, at, operator, removed}: Pruning): PruningSummary => ({
  record,
  at,
  operator,
  removed: removed.length,
});
