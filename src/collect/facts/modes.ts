import type {ModeFacts, ModeFile, Mount} from '../../model/evidence.js';
import {MOUNT_OPTIONS} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';
import {wordOf} from '../../model/words.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {decode, fromSection, malformed} from '../section.js';

export const SECTIONS = {
  modes: {times: 'once'},
} as const satisfies SectionKinds;

const OBJECT = /^object (\/\S{1,200}) (untrusted|unreadable|[0-9a-f]{64})$/;
const PROGRAM = /^(setid|elf32) (\/\S{1,1000})$/;
const VERIEXEC = /^veriexec ([A-Za-z_, -]{0,60})$/;
/** Device, folder, type, options; blanks inside of them are written as in fstab(5). */
const MOUNT = /^mount (?:\S+)[ \t]+(\/\S*)[ \t]+\S+[ \t]+(\S+)(?:[ \t]|$)/;

/** What the collector says of buffer modes: see "modes" in collect.sh. */
export function parseModes(section: Section | undefined): Reading<ModeFacts> {
  return fromSection(section, 'modes', (lines) => {
    if (lines.length > LIMITS.entries) return unreadable(`more than ${LIMITS.entries} lines`);
    const objects: ModeFile[] = [];
    const programs = {setid: [] as string[], elf32: [] as string[]};
    const mounts: Mount[] = [];
    let veriexec: Reading<string> = absent;
    for (const line of lines.map(decode)) {
      const [, path, digest] = OBJECT.exec(line) ?? [];
      const [, kind, program] = PROGRAM.exec(line) ?? [];
      const [, state] = VERIEXEC.exec(line) ?? [];
      const [, folder, options] = MOUNT.exec(line) ?? [];
      if (path !== undefined && digest !== undefined)
        objects.push({path, sha256: digestOf(digest)});
      else if (program !== undefined) programs[kind as keyof typeof programs].push(program);
      else if (state !== undefined) veriexec = read(state.trim());
      else if (folder !== undefined && options !== undefined)
        mounts.push({
          path: folder.replaceAll('\\040', ' '),
          options: options.split(',').flatMap((word) => wordOf(MOUNT_OPTIONS, word) ?? []),
        });
      else return malformed('modes', line);
    }
    return read({objects, setId: programs.setid, narrow: programs.elf32, veriexec, mounts});
  });
}

function digestOf(word: string): Reading<string> {
  switch (word) {
    case 'untrusted':
      return unreadable('others than root can change it, so it was not opened', 'untrusted');
    case 'unreadable':
      return unreadable('sha256 could not read it');
    default:
      return read(word);
  }
}
