import type {ConfigFile, FileMetadata} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';

import type {Section, SectionKinds} from '../section.js';
import {decode, unreadableSection} from '../section.js';
import {wholeNumber} from '../whole-number.js';

export const SECTIONS = {
  metadata: {times: 'once', table: true},
  config: {times: 'each'},
  link: {times: 'each', table: true},
} as const satisfies SectionKinds;

/**
 * A configuration file, byte for byte. Its header carries the size wc(1) counted; awk, which
 * printed it, drops NULs and adds a last newline where there is none, so the sizes tell what the
 * file really ends in, or that it is not text.
 */
export function parseConfigFile(
  section: Section,
  metadata: ReadonlyMap<string, FileMetadata>,
): ConfigFile {
  const path = section.words[0] ?? '';
  const about = metadata.get(path) ?? {path};
  const bytes = contentOf(section);
  if (bytes.state !== 'read') return {...about, content: bytes};
  const text = decode(bytes.value);
  return {
    ...about,
    content: read(text),
    ...(isLossy(bytes.value, text) ? {lossy: true} : {}),
    ...(section.status === 'redacted' ? {redacted: true} : {}),
  };
}

function contentOf(section: Section): Reading<string> {
  if (section.status === 'absent') return absent;
  if (section.status !== '0' && section.status !== 'redacted')
    return unreadableSection(section, 'the file');
  const bytes = section.content.map((line) => `${line}\n`).join('');
  if (bytes.includes('\0')) return unreadable('not a text file: it holds NUL bytes');
  // What was taken out is not known here, so nor is whether the last newline was there; loader(8)
  // does not care.
  if (section.status === 'redacted') return read(bytes);
  const size = wholeNumber(section.words[1]);
  if (size === bytes.length) return read(bytes);
  if (size === bytes.length - 1) return read(bytes.slice(0, -1));
  return unreadable('it holds NUL bytes, or changed while it was read');
}

/**
 * Whether decoding replaced anything. U+FFFD itself is three bytes of valid UTF-8 and may be in the
 * file.
 */
function isLossy(bytes: string, text: string): boolean {
  return text.includes('\ufffd') && Buffer.from(text, 'utf8').toString('latin1') !== bytes;
}

/** Lines of stat(1) with the path behind them, and the targets of links, by path. */
export function parseMetadata(
  section: Section | undefined,
  links: readonly Section[],
): ReadonlyMap<string, FileMetadata> {
  const found = new Map<string, FileMetadata>();
  for (const line of section?.content.map(decode) ?? []) {
    const fields = /^(\S{10,11}) (\S{1,64}) (\S{1,64}) (\S{0,200}) \d+ (\/.{0,1000})$/.exec(line);
    if (fields === null) continue;
    const [, letters = '', owner = '', group = '', flags = '', path = ''] = fields;
    const mode = octal(letters);
    if (mode !== undefined)
      found.set(path, {path, mode, owner, group, flags: flags === '-' ? '' : flags});
  }
  for (const link of links) {
    const path = link.words[0] ?? '';
    const [target] = link.content.map(decode);
    if (link.status === '0' && target !== undefined)
      found.set(path, {...(found.get(path) ?? {path}), linkTarget: target.slice(0, 1024)});
  }
  return found;
}

/** -rw-r--r-- as 0644. strmode(3) puts s, S, t and T where the special bits are. */
function octal(letters: string): string | undefined {
  if (!/^[-bcdlpsw?]([r-][w-][-xsS]){2}[r-][w-][-xtT]\+?$/.test(letters)) return undefined;
  const bits = letters.slice(1, 10);
  const special = [2, 5, 8].reduce(
    (sum, at, i) => sum + (/[sStT]/.test(bits.charAt(at)) ? 4 >> i : 0),
    0,
  );
  const triple = (from: number): number =>
    (bits[from] === 'r' ? 4 : 0) +
    (bits[from + 1] === 'w' ? 2 : 0) +
    (/[xst]/.test(bits.charAt(from + 2)) ? 1 : 0);
  return `${special}${triple(0)}${triple(3)}${triple(6)}`;
}
