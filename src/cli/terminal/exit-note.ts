import {cleanName} from '../../report/terminal/page.js';

import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import type {Terminal} from './terminal.js';

/** Hosts named before the rest becomes a number. */
const NAMED = 5;

/** The first few of these hosts, and how many more there are. */
export function someNames(hosts: readonly string[]): string {
  const named = hosts
    .slice(0, NAMED)
    .map((host) => cleanName(host))
    .join(', ');
  return hosts.length > NAMED ? `${named} and ${hosts.length - NAMED} more` : named;
}

/**
 * Why code 4, in one line on stderr, with --json, too: nobody is to take it for "nothing worse".
 * @param open the hosts that were not assessed
 * @param findings whether something stands beside it
 */
export function noteExitCode(
  code: ExitCode,
  open: readonly string[],
  findings: boolean,
  terminal: Pick<Terminal, 'note'>,
): void {
  if (code !== EXIT.unknown) return;
  const which =
    open.length === 0
      ? 'not every host was finished'
      : `not assessed: ${open.length === 1 ? '1 host' : `${open.length} hosts`} (${someNames(open)})`;
  terminal.note(`Exit code 4: ${which}; findings ${findings ? 'stand' : 'may stand'} beside it.`);
}
