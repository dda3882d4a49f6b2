import type {ConfigFile, Evidence} from '../model/evidence.js';
import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';
import type {Assignment} from '../text/zerocopy-setting.js';
import {assignmentsIn, BOOT_FILES, winnerOf, ZEROCOPY} from '../text/zerocopy-setting.js';

export {assignmentsIn, BOOT_FILES, ZEROCOPY};
export type {Assignment};

export interface BootValue {
  /** Every assignment in the files that count, in loading order. */
  readonly assignments: readonly Assignment[];
  /** The assignment the next boot ends up with; absent: none, so the kernel's default 0 (bpf(4)) stays. */
  readonly winner: Assignment | undefined;
  /** What the next boot sets: the winner's number, or 0. */
  readonly value: number;
}

/** Everything the boot files say about the value, or why that cannot be told. */
export function bootValue(evidence: Evidence): Reading<BootValue> {
  const assignments: Assignment[] = [];
  for (const path of BOOT_FILES) {
    const file = fileAt(evidence, path);
    if (file === undefined) return unreadable(`${path} is not in the evidence`);
    if (file.content.state === 'unreadable') return unreadable(`${path}: ${file.content.why}`);
    if (file.content.state === 'read') assignments.push(...assignmentsIn(path, file.content.value));
  }
  const winner = winnerOf(assignments);
  return read({assignments, winner, value: winner?.number ?? 0});
}

/**
 * The running value. Absent: the kernel has no such oid, so no bpf(4). Anything but an integer is unreadable, never 0.
 */
export function runningValue(evidence: Evidence): Reading<number> {
  if (evidence.sysctls.state !== 'read') return evidence.sysctls;
  const text = evidence.sysctls.value[ZEROCOPY];
  if (text === undefined) return absent;
  return /^-?\d{1,10}$/.test(text) ? read(Number(text)) : unreadable(`not a number: ${text.slice(0, 40)}`);
}

export function fileAt(evidence: Evidence, path: string): ConfigFile | undefined {
  return evidence.files.find((file) => file.path === path);
}
