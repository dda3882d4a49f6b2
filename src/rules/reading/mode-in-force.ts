import type {Evidence} from '../../model/evidence.js';
import type {ObjectMode} from '../../model/mode.js';
import {objectPath} from '../../model/mode.js';
import type {Reading} from '../../model/reading.js';
import {absent, unreadable} from '../../model/reading.js';

import {bufferMode} from './buffer-mode.js';
import {captures} from './capture.js';
import {modeOfProcess} from './given-modes.js';
import {ourObject} from './mode-object.js';

/** What keeps an object from giving its mode; undefined: it is there, and ours. */
export interface ObjectTrouble {
  /** `gone`: what is to load it does not start. `unknown`: it could not be told. */
  readonly state: 'gone' | 'unknown';
  /** The end of a sentence. */
  readonly why: string;
}

/** Whether the object of a mode lies where rtld looks for it, byte for byte ours. */
export function objectTrouble(evidence: Evidence, mode: ObjectMode): ObjectTrouble | undefined {
  const path = objectPath(mode);
  if (evidence.modes?.state !== 'read')
    return {state: 'unknown', why: 'the objects were not looked at'};
  if (!evidence.modes.value.objects.some((one) => one.path === path))
    return {state: 'gone', why: `${path} is not there, and it does not start`};
  return ourObject(evidence, path) === mode
    ? undefined
    : {state: 'unknown', why: `${path} is not an object of this zbufctl`};
}

/** The digest of a file that may be an object of ours. */
export function digestAt({modes}: Evidence, path: string): Reading<string> {
  if (modes?.state !== 'read') return modes ?? unreadable('not looked at');
  return modes.value.objects.find((one) => one.path === path)?.sha256 ?? absent;
}

/**
 * Why processes that are to have a mode do not, as the end of a sentence; undefined: nothing is
 * seen that speaks against it.
 */
export function notInMode(
  evidence: Evidence,
  pids: readonly number[],
  mode: ObjectMode,
): string | undefined {
  const old = pids.filter((pid) => modeOfProcess(evidence, pid) !== mode);
  // What was opened in buffered mode stays so, whatever its program is given since.
  const without = old.filter((pid) => mayBeZerocopy(evidence, pid));
  if (without.length > 0)
    return `pid ${without.slice(0, 8).join(', ')} runs without it, and has to be started again`;
  return mode === 'buffered' && reportedModes(evidence, pids).includes('zbuf')
    ? 'the kernel says that its capture is in zero-copy mode'
    : undefined;
}

/** What the kernel says of the captures (net.bpf.stats), where the helper asked it. */
function reportedModes(
  {descriptorStats: stats}: Evidence,
  pids: readonly number[],
): readonly string[] {
  return stats?.state === 'read'
    ? stats.value.filter(({pid}) => pids.includes(pid)).map(({mode}) => mode)
    : [];
}

function mayBeZerocopy(evidence: Evidence, pid: number): boolean {
  const all = captures(evidence);
  if (all.state !== 'read') return true;
  const modes = all.value.captures.filter((c) => c.pid === pid).map((c) => bufferMode(evidence, c));
  return modes.includes('zbuf') || modes.includes('open');
}
