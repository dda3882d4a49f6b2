import {formatPatch, structuredPatch} from 'diff';

import type {RcLines, Step} from '../../model/step.js';
import {sanitize} from '../../text/sanitize.js';

import type {Paint} from '../terminal/paint.js';

/**
 * What a step does to a file as a unified diff, a line each, made harmless; none for steps that
 * write no file. Of an rc file only assignments are collected, so its part has no lines around
 * those that change, and none where the evidence does not hold the lines themselves.
 */
export function diffLines(step: Step, paint: Paint): readonly string[] {
  return patchOf(step).map((line) => paint(toneOf(line), sanitize(line)));
}

function patchOf(step: Step): readonly string[] {
  if (step.kind === 'set-rc') return step.lines === undefined ? [] : rcPatch(step.file, step.lines);
  if (step.kind !== 'write-boot' && step.kind !== 'map-mode') return [];
  const {file, from, to} = step;
  const patch = structuredPatch(
    from === null ? '/dev/null' : file,
    to === null ? '/dev/null' : file,
    from ?? '',
    to ?? '',
    undefined,
    undefined,
    {context: 3},
  );
  const lines = formatPatch(patch).split('\n');
  const start = lines.findIndex((line) => line.startsWith('--- '));
  const text = lines.slice(Math.max(0, start));
  return text.at(-1) === '' ? text.slice(0, -1) : text;
}

function rcPatch(file: string, lines: RcLines): readonly string[] {
  const {at, before, after, unended, missing} = lines;
  const side = (which: 'before' | 'after', sign: string): readonly string[] => [
    ...lines[which].map((line) => `${sign}${line}`),
    ...(unended === which ? ['\\ No newline at end of file'] : []),
  ];
  const name = (which: 'before' | 'after'): string => (missing === which ? '/dev/null' : file);
  return [
    `--- ${name('before')}`,
    `+++ ${name('after')}`,
    `@@ -${range(at, before.length)} +${range(at, after.length)} @@`,
    ...side('before', '-'),
    ...side('after', '+'),
  ];
}

/** As diff -U0 writes it: of no lines, the number of the one in front. */
const range = (at: number, count: number): string =>
  count === 1 ? `${at}` : `${count === 0 ? at - 1 : at},${count}`;

function toneOf(line: string): Parameters<Paint>[0] {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return 'strong';
  if (line.startsWith('@@')) return 'note';
  if (line.startsWith('+')) return 'good';
  return line.startsWith('-') ? 'risk' : 'dim';
}
