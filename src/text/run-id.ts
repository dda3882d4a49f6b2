import type {RunKind} from '../model/run-summary.js';

const RUN_ID = /^\d{8}T\d{6}Z-(audit|probe|apply|rollback|prune)-[0-9a-f]{4}$/;

/**
 * A new run's id, e.g. `20261124T081500Z-audit-3f9a`: sorts by start time, safe as a file name,
 * easy to say.
 *
 * @param random a number in [0, 1), so that two runs of one second differ
 */
export function newRunId(kind: RunKind, now: Date, random: () => number): string {
  const stamp = now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  const tail = Math.floor(random() * 0x10000)
    .toString(16)
    .padStart(4, '0');
  return `${stamp}-${kind}-${tail}`;
}

/** True for a complete id and nothing else: whatever passes names one directory below `runs/`. */
export const isRunId = (text: string): boolean => RUN_ID.test(text);

/** The kind that stands in an id; undefined when it is not an id. */
export const kindOfRun = (id: string): RunKind | undefined =>
  RUN_ID.exec(id)?.[1] as RunKind | undefined;

/** Milliseconds since the epoch at which a run was begun, from its id; NaN when it is not an id. */
export function startOfRun(id: string): number {
  const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z-/.exec(id) ?? [];
  const parts = (digits: string): string[] => digits.match(/\d\d/g) ?? [];
  const [century, year, month, date] = parts(day);
  return Date.parse(
    `${century ?? ''}${year ?? ''}-${month ?? ''}-${date ?? ''}T${parts(time).join(':')}Z`,
  );
}
