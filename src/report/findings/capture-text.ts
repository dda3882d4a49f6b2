import type {AuditedCapture, CaptureList, ModeSource} from '../../model/captured.js';

import {safeName} from './finding-text.js';

/** A capture in words, made harmless. */
export interface CaptureRow {
  readonly who: string;
  readonly on: string;
  readonly mode: string;
  readonly by: string;
}

/** One for each capture of a host. */
export const captureRows = (list: CaptureList | undefined): readonly CaptureRow[] =>
  Array.isArray(list) ? (list as readonly AuditedCapture[]).map(row) : [];

/** What is said where there is no row; '' where nobody asked. */
export function capturesText(list: CaptureList | undefined): string {
  if (list === undefined) return '';
  if (list === 'unreadable') return 'Which captures are open could not be read.';
  return list === null || list.length === 0 ? 'No capture is open.' : '';
}

const row = (capture: AuditedCapture): CaptureRow => ({
  who: safeName(`${capture.program} (pid ${capture.pid})`),
  on: safeName(capture.interface),
  mode: modeText(capture),
  by: SOURCE[capture.by],
});

/** The mode; what was given and is not known to be in force is told as such. */
function modeText({mode, given}: AuditedCapture): string {
  if (mode === 'unknown') return given === undefined ? 'not known' : `${given}, not confirmed`;
  return given === undefined || given === mode ? mode : `${mode} (given: ${given})`;
}

const SOURCE: Readonly<Record<ModeSource, string>> = {
  kernel: 'kernel',
  observed: 'process',
  nobody: '-',
};
