/**
 * Whether the base libpcap of a release can use zero-copy, so that the value 1 breaks programs that
 * fork.
 */
export type Affected = 'affected' | 'not' | 'not known';

/**
 * How a cell is known: run on such a host, read in its source, or concluded from when it was made.
 */
export type KnownBy = 'measured' | 'read' | 'by date' | '-';

export interface Release {
  readonly name: string;
  readonly affected: Affected;
  readonly knownBy: KnownBy;
  readonly why: string;
  readonly source: string;
}

/** Sources: libpcap-zerocopy-history.md, and what each entry names. State of November 2026. */
export const RELEASES: readonly Release[] = [
  {
    name: 'FreeBSD 13.2',
    affected: 'not',
    knownBy: 'measured',
    why: 'libpcap 1.9: zero-copy is not compiled in',
    source: 'libpcap-zerocopy-history.md; a 13.2-RELEASE host',
  },
  {
    name: 'FreeBSD 12.1 to 13.1',
    affected: 'not',
    knownBy: 'read',
    why: 'libpcap 1.9: zero-copy is not compiled in',
    source: 'libpcap-zerocopy-history.md',
  },
  {
    name: 'FreeBSD 14.0 to 14.4',
    affected: 'not',
    knownBy: 'by date',
    why: '14.4 was announced on 2026-03-10, before main took libpcap 1.10.6',
    source: 'dev-commits-src-all, 2026-03-15 (16cef5f7a655)',
  },
  {
    name: 'FreeBSD 14-STABLE after March 2026, 14.5',
    affected: 'not known',
    knownBy: '-',
    why: 'whether 1.10.6 was merged there was not found',
    source: '-',
  },
  {
    name: 'FreeBSD 15.0',
    affected: 'not',
    knownBy: 'by date',
    why: 'released before libpcap 1.10.6 was',
    source: 'libpcap CHANGES: 1.10.6 is of 2025-12-30',
  },
  {
    name: 'FreeBSD 15.1',
    affected: 'affected',
    knownBy: 'measured',
    why: 'libpcap 1.10.6',
    source: 'a 15.1-RELEASE-p1 host; contrib/libpcap/VERSION of that tree',
  },
  {
    name: 'FreeBSD 16-CURRENT since 2026-03-15',
    affected: 'affected',
    knownBy: 'read',
    why: 'libpcap 1.10.6',
    source: 'freebsd/freebsd-src 16cef5f7a655 (D55545, D55858)',
  },
  {
    name: 'OPNsense 26.1 and older',
    affected: 'not',
    knownBy: 'by date',
    why: 'FreeBSD 14 or older underneath',
    source: 'opnsense/core, releases',
  },
  {
    name: 'OPNsense 26.7',
    affected: 'affected',
    knownBy: 'by date',
    why: 'FreeBSD 15.1 underneath; whether OPNsense changes its libpcap was not read',
    source: 'opnsense/src#295, opnsense/core#10899',
  },
  {
    name: 'pfSense Plus 26.03',
    affected: 'not known',
    knownBy: '-',
    why: 'FreeBSD 16 of a date that was not found',
    source: 'pfBlockerNG/pfBlockerNG#171',
  },
  {
    name: 'BSDRP 2.2 and 2.3',
    affected: 'affected',
    knownBy: 'read',
    why: 'FreeBSD main underneath, and its /etc/sysctl.conf sets the value to 1',
    source: 'ocochard/BSDRP @a5cc63a5, Makefile.vars and BSDRP/Files/etc/sysctl.conf',
  },
];

/** The table as text, for explain. */
export function releasesText(): string {
  const width = (of: (r: Release) => string): number =>
    Math.max(...RELEASES.map((r) => of(r).length));
  const [name, state] = [width((r) => r.name), width((r) => r.affected)];
  return [
    'Which releases are affected when net.bpf.zerocopy_enable is 1',
    '',
    ...RELEASES.map(
      (r) =>
        `${r.name.padEnd(name)}  ${r.affected.padEnd(state)}  ${r.knownBy.padEnd(8)}  ${r.why}`,
    ),
    '',
    'measured: seen on such a host. read: in its source. by date: concluded from when it was made, not looked at.',
    'A libpcap from ports counts by its own version. zbufctl audit judges the libpcap that is there, not the release.',
    '',
    'Sources',
    ...RELEASES.filter((r) => r.source !== '-').map((r) => `${r.name}: ${r.source}`),
    '',
  ].join('\n');
}
