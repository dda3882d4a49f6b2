import {fittingConcurrency} from '../../app/fitting-concurrency.js';
import {descriptorLimit} from '../../io/descriptor-limit.js';
import {OperatorError} from '../../model/operator-error.js';
import type {SshChoice} from '../../model/transport.js';
import {plural} from '../../report/terminal/page.js';

/** Files a held connection keeps open: a socket, or the pipes of two processes of ssh(1). */
const HELD: Readonly<Record<SshChoice, number>> = {ssh2: 1, openssh: 8, auto: 8};

/**
 * How many connections can be made at a time beside those that are held. Throws OperatorError where
 * this process may not have as many files open as the hosts take.
 */
export async function roomFor(
  hosts: number,
  wanted: number,
  transport: SshChoice,
): Promise<number> {
  const limit = await descriptorLimit();
  if (limit === undefined) return wanted;
  const held = hosts * HELD[transport];
  if (limit - held < LEAST)
    throw new OperatorError(
      `${plural(hosts, 'host')} cannot be watched at a time: that takes ${held + LEAST} open files, and ${limit} are allowed`,
      'Raise the limit (ulimit -n), or watch the hosts in parts, by group.',
    );
  return fittingConcurrency(wanted, limit - held);
}

/** What the process itself has open, and one connection that is made. */
const LEAST = 48;
