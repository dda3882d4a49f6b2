import type {AuditedHost} from '../../model/audit-run.js';
import {groupBy} from '../../text/group-by.js';
import {sanitize} from '../../text/sanitize.js';
import {cleanName, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {wrap} from '../terminal/wrap.js';

/** Blocks shown of a fleet before the rest becomes a count, and hosts named in the title of one. */
const BLOCKS = 5;
const NAMED = 4;
/** No command of ours is longer; what a host named may be. */
const LONGEST = 2000;

/** One line of a block, harmless. It is not wrapped: a command in two lines cannot be pasted. */
export const doThisLine = (line: string): string => sanitize(line, {limit: LONGEST});

/** The commands that mend a host by hand, under one title. */
export function doThisBlock(page: Page, host: AuditedHost): readonly string[] {
  return blockOf(page, [host.host], host.doThis ?? []);
}

/** The same for a fleet: hosts with the same commands are one block; the largest come first. */
export function doThisBlocks(page: Page, hosts: readonly AuditedHost[]): readonly string[] {
  const groups = [...groupBy(hosts, ({doThis = []}) => doThis.join('\n')).values()]
    .filter(([first]) => (first?.doThis ?? []).length > 0)
    .sort((a, b) => b.length - a.length);
  const shown = page.verbose ? groups : groups.slice(0, BLOCKS);
  const rest = groups.slice(shown.length).reduce((sum, group) => sum + group.length, 0);
  return [
    ...shown.flatMap((group, i) => [
      ...(i === 0 ? [] : ['']),
      ...blockOf(
        page,
        group.map(({host}) => host),
        group[0]?.doThis ?? [],
      ),
    ]),
    ...(rest === 0 ? [] : ['', `  and other commands on ${plural(rest, 'host')} (-v shows them)`]),
  ];
}

function blockOf(
  page: Page,
  hosts: readonly string[],
  lines: readonly string[],
): readonly string[] {
  if (lines.length === 0) return [];
  const named = hosts.slice(0, page.verbose ? undefined : NAMED).map(cleanName);
  const rest = hosts.length - named.length;
  const where = `${named.join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`;
  const title = `Do this on ${where}, as root (or let zbufctl plan and apply do it):`;
  return [
    ...wrap(title, Math.max(8, page.width - 2)).map((line) => `  ${page.paint('strong', line)}`),
    ...lines.map((line) => `    ${doThisLine(line)}`),
  ];
}
