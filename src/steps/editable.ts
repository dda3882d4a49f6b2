import type {ConfigFile, FileMetadata} from '../model/evidence.js';

/** Why a file must not be written, and where the setting really lives or what to do first. */
export interface NotEditable {
  /** It could not be seen; nothing else is known to be against it. Absent: it is refused. */
  readonly kind?: 'gap';
  readonly reason: string;
  readonly remedy: string;
}

/**
 * Flags of chflags(1) that stop even root from replacing a file (facts: host-behaviour.md, files
 * that refuse to change).
 */
const IMMUTABLE = [
  'schg',
  'schange',
  'simmutable',
  'uchg',
  'uchange',
  'uimmutable',
  'sappnd',
  'sappend',
  'uappnd',
  'uappend',
  'sunlnk',
  'sunlink',
  'uunlnk',
  'uunlink',
];

/**
 * A system flag cannot be taken away at securelevel 1 and above, not even by root (init(8),
 * chflags(1)); the level only falls by a reboot.
 * @param securelevel undefined: not known
 */
export function isSealed({flags}: FileMetadata, securelevel: number | undefined): boolean {
  const system = (flags ?? '')
    .split(',')
    .some((flag) => flag.startsWith('s') && IMMUTABLE.includes(flag));
  return system && securelevel !== undefined && securelevel >= 1;
}

/** Bytes of the largest file a step carries whole. */
export const LARGEST_FILE = 64 * 1024;

/** Why this file of the boot configuration cannot be edited; undefined: it can. */
export function whyNotEditable(file: ConfigFile, securelevel?: number): NotEditable | undefined {
  const {path, content} = file;
  if (content.state === 'unreadable') {
    return {
      kind: 'gap',
      reason: `${path} could not be read: ${content.why}`,
      remedy: `Make ${path} readable to the collector (become: sudo, doas or su).`,
    };
  }
  const guarded = whyNotReplaceable(file, securelevel);
  if (guarded !== undefined) return guarded;
  if (content.state === 'absent') return undefined;
  if (file.flags === undefined || file.owner === undefined || file.mode === undefined) {
    return {
      reason: `owner, mode and flags of ${path} could not be read, so they cannot be kept`,
      remedy: `Look at it by hand: ls -lo ${path}.`,
    };
  }
  if (file.lossy === true || content.value.includes('\ufffd') || content.value.includes('\0')) {
    return {
      reason: `${path} is not text in UTF-8, so its bytes cannot be kept`,
      remedy: `Convert ${path} to UTF-8, or edit it by hand.`,
    };
  }
  if (file.redacted === true) {
    return {
      reason: `parts of ${path} were hidden or cut when it was collected, so it cannot be written back whole`,
      remedy: `Edit ${path} by hand.`,
    };
  }
  if (Buffer.byteLength(content.value, 'utf8') > LARGEST_FILE) {
    return {
      reason: `${path} is larger than ${LARGEST_FILE / 1024} KiB`,
      remedy: `Edit ${path} by hand; a file of settings is seldom that large.`,
    };
  }
  return undefined;
}

/** What stat(1) says against replacing a file: a link, or a flag that even root cannot pass. */
export function whyNotReplaceable(
  file: FileMetadata,
  securelevel?: number,
): NotEditable | undefined {
  const {path, linkTarget, flags} = file;
  if (linkTarget !== undefined) {
    return {
      reason: `${path} is a symbolic link to ${linkTarget}: the setting lives there`,
      remedy: `Change ${linkTarget} with whatever keeps it (configuration management, a shared volume), or make ${path} a file.`,
    };
  }
  const immutable = (flags ?? '').split(',').filter((flag) => IMMUTABLE.includes(flag));
  if (immutable.length > 0) {
    if (isSealed(file, securelevel)) {
      return {
        reason: `${path} is protected (chflags ${immutable.join(',')}), and securelevel is ${securelevel ?? '?'}: nobody can take that away now`,
        remedy: `Take it away in single-user mode (chflags ${immutable.map((f) => `no${f}`).join(',')} ${path}), or leave it.`,
      };
    }
    return {
      reason: `${path} is protected (chflags ${immutable.join(',')})`,
      remedy: `Find out who protected it; then: chflags ${immutable.map((f) => `no${f}`).join(',')} ${path}.`,
    };
  }
  return undefined;
}
