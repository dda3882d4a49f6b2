import type {Retention} from '../model/prune.js';
import {DAYS, parseDays} from '../text/days.js';

import type {RecordShape} from './shape.js';
import type {Tree} from './tree.js';
import {child} from './tree.js';

/** Of each kind of run, when the file gives no other number. */
export const DEFAULT_AT_LEAST = 10;

/** How long stored runs are kept: a setting of the controller, not of hosts, so it is no policy. */
export const retentionShape: RecordShape = {
  kind: 'record',
  what: 'a retention',
  doc: 'How long stored runs are kept. Nothing is deleted by itself: zbufctl runs prune does it.',
  keys: {
    keep: {
      kind: 'text',
      what: 'a number of days, e.g. 365d',
      doc: 'Days since a run ended.',
      pattern: DAYS,
    },
    atLeast: {
      kind: 'integer',
      doc: `So many runs of each kind stay however old they are; without it ${DEFAULT_AT_LEAST}.`,
      min: 1,
      max: 10_000,
    },
  },
  required: ['keep'],
};

/** Undefined when there is none, or one the shape complained about. */
export function retentionOf(tree: Tree | undefined): Retention | undefined {
  const [keep, atLeast] = [child(tree, 'keep'), child(tree, 'atLeast')];
  const keepDays =
    keep?.kind === 'scalar' && typeof keep.value === 'string' ? parseDays(keep.value) : undefined;
  if (keepDays === undefined) return undefined;
  const count =
    atLeast?.kind === 'scalar' && typeof atLeast.value === 'number' ? atLeast.value : undefined;
  return {keepDays, atLeast: count ?? DEFAULT_AT_LEAST};
}
