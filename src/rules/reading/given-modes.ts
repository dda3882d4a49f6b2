import {readModeMap} from '../../freebsd/mode-map.js';
import type {Evidence} from '../../model/evidence.js';
import type {ObjectMode} from '../../model/mode.js';
import {MODE_MAP} from '../../model/mode.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import {indexOf} from './evidence-index.js';
import {executableOf, libpcapInUse} from './libpcap-in-use.js';
import {libmapFiles} from './linking.js';
import {modeOfPath} from './mode-object.js';

/** The file that gives programs their modes, as it stands on the host. */
export function modeMapFile(evidence: Evidence): Reading<string> {
  if (evidence.linking === undefined) return unreadable('libmap.conf was not collected');
  return libmapFiles(evidence).get(MODE_MAP) ?? absent;
}

/**
 * The programs that are to have a mode, by path: from our file, and from whatever else leads to one
 * of our objects.
 */
export function givenModes(evidence: Evidence): Reading<ReadonlyMap<string, ObjectMode>> {
  const file = modeMapFile(evidence);
  if (file.state === 'unreadable') return file;
  const map = file.state === 'read' ? readModeMap(file.value) : new Map<string, ObjectMode>();
  if (map === undefined) return unreadable(`${MODE_MAP} is not as zbufctl writes it`);
  const given = new Map(map);
  for (const {path, libpcap} of evidence.programs) {
    const mode = libpcap.state === 'read' ? modeOfPath(libpcap.value) : undefined;
    if (mode !== undefined && !given.has(path)) given.set(path, mode);
  }
  return read(given);
}

/** Processes that hold a descriptor and run a program. */
export function capturingPids(evidence: Evidence, program: string): readonly number[] {
  return [...indexOf(evidence).holders.keys()].filter(
    (pid) => executableOf(evidence, pid) === program,
  );
}

/**
 * The mode a process captures in, as far as its memory tells; undefined: no object of ours is in
 * it.
 */
export const modeOfProcess = (evidence: Evidence, pid: number): ObjectMode | undefined =>
  libpcapInUse(evidence, pid).mode;
