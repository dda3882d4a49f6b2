import type {AuditDeps} from './audit.js';
import type {Host} from '../model/host.js';
import {scriptWithArguments} from '../text/shell.js';

/**
 * Seconds between the two looks at the descriptors: longer than the read timeouts of pflogd (0.5 s)
 * and tcpdump (1 s).
 */
export const SAMPLE_GAP = 2;

/** Seconds one command of the collector may take at least: less is given up on by chance. */
const LEAST = 5;

/**
 * Seconds a command on a host may take that may take so many milliseconds itself. A third: one that
 * hangs costs its own reading, and not the whole evidence, and a slow host is helped by --timeout.
 */
export const commandLimit = (timeoutMs: number): number =>
  Math.max(LEAST, Math.floor(timeoutMs / 3000));

/**
 * collect.sh with its arguments in front: besides the variables it knows, the value of those that
 * the policies of these hosts speak of. Of any other variable only the name leaves the host.
 */
export function collectorScript(
  template: string,
  hosts: readonly Host[],
  servicesFor: AuditDeps['servicesFor'],
  timeoutMs: number,
  gap = SAMPLE_GAP,
): string {
  const names = new Set<string>();
  for (const host of hosts) {
    for (const {flagsVariables, rcVariable} of servicesFor(host))
      for (const name of [...flagsVariables, ...(rcVariable === undefined ? [] : [rcVariable])])
        names.add(name);
    for (const name of Object.keys(host.policy.rc ?? {})) names.add(name);
  }
  const variables = [...names].filter((name) => /^[A-Za-z_]\w{0,200}$/.test(name)).sort();
  return scriptWithArguments(template, [
    String(gap),
    String(commandLimit(timeoutMs)),
    ...variables,
  ]);
}
