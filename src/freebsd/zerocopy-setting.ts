import {parseSysctlConf, sysctlInt} from './sysctl-conf.js';

export const ZEROCOPY = 'net.bpf.zerocopy_enable';

/**
 * The files /etc/rc.d/sysctl loads, in its order; the later wins (facts: host-behaviour.md,
 * sysctl).
 */
export const BOOT_FILES = ['/etc/sysctl.conf', '/etc/sysctl.conf.local'] as const;
export type BootFile = (typeof BOOT_FILES)[number];

/** One line that assigns the value. `number` is undefined when sysctl(8) would refuse the value. */
export interface Assignment {
  readonly file: string;
  readonly line: number;
  readonly value: string;
  readonly number: number | undefined;
}

/** Assignments to the value in one sysctl.conf file. */
export function assignmentsIn(path: string, text: string): readonly Assignment[] {
  return parseSysctlConf(text).flatMap((line) =>
    line.kind === 'assignment' && line.name === ZEROCOPY
      ? [{file: path, line: line.line, value: line.value, number: sysctlInt(line.value)}]
      : [],
  );
}

/**
 * The assignment that is in force after sysctl(8) has loaded them in this order; undefined: none
 * is.
 */
export const winnerOf = (assignments: readonly Assignment[]): Assignment | undefined =>
  assignments.filter((a) => a.number !== undefined).at(-1);
