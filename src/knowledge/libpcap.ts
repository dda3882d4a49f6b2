import {compareReleases, parseLibpcapVersion} from './libpcap-version.js';
import type {LibpcapVersion} from './libpcap-version.js';

/**
 * Whether a libpcap can ask for zero-copy BPF on FreeBSD. Sources: sections 2 to 4 of
 * libpcap-zerocopy-history.md.
 */
export interface LibpcapZerocopy {
  readonly can: 'yes' | 'no' | 'unknown';
  /**
   * As the library names itself, e.g. "1.10.6" or "1.11.0-PRE-GIT"; absent: no version in the text.
   */
  readonly version?: string;
  /** One sentence without a full stop. */
  readonly why: string;
}

const FIRST_EVER = [1, 0, 0] as const;
const FIRST_WITHOUT = [1, 9, 0] as const;
const FIRST_AGAIN = [1, 10, 6] as const;

/**
 * Base keeps libpcap here; ports and programs of one's own keep theirs under /usr/local or inside.
 */
const BASE_LIBRARY = /^\/(usr\/)?lib\/libpcap\.so/;

/**
 * Judges the version string of a libpcap, as pcap_lib_version(3) gives it and `tcpdump --version`
 * prints it.
 *
 * "zerocopy" in the string proves it is there. Its absence proves it is not, but only from 1.9.0
 * on: before that the string never said so, and on FreeBSD every release from 1.0.0 to 1.8.1 has it
 * compiled in. Such a library counts as one that can, because the other mistake would let a capture
 * break.
 * @param text the line, or several lines with it among them; from a host, so anything
 * @param path where the library stands, which settles the one version string that two kinds of
 *   library share
 */
export function libpcapZerocopy(text: string, path?: string): LibpcapZerocopy {
  const version = parseLibpcapVersion(text);
  if (version === undefined) {
    return {can: 'unknown', why: 'the text holds no libpcap version'};
  }
  const {name, zerocopy} = version;
  if (zerocopy)
    return {can: 'yes', version: name, why: `libpcap ${name} says it has zerocopy support`};
  return {version: name, ...silent(version, path)};
}

/** The string does not mention zerocopy: the version decides. */
function silent(
  version: LibpcapVersion,
  path: string | undefined,
): Pick<LibpcapZerocopy, 'can' | 'why'> {
  const {name, release, suffix} = version;
  if (compareReleases(release, FIRST_EVER) < 0) {
    return {can: 'no', why: `zero-copy came with libpcap 1.0.0, and this is ${name}`};
  }
  if (compareReleases(release, FIRST_WITHOUT) < 0) {
    return {
      can: 'yes',
      why: `libpcap ${name} never says so, but 1.0.0 to 1.8.1 have zero-copy compiled in on FreeBSD (HAVE_ZEROCOPY_BPF in the build's config.h would tell)`,
    };
  }
  if (compareReleases(release, FIRST_WITHOUT) === 0 && suffix === '-rc1') {
    return {can: 'yes', why: `libpcap ${name} still found zero-copy by its configure test`};
  }
  if (compareReleases(release, FIRST_WITHOUT) === 0 && suffix === '-PRE-GIT')
    return preRelease(path);
  if (compareReleases(release, FIRST_AGAIN) < 0) {
    return {
      can: 'no',
      why: `libpcap ${name} has no zero-copy on FreeBSD: from 1.9.0 to 1.10.5 its detection sat inside an AIX-only block`,
    };
  }
  return {
    can: 'no',
    why: `libpcap ${name} would say "with zerocopy support" if it had it, so this build lacks it`,
  };
}

/**
 * "1.9.0-PRE-GIT" is what git called itself from July 2016, when zero-copy was found by configure,
 * past September 2017, when it was lost. FreeBSD's base got it in May 2018, after the loss
 * (verified in 12.1).
 */
function preRelease(path: string | undefined): Pick<LibpcapZerocopy, 'can' | 'why'> {
  if (path !== undefined && BASE_LIBRARY.test(path)) {
    return {
      can: 'no',
      why: 'libpcap 1.9.0-PRE-GIT of FreeBSD 12.0 and 12.1 has no zero-copy: it was imported after the detection broke',
    };
  }
  return {
    can: 'unknown',
    why: 'libpcap 1.9.0-PRE-GIT has zero-copy when it was taken from git before September 2017, and not when later (as in FreeBSD 12.1 base)',
  };
}

const TARGET =
  'libpcap 1.10.6 or newer (FreeBSD base has it from 15.1 on; elsewhere the port net/libpcap at that version, with the program built against it)';
const CAUTION =
  'With it, every capture that forks after opening (pflogd, tcpdump without -n) goes silent while net.bpf.zerocopy_enable is not 0, so settle those first.';

/**
 * The upgrade that would let a host's libpcap do zero-copy, as sentences for an operator; '' when
 * one can already.
 * @param texts the version string of every libpcap found
 */
export function libpcapUpgrade(texts: readonly string[]): string {
  if (texts.some((text) => libpcapZerocopy(text).can === 'yes')) return '';
  const newest = texts
    .flatMap((text) => parseLibpcapVersion(text) ?? [])
    .sort((a, b) => compareReleases(b.release, a.release))[0];
  if (newest === undefined) {
    return `Find out which libpcap is in use (tcpdump --version prints one on its second line); what can do zero-copy is ${TARGET}. ${CAUTION}`;
  }
  if (compareReleases(newest.release, FIRST_AGAIN) >= 0) {
    return `libpcap ${newest.name} is new enough, but this build has no zero-copy: rebuild it with FreeBSD's net/bpf.h in sight (from 1.11 on the build must also define HAVE_MACHINE_ATOMIC_H). ${CAUTION}`;
  }
  return `Upgrade from libpcap ${newest.name} to ${TARGET}. ${CAUTION}`;
}
