import {formatPatch, structuredPatch} from 'diff';

import type {Step} from '../model/step.js';
import {sanitize} from '../text/sanitize.js';

import type {Paint} from './paint.js';

/**
 * What a step does to a file as a unified diff, a line each, made harmless; none for steps that write no file. Of an rc
 * file only assignments are collected, so its part is the one line that sysrc(8) changes or adds.
 */
export function diffLines(step: Step, paint: Paint): readonly string[] {
  return patchOf(step).map((line) => paint(toneOf(line), sanitize(line)));
}

function patchOf(step: Step): readonly string[] {
  if (step.kind === 'set-rc') {
    const line = (value: string | null, sign: string): readonly string[] =>
      value === null ? [] : [`${sign}${step.variable}="${value}"`];
    return [
      `--- ${step.file}`,
      `+++ ${step.file}`,
      `@@ ${step.variable} @@`,
      ...line(step.from, '-'),
      ...line(step.to, '+'),
    ];
  }
  if (step.kind !== 'write-boot') return [];
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

function toneOf(line: string): Parameters<Paint>[0] {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return 'strong';
  if (line.startsWith('@@')) return 'note';
  if (line.startsWith('+')) return 'good';
  return line.startsWith('-') ? 'risk' : 'dim';
}
