import type {Evidence} from '../model/evidence.js';
import type {GateReason} from '../model/plan.js';
import {bootValue, BOOT_FILES, fileAt} from '../rules/reading/boot-value.js';
import {editSysctlConf, withoutDuplicates} from '../steps/edit-sysctl-conf.js';
import type {NotEditable} from '../steps/editable.js';
import {isSealed, whyNotEditable} from '../steps/editable.js';
import type {Assignment, BootFile} from '../freebsd/zerocopy-setting.js';
import {assignmentsIn, winnerOf} from '../freebsd/zerocopy-setting.js';

/** A boot file before and after, whole; null: not there. */
export interface BootEdit {
  readonly file: BootFile;
  readonly from: string | null;
  readonly to: string;
  readonly bootFrom: number;
  readonly bootTo: number;
}

export interface BootEdits {
  readonly edits: readonly BootEdit[];
  readonly refusals: readonly NotEditable[];
  /** What a person should know of where it is written. */
  readonly notes: readonly GateReason[];
}

const NONE: BootEdits = {edits: [], refusals: [], notes: []};

/**
 * Whether a value is as good as the one wanted: any non-zero value switches zero-copy on (facts:
 * fork-truth-table.md).
 */
export const serves = (value: number, target: number): boolean => (value !== 0) === (target !== 0);

/**
 * What has to be written so that the next boot sets `target`: the file whose assignment wins,
 * /etc/sysctl.conf when there is none. Nothing when it boots so already, unless duplicates are to
 * go. What the boot files say must be readable, which the gate sees to; here it comes to no edit.
 * @param target undefined: the boot value stays, whatever it is
 */
export function bootEdits(
  evidence: Evidence,
  target: number | undefined,
  cleanDuplicates: boolean,
): BootEdits {
  const boot = bootValue(evidence);
  if (boot.state !== 'read') return NONE;
  const {winner, value} = boot.value;
  const change = target !== undefined && !serves(value, target);
  if (!change && !(cleanDuplicates && winner !== undefined)) return NONE;
  if (change && winner !== undefined && !BOOT_FILES.some((path) => path === winner.file))
    return {...NONE, refusals: [setElsewhere(winner)]};
  const counting = BOOT_FILES.find((path) => path === winner?.file) ?? BOOT_FILES[0];
  const level = evidence.identity.securelevel;
  const securelevel = level.state === 'read' ? level.value : undefined;
  const sealed = (path: BootFile): boolean =>
    isSealed(fileAt(evidence, path) ?? {path}, securelevel);
  // What is in sysctl.conf.local is read after it, and wins (facts: host-behaviour.md).
  const aside = change && counting === BOOT_FILES[0] && sealed(counting);
  const winning = aside ? BOOT_FILES[1] : counting;
  const bootTo = change ? target : value;

  const edits: BootEdit[] = [];
  // The file that does not count first: taking its lines away changes nothing at boot.
  for (const file of [...BOOT_FILES].sort(
    (a, b) => Number(a === winning) - Number(b === winning),
  )) {
    if (aside && file !== winning) continue;
    const from = textOf(evidence, file);
    const to = edited(file === winning, from, change ? bootTo : undefined, cleanDuplicates);
    if (to === null || to === from) continue;
    edits.push({file, from, to, bootFrom: value, bootTo: file === winning ? bootTo : value});
  }
  const refusals = edits.flatMap(({file}) => {
    const found = fileAt(evidence, file);
    const why = found === undefined ? undefined : whyNotEditable(found, securelevel);
    return why === undefined ? [] : [why];
  });
  return loads(evidence, edits) === bootTo
    ? {edits, refusals, notes: aside ? [written(winner, securelevel)] : []}
    : {...NONE, refusals: [...refusals, NOT_UNDERSTOOD]};
}

const written = (winner: Assignment | undefined, securelevel = 1): GateReason => ({
  kind: 'note',
  text:
    `${BOOT_FILES[0]} cannot be changed while securelevel is ${securelevel}: ${BOOT_FILES[1]} wins at boot` +
    (winner === undefined
      ? ''
      : `; line ${winner.line} of ${BOOT_FILES[0]} remains, and does not count`),
});

const NOT_UNDERSTOOD: NotEditable = {
  reason: 'no edit of the sysctl.conf files was found after which the next boot sets the value',
  remedy: 'Edit the files by hand; zbufctl audit shows which line counts.',
};

/** A script or the file of a kernel module: what stands in sysctl.conf would not win against it. */
const setElsewhere = ({file, line, value}: Assignment): NotEditable => ({
  reason: `${file} line ${line} sets the value to ${value} at boot, which no edit of /etc/sysctl.conf changes`,
  remedy: `Take the line out of ${file} by hand, then plan again.`,
});

function edited(
  isWinning: boolean,
  from: string | null,
  value: number | undefined,
  clean: boolean,
): string | null {
  if (!isWinning)
    return clean && from !== null ? withoutDuplicates(from, {keepWinner: false}) : from;
  if (value !== undefined) return editSysctlConf(from, value, {cleanDuplicates: clean});
  return from === null ? null : withoutDuplicates(from);
}

/** What the next boot would set after the edits, by the parser of the audit. */
function loads(evidence: Evidence, edits: readonly BootEdit[]): number {
  const assignments = BOOT_FILES.flatMap((path) => {
    const text = edits.find((edit) => edit.file === path)?.to ?? textOf(evidence, path);
    return text === null ? [] : assignmentsIn(path, text);
  });
  return winnerOf(assignments)?.number ?? 0;
}

function textOf(evidence: Evidence, path: string): string | null {
  const content = fileAt(evidence, path)?.content;
  return content?.state === 'read' ? content.value : null;
}
