import type {Evidence} from '../model/evidence.js';
import {bootValue, BOOT_FILES, fileAt} from '../rules/boot-value.js';
import {editSysctlConf, withoutDuplicates} from '../steps/edit-sysctl-conf.js';
import type {NotEditable} from '../steps/editable.js';
import {whyNotEditable} from '../steps/editable.js';
import type {Assignment, BootFile} from '../text/zerocopy-setting.js';
import {assignmentsIn, winnerOf} from '../text/zerocopy-setting.js';

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
}

const NONE: BootEdits = {edits: [], refusals: []};

/** Whether a value is as good as the one wanted: any non-zero value switches zero-copy on (facts: fork-truth-table.md). */
export const serves = (value: number, target: number): boolean => (value !== 0) === (target !== 0);

/**
 * What has to be written so that the next boot sets `target`: the file whose assignment wins, /etc/sysctl.conf when there
 * is none. Nothing when it boots so already, unless duplicates are to go. What the boot files say must be readable, which
 * the gate sees to; here it comes to no edit.
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
    return {edits: [], refusals: [setElsewhere(winner)]};
  const winning = BOOT_FILES.find((path) => path === winner?.file) ?? BOOT_FILES[0];
  const bootTo = change ? target : value;

  const edits: BootEdit[] = [];
  // The file that does not count first: taking its lines away changes nothing at boot.
  for (const file of [...BOOT_FILES].sort((a, b) => Number(a === winning) - Number(b === winning))) {
    const from = textOf(evidence, file);
    const to = edited(file === winning, from, change ? bootTo : undefined, cleanDuplicates);
    if (to === null || to === from) continue;
    edits.push({file, from, to, bootFrom: value, bootTo: file === winning ? bootTo : value});
  }
  const refusals = edits.flatMap(({file}) => {
    const found = fileAt(evidence, file);
    const why = found === undefined ? undefined : whyNotEditable(found);
    return why === undefined ? [] : [why];
  });
  return loads(evidence, edits) === bootTo
    ? {edits, refusals}
    : {edits: [], refusals: [...refusals, NOT_UNDERSTOOD]};
}

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
  if (!isWinning) return clean && from !== null ? withoutDuplicates(from, {keepWinner: false}) : from;
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
