import type {Product} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {absent, read} from '../../model/reading.js';

import type {Section, SectionKinds} from '../section.js';
import {fromSection} from '../section.js';

export const SECTIONS = {
  product: {times: 'once'},
} as const satisfies SectionKinds;

/**
 * The marks products leave in the file system, as "path exists" and "path: line"; the first that
 * fits decides.
 */
export function parseProduct(section: Section | undefined): Reading<Product> {
  return fromSection(section, 'the files products are known by', (lines) => {
    const exists = (path: string): boolean => lines.includes(`${path} exists`);
    const text = (path: string): readonly string[] =>
      lines
        .filter((line) => line.startsWith(`${path}: `))
        .map((line) => line.slice(path.length + 2).trim());
    const platform = text('/etc/platform')[0] ?? '';
    const version = text('/etc/version')[0] ?? '';
    const core = text('/usr/local/opnsense/version/core').join(' ');
    const found = (name: Product['name'], ...detail: readonly string[]): Reading<Product> =>
      read({
        name,
        detail: detail
          .filter((d) => d !== '')
          .join(' ')
          .slice(0, 200),
      });

    if (exists('/usr/local/opnsense/version/core') || exists('/usr/local/sbin/opnsense-version'))
      return found('OPNsense', /"product_version"\s*:\s*"([^"]*)"/.exec(core)?.[1] ?? core);
    if (/pfsense/i.test(platform)) return found('pfSense', platform, version);
    if (/truenas|freenas/i.test(version)) return found('TrueNAS', version);
    if (exists('/usr/local/bin/midclt') || exists('/usr/bin/midclt'))
      return found('TrueNAS', version);
    if (exists('/boot/lua/brand-bsdrp.lua') || exists('/boot/brand-bsdrp.4th'))
      return found('BSDRP', version);
    if (exists('/etc/nanobsd.conf') || exists('/conf/base') || /nanobsd/i.test(platform))
      return found('NanoBSD', platform, version);
    // Plain FreeBSD has neither; an /etc/version alone may be anybody's.
    return platform === '' ? absent : found('other', platform, version);
  });
}
