import type {FailureKind} from '../../model/failure.js';

/**
 * When a host that was lost is asked again. `soon`: it may be back any moment. `late`: only
 * somebody who does something about it brings it back, and asking often does harm: logins that fail
 * are counted by blacklistd(8) and fail2ban.
 */
const AGAIN: Readonly<Record<FailureKind, 'soon' | 'late'>> = {
  unresolved: 'soon',
  refused: 'soon',
  'timed-out': 'soon',
  'host-key-unknown': 'late',
  'host-key-changed': 'late',
  'host-key-revoked': 'late',
  'host-key-weak': 'late',
  unsupported: 'late',
  auth: 'late',
  become: 'late',
  cut: 'soon',
  silent: 'soon',
  flooded: 'late',
  protocol: 'late',
  jump: 'soon',
  'no-record': 'late',
  interrupted: 'soon',
};

const FIRST_MS = 2000;
const LONGEST_MS = 5 * 60_000;
const LATE_MS = 15 * 60_000;

/**
 * Milliseconds until a lost host is asked again: longer each time, and never all hosts at once.
 * @param times how often it could not be reached since it last answered, at least 1
 * @param chance in [0, 1)
 */
export function retryMs(kind: FailureKind, times: number, chance: number): number {
  const ms =
    AGAIN[kind] === 'late'
      ? LATE_MS
      : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, times - 1));
  return ms * (0.5 + chance);
}
