import type {AppliedHost, ApplyRun, HostResult, Recording, Would} from '../../model/apply-run.js';
import {WOULD} from '../../model/apply-run.js';
import type {Outcome} from '../../model/step.js';
import {wordsIn} from '../../model/words.js';

import {comeTo} from './apply-closing.js';
import type {Cell} from '../terminal/grid.js';
import {grid} from '../terminal/grid.js';
import {cleanCell, cleanName, plural} from '../terminal/page.js';
import type {Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import type {RenderOptions} from '../renderer.js';
import {wrap} from '../terminal/wrap.js';

/** Worst first: what needs a person stands on top. */
export const RESULT_TONE: Readonly<Record<HostResult, Tone>> = {
  failed: 'bad',
  lost: 'bad',
  'rolled-back': 'risk',
  refused: 'warn',
  'not-started': 'doubt',
  changed: 'good',
  already: 'dim',
};

export const RESULT_ORDER: readonly HostResult[] = wordsIn(RESULT_TONE);

const HEAD = [
  {title: 'RESULT', share: 0.15},
  {title: 'HOST', share: 0.3},
  {title: 'WHAT', share: 1},
];

/** What became of an apply or rollback run: a line a host, worst first, then the sum. */
export function renderApply(run: ApplyRun, options: RenderOptions): string {
  const paint = painter(options.colour);
  const hosts = [...run.hosts].sort((a, b) => rank(a) - rank(b));
  const rows = hosts.flatMap((host) => rowsOf(host, options.verbose));
  const lines = [
    ...(rows.length === 0 ? ['No host.'] : grid(HEAD, rows, options.width, paint)),
    ...comeTo(run, options.width),
    '',
    ...wrap(sumOf(run), options.width),
    ...nextSteps(run).flatMap((line) => wrap(line, options.width)),
  ];
  return `${lines.join('\n')}\n`;
}

const rank = ({result}: AppliedHost): number => RESULT_ORDER.indexOf(result);

function rowsOf(host: AppliedHost, verbose: boolean): readonly (readonly Cell[])[] {
  // Without a reason the first line says what the steps came to: they are not said twice.
  const shown = verbose || (host.reason !== undefined && !IS_QUIET[host.result]);
  const steps = shown ? host.steps.filter(({outcome}) => outcome !== 'not-started') : [];
  return [
    [
      {text: wordOf(host), tone: RESULT_TONE[host.result]},
      {text: cleanName(host.host)},
      {
        text: cleanCell(
          host.reason ?? (steps.length > 0 ? plural(steps.length, 'step') : summary(host)),
        ),
      },
    ],
    ...steps.map((step): readonly Cell[] => [
      {text: ''},
      {text: ''},
      {
        text: cleanCell(
          `${step.kind}: ${WORD[step.outcome]}${step.detail === '' ? '' : ` (${step.detail})`}`,
        ),
        tone: 'dim',
      },
    ]),
  ];
}

/** Results whose steps are shown with -v only. */
const IS_QUIET: Readonly<Record<HostResult, boolean>> = {
  changed: true,
  already: true,
  'not-started': true,
  refused: false,
  'rolled-back': false,
  lost: false,
  failed: false,
};

/** Of a dry run what would be done is the word, not that nothing was. */
const wordOf = ({result, would}: AppliedHost): string =>
  would === 'change' && result === 'not-started' ? 'would change' : result;

/** A verify step's `already` means: it is as planned. */
const WORD: Readonly<Record<Outcome, string>> = {
  changed: 'changed',
  already: 'as planned',
  refused: 'refused',
  failed: 'failed',
  'rolled-back': 'taken back',
  lost: 'not known',
  'not-started': 'not started',
};

/** What was not seen of a restarted capture is never taken for seen. */
const NOT_SEEN: Readonly<Record<Recording, string>> = {
  recording: '',
  alive: '; captures: packets arrive, none was seen to be taken yet',
  untested: '; captures not tested: no packet arrived',
};

function summary(host: AppliedHost): string {
  const {verified = 'recording'} = host;
  return `${whatWasDone(host)}${NOT_SEEN[verified]}`;
}

function whatWasDone({result, steps}: AppliedHost): string {
  const moved = steps.filter(({outcome}) => outcome === 'changed' || outcome === 'rolled-back');
  if (moved.length > 0)
    return moved.map(({kind, detail}) => (detail === '' ? kind : detail)).join('; ');
  return steps.length === 0 || result !== 'already' ? '' : 'everything was as planned already';
}

function resultCounts(run: ApplyRun): readonly string[] {
  return RESULT_ORDER.flatMap((result) => {
    const count = run.hosts.filter((host) => host.result === result).length;
    return count === 0 ? [] : [`${count} ${result}`];
  });
}

function wouldCounts(run: ApplyRun): readonly string[] {
  return [...WOULD, undefined].flatMap((would) => {
    const count = run.hosts.filter((host) => host.would === would).length;
    return count === 0 ? [] : [`${count} ${would === undefined ? 'not known' : WOULD_TEXT[would]}`];
  });
}

const WOULD_TEXT: Readonly<Record<Would, string>> = {
  change: 'would change',
  nothing: 'with nothing to do',
  refuse: 'would be refused',
};

function sumOf(run: ApplyRun): string {
  const counts = run.dryRun ? wouldCounts(run) : resultCounts(run);
  const end =
    run.finishedAt === undefined
      ? '; this run was never finished: zbufctl was ended'
      : run.interrupted
        ? '; stopped by the operator'
        : '';
  const about =
    run.undoes === undefined ? `plan ${cleanName(run.plan)}` : `undoes ${cleanName(run.undoes)}`;
  const sum = `${plural(run.hosts.length, 'host')}: ${counts.join(', ')}${end}.`;
  if (run.dryRun) return `${sum} A dry run of ${about}, not stored.`;
  return `${sum} Run ${cleanName(run.run)}, ${about}, by ${cleanName(run.operator)}.`;
}

function nextSteps(run: ApplyRun): readonly string[] {
  // A dry run is not stored: there is nothing to resume or undo.
  if (run.dryRun) {
    const pending = run.hosts.some(({would}) => would === 'change');
    const command = run.undoes === undefined ? `apply ${run.plan}` : `rollback ${run.undoes}`;
    return pending ? [`Nothing was changed. To do it: zbufctl ${cleanName(command)}`] : [];
  }
  const has = (...results: readonly HostResult[]): boolean =>
    run.hosts.some(({result}) => results.includes(result));
  if (run.undoes !== undefined) {
    return has('lost', 'failed', 'not-started')
      ? [`Once more: zbufctl rollback ${cleanName(run.undoes)}`]
      : [];
  }
  return [
    ...(has('lost', 'not-started')
      ? [`To continue: zbufctl apply --resume ${cleanName(run.run)}`]
      : []),
    ...(has('changed') ? [`Undo: zbufctl rollback ${cleanName(run.run)}`] : []),
  ];
}
