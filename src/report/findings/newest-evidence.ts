import type {Asked, AuditedHost, AuditRun} from '../../model/audit-run.js';
import type {LaterTry} from '../../model/report.js';
import {fileNameFor} from '../../text/file-name.js';
import {isSilent} from './assessment.js';

/** What can be known of a stored audit without reading it. */
export interface AuditIndex {
  readonly run: string;
  readonly interrupted: boolean;
  readonly asked?: Asked;
  /** How many hosts it has. */
  readonly hosts: number;
  /** File names (fileNameFor) of the hosts it has evidence of. */
  readonly answered: ReadonlySet<string>;
}

/**
 * Audits that speak for a fleet. A run that does not say whether hosts were named (an older version
 * stored it) is taken for a part when everything it has is in the fleet before it and that fleet is
 * larger.
 * @param audits oldest first
 * @returns oldest first
 */
export function wholeAudits(audits: readonly AuditIndex[]): readonly AuditIndex[] {
  const whole: AuditIndex[] = [];
  for (const audit of audits) {
    if (audit.interrupted || audit.asked === 'named') continue;
    if (audit.asked === undefined && isPart(audit, whole.at(-1))) continue;
    whole.push(audit);
  }
  return whole;
}

const isPart = ({hosts, answered}: AuditIndex, fleet: AuditIndex | undefined): boolean =>
  fleet !== undefined &&
  hosts < fleet.hosts &&
  [...answered].every((name) => fleet.answered.has(name));

/**
 * The audits to read for the newest evidence of these hosts, newest first: the newest that has
 * evidence of a host, and everything from the newest whole audit on, which knows who did not answer
 * since.
 * @param audits oldest first, none interrupted
 */
export function auditsToRead(
  audits: readonly AuditIndex[],
  hosts: readonly string[],
): readonly string[] {
  const lastWhole = wholeAudits(audits).at(-1)?.run ?? '';
  const open = new Map(hosts.map((host) => [`${fileNameFor(host)}.json`, host]));
  return [...audits].reverse().flatMap(({run, answered}) => {
    const found = [...open.keys()].filter((name) => answered.has(name));
    for (const name of found) open.delete(name);
    return found.length > 0 || run >= lastWhole ? [run] : [];
  });
}

/** A host's entry, the run it is of, and what came of a newer try. */
export interface NewestEntry {
  readonly audit: AuditRun;
  readonly host: AuditedHost;
  readonly laterTry?: LaterTry;
}

/**
 * The entry of every host that counts: the newest with evidence, else the newest there is. A host
 * no audit has is not in the result.
 * @param audits newest first
 */
export function newestEntries(
  audits: readonly AuditRun[],
  hosts: readonly string[],
): ReadonlyMap<string, NewestEntry> {
  const byRun = audits.map((audit) => ({
    audit,
    hosts: new Map(audit.hosts.map((one) => [one.host, one])),
  }));
  const result = new Map<string, NewestEntry>();
  for (const name of hosts) {
    const entries = byRun.flatMap(({audit, hosts: of}) => {
      const host = of.get(name);
      return host === undefined ? [] : [{audit, host}];
    });
    const said = entries.find(({host}) => !isSilent(host));
    const [newest] = entries;
    const chosen = said ?? newest;
    if (chosen === undefined || newest === undefined) continue;
    result.set(name, {...chosen, ...(newest === chosen ? {} : laterTryOf(newest))});
  }
  return result;
}

function laterTryOf({audit, host}: {readonly audit: AuditRun; readonly host: AuditedHost}): {
  laterTry?: LaterTry;
} {
  if (host.failure === undefined) return {};
  const {kind, message} = host.failure;
  return {laterTry: {run: audit.run, at: audit.startedAt, why: kind, message}};
}
