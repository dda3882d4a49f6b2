import type {ObjectMode} from '../model/mode.js';
import {MODE_LIBPCAP, OBJECT_MODES, objectPath} from '../model/mode.js';

/** Which program gets which mode. */
export type ModeMap = ReadonlyMap<string, ObjectMode>;

const HEAD =
  '# Written by zbufctl, whole: what is added by hand is lost. See: zbufctl explain modes\n';

/** The file for libmap.conf(5), the same for the same programs; null: no program, no file. */
export function modeMapText(map: ModeMap): string | null {
  if (map.size === 0) return null;
  const sections = [...map]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([program, mode]) => `[${program}]\n${MODE_LIBPCAP.name}  ${objectPath(mode)}\n`);
  return HEAD + sections.join('');
}

/** What such a file says; undefined: it is not one that `modeMapText` writes. */
export function readModeMap(text: string): ModeMap | undefined {
  const map = new Map<string, ObjectMode>();
  for (const [, program, name] of text.matchAll(
    /^\[(\S{1,1000})\]\n\S+ {2}\S*libpcap-(\w{1,20})\.so$/gm,
  )) {
    const mode = OBJECT_MODES.find((word) => word === name);
    if (mode === undefined || program === undefined) return undefined;
    map.set(program, mode);
  }
  return plain(modeMapText(map) ?? '') === plain(text) ? map : undefined;
}

/** Remarks stay on the host when it is collected. */
const plain = (text: string): string => text.replace(/#.*$/gm, '');
