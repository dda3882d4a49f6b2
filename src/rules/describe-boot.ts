import type {BootValue} from './boot-value.js';

/** "1 by /etc/sysctl.conf line 4", or the default when nothing assigns it. */
export function describeBoot({value, winner}: BootValue): string {
  return winner === undefined
    ? `${value}, the kernel's default: no file sets it`
    : `${value} by ${winner.file} line ${winner.line}`;
}
