import type {BootValue} from './boot-value.js';

/** "1 by /etc/sysctl.conf line 4", or the default when nothing assigns it. */
export function describeBoot({value, winner, isWhole}: BootValue): string {
  const by =
    winner === undefined
      ? `${value}, the kernel's default: no file sets it`
      : `${value} by ${winner.file} line ${winner.line}`;
  return isWhole ? by : `${by} (scripts the boot runs were not collected)`;
}
