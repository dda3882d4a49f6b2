import type {AuditedHost} from '../model/audit-run.js';
import type {ShownReading, Finding} from '../model/finding.js';
import type {Waiver, WaiverStanding, WaiverState} from '../model/waiver.js';
import {globMatches} from '../text/glob.js';
import {mayBeWaived, withFindings} from '../text/host-on-demand.js';
import {daysBetween} from '../text/iso-date.js';

/**
 * Rules about the policy itself: their findings belong to no host, and no waiver can cover them.
 */
const EXPIRED = {
  id: 'ZBUF-W01',
  slug: 'waiver-expired',
  title: 'Waiver expired',
  severity: 'medium',
  claim: 'No waiver of the policy has passed its last day.',
  matters: 'The risk was accepted up to that day and no longer; nobody answers for it now.',
  remedy:
    'Fix the failure, or have the approver decide again and write the new expiry; remove what is not needed.',
  sources: ['the policy'],
} as const;

const UNMATCHED = {
  id: 'ZBUF-W02',
  slug: 'waiver-unmatched',
  title: 'Waiver covers nothing',
  severity: 'medium',
  claim: 'Every waiver of the policy covers a failure.',
  matters:
    'A waiver that covers nothing today will hide the next failure that nobody has accepted.',
  remedy: 'Remove the waiver, or correct its rule, hosts or groups.',
  sources: ['the policy'],
} as const;

export const WAIVER_RULES = [EXPIRED, UNMATCHED] as const;

const about = ({id, slug, title, severity, matters}: (typeof WAIVER_RULES)[number]) => ({
  rule: id,
  slug,
  title,
  severity,
  verdict: 'fail' as const,
  matters,
});

export type WaivableHost = Pick<AuditedHost, 'host' | 'groups' | 'findings'>;

export interface Waived<H extends WaivableHost> {
  /**
   * The hosts as given, with `waived` set on the failures a waiver covers, and removed where none
   * does any more.
   */
  readonly hosts: readonly H[];
  /** ZBUF-W01 for every expired waiver and ZBUF-W02 for every unmatched one. */
  readonly findings: readonly Finding[];
  readonly waivers: readonly WaiverState[];
}

/**
 * Applies waivers to findings. Only a failure can be waived: unknown is not a risk anybody
 * accepted, and a waived failure stays a failure, marked. Nothing is removed.
 *
 * @param day the UTC day to judge on, YYYY-MM-DD; start and expiry are both covered
 * @param fleet every host the inventory knows; without it, the hosts of the run. It tells a waiver
 *   for a host that does not exist (unmatched) from one for a host that was not looked at this time
 *   (undecided)
 */
export function applyWaivers<H extends WaivableHost>(
  hosts: readonly H[],
  waivers: readonly Waiver[],
  day: string,
  fleet: readonly Pick<WaivableHost, 'host' | 'groups'>[] = hosts,
): Waived<H> {
  const started = waivers.filter((w) => w.start <= day && day <= w.expiry);
  const covers = coveredBy(waivers, hosts);
  const states = waivers.map((waiver, i): WaiverState => {
    const names = covers[i] ?? [];
    return {
      waiver,
      standing: standingOf(waiver, day, names.length > 0, hosts, fleet),
      covers: names,
      daysLeft: daysBetween(day, waiver.expiry),
    };
  });
  return {
    hosts: hosts.map((host) =>
      started.length === 0 && !mayBeWaived(host)
        ? host
        : withFindings(host, (findings) => findings.map((f) => mark(f, host, started))),
    ),
    findings: states.flatMap(findingFor),
    waivers: states,
  };
}

/** The hosts each waiver covers; all are gone through once, since there may be very many. */
function coveredBy(
  waivers: readonly Waiver[],
  hosts: readonly WaivableHost[],
): readonly (readonly string[])[] {
  const covers = waivers.map((): string[] => []);
  if (waivers.length === 0) return covers;
  for (const host of hosts) {
    const {findings} = host;
    waivers.forEach((waiver, i) => {
      if (findings.some((f) => covered(waiver, host, f))) covers[i]?.push(host.host);
    });
  }
  return covers;
}

function mark(finding: Finding, host: WaivableHost, started: readonly Waiver[]): Finding {
  const waiver = started.find((w) => covered(w, host, finding));
  if (waiver === undefined && finding.waived === undefined) return finding;
  const {waived, ...bare} = finding;
  if (waiver !== undefined) return {...bare, waived: waivedText(waiver)};
  return waived === undefined ? finding : bare;
}

/** The waiver in one line, as a finding carries it. */
export const waivedText = (waiver: Waiver): string =>
  `${waiver.reason} (${waiver.ticket}, approved by ${waiver.approver}, until ${waiver.expiry})`;

const covered = (waiver: Waiver, host: WaivableHost, finding: Finding): boolean =>
  finding.verdict === 'fail' &&
  finding.rule === waiver.rule &&
  (waiver.service === undefined || waiver.service === finding.service) &&
  coversHost(waiver, host);

/** Whether a waiver names a host, by itself or by a group. */
export const coversHost = (waiver: Waiver, host: Pick<WaivableHost, 'host' | 'groups'>): boolean =>
  waiver.hosts.some((pattern) => globMatches(pattern, host.host)) ||
  waiver.groups.some((group) => host.groups.includes(group));

function standingOf(
  waiver: Waiver,
  day: string,
  covers: boolean,
  hosts: readonly WaivableHost[],
  fleet: readonly Pick<WaivableHost, 'host' | 'groups'>[],
): WaiverStanding {
  if (day > waiver.expiry) return 'expired';
  if (day < waiver.start) return 'not-started';
  if (covers) return 'in-force';

  const looked = new Map(hosts.map((host) => [host.host, host]));
  const named = fleet.filter((host) => coversHost(waiver, host));
  const open = named.some((host) => {
    const findings = looked.get(host.host)?.findings.filter((f) => f.rule === waiver.rule) ?? [];
    return findings.length === 0 || findings.some((f) => f.verdict === 'unknown');
  });
  return open ? 'undecided' : 'unmatched';
}

function findingFor(state: WaiverState): Finding[] {
  const {waiver, standing, covers} = state;
  const name = `The waiver ${waiver.ticket} for ${waiver.rule}`;
  if (standing === 'expired') {
    const left =
      covers.length === 0
        ? 'nothing fails that it covered'
        : `${waiver.rule} still fails on ${listed(covers)}`;
    return [
      {
        ...about(EXPIRED),
        summary: `${name} expired on ${waiver.expiry}; ${left}.`,
        because: because(state),
        fix:
          covers.length === 0
            ? 'Remove the waiver from the policy.'
            : `Fix the failure, or have ${waiver.approver} decide again and write the new expiry.`,
      },
    ];
  }
  if (standing === 'unmatched')
    return [
      {
        ...about(UNMATCHED),
        summary: `${name} matches no failure on ${listed([...waiver.hosts, ...waiver.groups.map((g) => `group ${g}`)])}.`,
        because: because(state),
        fix: UNMATCHED.remedy,
      },
    ];
  return [];
}

const listed = (names: readonly string[]): string =>
  names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

function because({waiver, covers}: WaiverState): ShownReading[] {
  const source =
    waiver.origin.line === 0 ? waiver.origin.file : `${waiver.origin.file}:${waiver.origin.line}`;
  const said = (reading: string, value: string): ShownReading => ({
    reading,
    source,
    state: 'read',
    value,
  });
  return [
    said('start and expiry', `${waiver.start} to ${waiver.expiry}`),
    said('approver', waiver.approver),
    said('reason', waiver.reason),
    {
      reading: `failures of ${waiver.rule} it names`,
      source: 'this run',
      state: 'read',
      value: String(covers.length),
    },
  ];
}
