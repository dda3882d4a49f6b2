import type {
  BootEvidence,
  BootLine,
  LoadedModule,
  StoredTunables,
} from '../../model/boot-evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import {LIMITS} from '../limits.js';
import type {Section, SectionKinds} from '../section.js';
import {fromSection, malformed} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  boot: {times: 'once'},
  tunables: {times: 'once'},
} as const satisfies SectionKinds;

/** What the boot runs besides rc.d/sysctl (boot_sources of the collector). */
export function parseBoot(section: Section | undefined): Reading<BootEvidence> {
  const tool = 'what the boot runs';
  return fromSection(section, tool, (content) => {
    if (content.length > LIMITS.entries) return unreadable(`${tool}: too many lines`);
    const modules: LoadedModule[] = [];
    const lines: BootLine[] = [];
    const unread: string[] = [];
    let kldFiles: Reading<boolean> = unreadable('/etc/rc.subr was not read');
    let savedConfiguration: BootEvidence['savedConfiguration'] = 'none';
    for (const text of content) {
      const [word = ''] = text.split(' ', 1);
      const rest = text.slice(word.length + 1);
      switch (word) {
        case 'kld.d':
          kldFiles = read(rest === 'yes');
          break;
        case 'cfg':
          savedConfiguration = rest === 'visible' ? 'visible' : 'hidden';
          break;
        case 'unread':
          unread.push(rest.slice(0, LIMITS.word));
          break;
        case 'module': {
          const [, name = '', by = ''] =
            /^([A-Za-z0-9_.*-]{1,100}) (\/\S{1,1000})$/.exec(rest) ?? [];
          // A word that is no module's name loads nothing.
          if (name !== '') modules.push({name, by});
          break;
        }
        case 'plain':
        case 'maybe': {
          const [, file = '', number, line = ''] =
            /^(\/\S{1,1000}) (\d+) (.{0,400})$/.exec(rest) ?? [];
          const at = wholeNumber(number);
          if (at === undefined) return malformed(tool, text);
          lines.push({file, line: at, text: line, isPlain: word === 'plain'});
          break;
        }
        default:
          return malformed(tool, text);
      }
    }
    return read({kldFiles, modules, lines, unread, savedConfiguration});
  });
}

/** The value among the tunables of an appliance's config.xml; absent: there is no such file. */
export function parseTunables(section: Section | undefined): Reading<StoredTunables> {
  if (section === undefined) return absent;
  const file = section.words[0] ?? '';
  return fromSection(section, file, (lines) => {
    const values: {line: number; value: string}[] = [];
    let elsewhere: number | undefined;
    for (const text of lines) {
      const [, number, value] = /^value (\d+) ([0-9A-Za-z_.,+ ?-]{0,64})$/.exec(text) ?? [];
      const line = wholeNumber(number);
      if (line !== undefined && value !== undefined) {
        values.push({line, value});
        continue;
      }
      const count = wholeNumber(/^elsewhere (\d+)$/.exec(text)?.[1]);
      if (count === undefined) return malformed(file, text);
      elsewhere = count;
    }
    return elsewhere === undefined ? malformed(file) : read({file, values, elsewhere});
  });
}
