import type {Release} from './machine.js';

/** What is the same on every host of a release (facts: the captures of both releases). */
export interface ReleaseFacts {
  readonly osrelease: string;
  readonly osreldate: number;
  /** root's login shell. */
  readonly rootShell: '/bin/csh' | '/bin/sh';
  /** How procstat -v calls anonymous memory. */
  readonly anonymous: 'df' | 'sw';
  /** The version line of base libpcap. */
  readonly libpcap: string;
  /** tcpdump --version; the line `libpcap` stands for that of the library. */
  readonly tcpdump: readonly string[];
  readonly version: string;
}

/** The version line of a libpcap with zero-copy compiled in. */
export const ZEROCOPY_LIBPCAP =
  'libpcap version 1.10.6 (64-bit time_t, with zerocopy and netmap support)';

const FACTS: Readonly<Record<Release, ReleaseFacts>> = {
  '13.2': {
    osrelease: '13.2-RELEASE',
    osreldate: 1302001,
    rootShell: '/bin/csh',
    anonymous: 'df',
    libpcap: 'libpcap version 1.9.1',
    tcpdump: ['tcpdump version 4.9.3', 'libpcap', 'OpenSSL 1.1.1t-freebsd  7 Feb 2023'],
    version: 'FreeBSD 13.2-RELEASE releng/13.2-n254617-525ecfdad597 GENERIC',
  },
  '15.1': {
    osrelease: '15.1-RELEASE-p1',
    osreldate: 1501000,
    rootShell: '/bin/sh',
    anonymous: 'sw',
    libpcap: ZEROCOPY_LIBPCAP,
    tcpdump: [
      'tcpdump version 4.99.6',
      'libpcap',
      'OpenSSL 3.5.6 7 Apr 2026',
      '64-bit build, 64-bit time_t',
    ],
    version: 'FreeBSD 15.1-RELEASE-p1 GENERIC',
  },
};

export const releaseFacts = (release: Release): ReleaseFacts => FACTS[release];
