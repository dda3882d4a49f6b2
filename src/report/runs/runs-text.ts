import type {HostChange, RunDiff} from '../../model/run-diff.js';
import type {ListedRun} from '../../model/run-summary.js';

import type {Cell} from '../terminal/grid.js';
import {grid} from '../terminal/grid.js';
import {cleanCell, cleanName, plural} from '../terminal/page.js';
import type {Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';

const LIST_HEAD = [
  {title: 'RUN', share: 0.4},
  {title: 'STARTED (UTC)', share: 0.3},
  {title: 'HOSTS', share: 0.1},
  {title: 'RESULT', share: 1},
];

/** `zbufctl runs`: a line a run, newest first. */
export function renderRunList(runs: readonly ListedRun[], options: RenderOptions): string {
  if (runs.length === 0) return 'No run is stored yet. zbufctl audit makes one.\n';
  const lines = grid(LIST_HEAD, runs.map(listRow), options.width, painter(options.colour));
  return `${lines.join('\n')}\n`;
}

function listRow(listed: ListedRun): readonly Cell[] {
  const id = {text: cleanName(listed.run)};
  switch (listed.state) {
    case 'unreadable':
      return [
        id,
        {text: ''},
        {text: ''},
        {text: cleanCell(`unreadable: ${listed.why}`), tone: 'warn'},
      ];
    case 'unfinished':
      return [
        id,
        {text: ''},
        {text: String(listed.evidence)},
        {text: 'not finished: still going on, or zbufctl was ended', tone: 'warn'},
      ];
    case 'finished': {
      const {startedAt, hosts, totals, interrupted, shard, origin} = listed.summary;
      const counts = Object.entries(totals).map(([word, count]) => `${count} ${word}`);
      const part = shard === undefined ? [] : [`shard ${shard.part}/${shard.of}`];
      const from = origin === undefined ? [] : [origin];
      const result = [...from, ...part, ...(interrupted ? ['stopped early'] : []), ...counts].join(
        ', ',
      );
      return [
        id,
        {text: startedAt.slice(0, 19).replace('T', ' ')},
        {text: String(hosts)},
        {text: cleanCell(result)},
      ];
    }
  }
}

const DIFF_HEAD = [
  {title: 'CHANGE', share: 0.15},
  {title: 'HOST', share: 0.3},
  {title: 'RULE', share: 0.2},
  {title: 'WHAT', share: 1},
];

const TONE: Readonly<Record<string, Tone>> = {
  new: 'bad',
  appeared: 'note',
  fixed: 'good',
  gone: 'dim',
  disappeared: 'dim',
  changed: 'warn',
};

/** `zbufctl runs diff`: hosts first, then findings; one sentence each. */
export function renderRunDiff(diff: RunDiff, options: RenderOptions): string {
  const rows = [
    ...diff.hosts.map((host) => row(host.change, host.host, '', hostWords(host))),
    ...diff.findings.map((f) =>
      row(
        f.change,
        f.host,
        f.rule,
        (f.change === 'fixed' || f.change === 'gone' ? f.before : f.after)?.summary ?? '',
      ),
    ),
  ];
  const {totals} = diff;
  const sum = `${totals.new} new, ${totals.fixed} fixed, ${totals.changed} changed, ${totals.gone} gone; ${plural(diff.hosts.length, 'host')} changed.`;
  const head = `${diff.from.run} -> ${diff.to.run}`;
  const table =
    rows.length === 0
      ? ['Nothing is different.']
      : grid(DIFF_HEAD, rows, options.width, painter(options.colour));
  return `${[head, '', ...table, '', sum].join('\n')}\n`;
}

const row = (change: string, host: string, rule: string, what: string): readonly Cell[] => [
  {text: change, ...(TONE[change] === undefined ? {} : {tone: TONE[change]})},
  {text: cleanName(host)},
  {text: rule},
  {text: cleanCell(what)},
];

function hostWords({change, posture, running, boot, release}: HostChange): string {
  if (change !== 'changed') return String(posture?.from ?? posture?.to ?? '');
  return Object.entries({posture, running, boot, release})
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${String(value.from)} -> ${String(value.to)}`],
    )
    .join(', ');
}
