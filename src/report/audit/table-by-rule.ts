import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import {groupBy} from '../../text/group-by.js';
import {bySeverity} from '../findings/audit-view.js';
import {cleanName, labelled, labelledClean, paragraph, plural} from '../terminal/page.js';
import type {Page} from '../terminal/page.js';
import {withoutPlaces} from '../findings/same-sentence.js';
import {findingBlock} from './finding-block.js';

/**
 * Hosts named below a shared finding before the rest becomes a count (all of them with -v; each is
 * in the table above).
 */
const NAMED = 8;

interface Shared {
  readonly finding: Finding;
  readonly hosts: readonly string[];
}

/** What several hosts have in common said once, with the hosts it holds for. */
export function byRuleLines(
  page: Page,
  hosts: readonly AuditedHost[],
  troublesOf: (host: AuditedHost) => readonly Finding[],
): readonly string[] {
  const blocks = [
    ...sharedFindings(hosts, troublesOf).map((shared) => [
      ...findingBlock(page, shared.finding, shared.hosts),
      ...hostList(page, shared.hosts),
    ]),
    ...sharedFailures(page, hosts),
  ];
  return blocks.flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

function sharedFindings(
  hosts: readonly AuditedHost[],
  troublesOf: (host: AuditedHost) => readonly Finding[],
): readonly Shared[] {
  const groups = new Map<string, {finding: Finding; hosts: string[]}>();
  for (const host of hosts) {
    for (const finding of troublesOf(host)) {
      const {rule, verdict, service = '', summary, fix, waived} = finding;
      const key = JSON.stringify([
        rule,
        verdict,
        service,
        withoutPlaces(summary),
        withoutPlaces(fix),
        waived ?? null,
      ]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, {finding, hosts: [host.host]});
      else if (group.hosts.at(-1) !== host.host) group.hosts.push(host.host);
    }
  }
  const order = bySeverity([...groups.values()].map(({finding}) => finding));
  return [...groups.values()].sort((a, b) => order.indexOf(a.finding) - order.indexOf(b.finding));
}

/**
 * Failures by kind, with the first host's words; with -v each in its own, because a fix often names
 * the host.
 */
function sharedFailures(page: Page, hosts: readonly AuditedHost[]): readonly (readonly string[])[] {
  const failed = hosts.flatMap(({host, failure}) =>
    failure === undefined ? [] : [{host, failure}],
  );
  const groups = groupBy(failed, ({failure: {kind, message, fix}}) =>
    page.verbose ? JSON.stringify([kind, message, fix]) : kind,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const {kind, message, fix} = first.failure;
    const example = group.length > 1 && !page.verbose ? `on ${cleanName(first.host)}: ` : '';
    const block = [
      `  ${page.paint('doubt', kind)} (${plural(group.length, 'host')})`,
      ...paragraph(page, '    ', example + message),
      ...labelled(page, '    ', 'Fix', fix),
      ...hostList(
        page,
        group.map(({host}) => host),
      ),
    ];
    return [block];
  });
}

function hostList(page: Page, hosts: readonly string[]): readonly string[] {
  const named = page.verbose ? hosts : hosts.slice(0, NAMED);
  const rest = hosts.length - named.length;
  const text =
    named.map(cleanName).join(', ') + (rest === 0 ? '' : ` and ${rest} more (-v names them)`);
  return labelledClean(page, '    ', 'Hosts', text);
}
