import type {BootEvidence} from '../../model/boot-evidence.js';
import type {ConfigFile, Evidence} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';
import {oncePer} from '../../text/once-per.js';
import {effectOf} from '../../freebsd/boot-line.js';
import {isOff} from '../../freebsd/rc-value.js';
import type {Assignment} from '../../freebsd/zerocopy-setting.js';
import {assignmentsIn, BOOT_FILES, winnerOf, ZEROCOPY} from '../../freebsd/zerocopy-setting.js';

import {storedAssignments} from './boot-sources.js';

export {assignmentsIn, BOOT_FILES, ZEROCOPY};
export type {Assignment};

export interface BootValue {
  /** Every assignment that counts, in loading order. */
  readonly assignments: readonly Assignment[];
  /**
   * The assignment the next boot ends up with; absent: none, so the kernel's default 0 (bpf(4))
   * stays.
   */
  readonly winner: Assignment | undefined;
  /** What the next boot sets: the winner's number, or 0. */
  readonly value: number;
  /** False: only the sysctl.conf files are in the evidence, nothing of what else may set it. */
  readonly isWhole: boolean;
}

/**
 * What the next boot sets, from all that can set it: the files of rc.d/sysctl, those of modules rc
 * loads, an appliance's own store, and the lines of scripts. What may set something else and cannot
 * be read makes it unreadable, never 0. Every rule and the plan ask for it.
 */
export const bootValue = oncePer(workOut);

function workOut(evidence: Evidence): Reading<BootValue> {
  const stored = storedAssignments(evidence);
  if (stored.state !== 'read') return stored;
  // Evidence of a time when nothing else was collected is judged by what there is; it says so
  // (describeBoot).
  if (evidence.boot === undefined) return valueOf(stored.value, false);
  const {boot} = evidence;
  if (boot.state !== 'read')
    return boot.state === 'unreadable' ? boot : unreadable('what the boot runs was not read');
  return withScripts(evidence, boot.value, stored.value);
}

function withScripts(
  evidence: Evidence,
  {lines, unread}: BootEvidence,
  stored: readonly Assignment[],
): Reading<BootValue> {
  const assignments = [...stored];
  const value = (): number => winnerOf(assignments)?.number ?? 0;
  const [hidden] = unread;
  if (hidden !== undefined) return unreadable(`${hidden} is run at boot, and could not be read`);
  for (const line of lines) {
    if (isCrontab(line.file) && isOffIn(evidence, 'cron_enable')) continue;
    const effect = effectOf(line.text);
    if (effect.kind === 'none') continue;
    const place = `${line.file} line ${line.line}`;
    if (effect.kind === 'may-set') return unreadable(`${place} may set it: ${effect.why}`);
    if (effect.number === value()) continue;
    // rc.local runs before sysctl.conf is loaded a second time (sysctl_lastload): it has the last
    // word only if that is silent.
    const decides =
      line.isPlain && effect.certainly && line.file === '/etc/rc.local' && assignments.length === 0;
    if (!decides)
      return unreadable(`${place} sets it to ${effect.number}, after ${value()} was set`);
    assignments.push({
      file: line.file,
      line: line.line,
      value: String(effect.number),
      number: effect.number,
    });
  }
  return valueOf(assignments, true);
}

function valueOf(assignments: readonly Assignment[], isWhole: boolean): Reading<BootValue> {
  const winner = winnerOf(assignments);
  return read({assignments, winner, value: winner?.number ?? 0, isWhole});
}

/** The files cron(8) reads. */
const isCrontab = (path: string): boolean =>
  /^\/etc\/crontab$|^(?:\/usr\/local)?\/etc\/cron\.d\/|^\/var\/cron\/tabs\//.test(path);

const isOffIn = ({rc}: Evidence, variable: string): boolean =>
  rc.variables.state === 'read' && isOff(rc.variables.value[variable] ?? 'YES');

/**
 * The running value. Absent: the kernel has no such oid, so no bpf(4). Anything but an integer is
 * unreadable, never 0.
 */
export function runningValue(evidence: Evidence): Reading<number> {
  if (evidence.sysctls.state !== 'read') return evidence.sysctls;
  const text = evidence.sysctls.value[ZEROCOPY];
  if (text === undefined) return absent;
  return /^-?\d{1,10}$/.test(text)
    ? read(Number(text))
    : unreadable(`not a number: ${text.slice(0, 40)}`);
}

export function fileAt(evidence: Evidence, path: string): ConfigFile | undefined {
  return evidence.files.find((file) => file.path === path);
}
