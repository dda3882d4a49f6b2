import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import type {Report} from '../../model/report.js';
import {countedOf} from '../../text/host-on-demand.js';
import type {Tally} from './tally.js';
import {isOpenFailure, tallyOf} from './tally.js';
import {plural} from '../terminal/page.js';

/** How far hosts were assessed, in numbers; what a report may say in a sentence rests on these. */
export interface Assessment {
  readonly meant: number;
  readonly answered: number;
  /** Failures no waiver covers, and those one does. */
  readonly failures: number;
  readonly waived: number;
  readonly unknowns: number;
  /** Rules that are unknown somewhere. */
  readonly unknownRules: readonly string[];
  /** Hosts that did not answer later tries: what is said of them is old. */
  readonly outdated: number;
}

/** A host that said nothing: neither its passes nor its failures are known. */
export const isSilent = (host: Pick<AuditedHost, 'failure' | 'findings'>): boolean =>
  host.failure !== undefined && countedOf(host).length === 0;

/** A host of which a run says too little: it was not reached, or its evidence is incomplete. */
export const isNotAssessed = ({posture, failure}: AuditedHost): boolean =>
  posture === 'unreachable' || posture === 'unknown' || failure !== undefined;

export function assessmentOfHosts(hosts: readonly AuditedHost[]): Assessment {
  return {
    meant: hosts.length,
    answered: tallyOf(hosts).answered,
    outdated: 0,
    ...counts(tallyOf(hosts), []),
  };
}

export function assessmentOfReport({scope, hosts, policyFindings}: Report): Assessment {
  return {
    meant: scope.meant,
    answered: scope.answered,
    outdated: hosts.filter(({laterTry}) => laterTry !== undefined).length,
    ...counts(tallyOf(hosts), policyFindings),
  };
}

function counts(
  {failures, waived, unknown, unknownRules}: Tally,
  others: readonly Finding[],
): Pick<Assessment, 'failures' | 'waived' | 'unknowns' | 'unknownRules'> {
  const failed = others.filter(({verdict}) => verdict === 'fail');
  const open = failed.filter(isOpenFailure).length;
  const undecided = others.filter(({verdict}) => verdict === 'unknown');
  return {
    failures: failures + open,
    waived: waived + failed.length - open,
    unknowns: unknown + undecided.length,
    unknownRules: [...new Set([...unknownRules, ...undecided.map(({rule}) => rule)])],
  };
}

/**
 * What was found, and what was not assessed, in one sentence or more; '' when there are failures
 * and nothing was left out: those speak for themselves. Nothing reassuring while a host or a
 * verdict is open.
 */
export function assessmentText(assessment: Assessment): string {
  const {meant, answered, failures, waived, unknowns, unknownRules, outdated} = assessment;
  if (answered === 0) return 'No host responded: nothing was assessed.';
  const missing = meant - answered;
  const open = [
    ...(missing === 0 ? [] : [`${plural(missing, 'host was', 'hosts were')} not assessed`]),
    ...(unknowns === 0
      ? []
      : [`${plural(unknowns, 'verdict is', 'verdicts are')} unknown (${named(unknownRules)})`]),
    ...(outdated === 0
      ? []
      : [
          `${plural(outdated, 'host has', 'hosts have')} not responded since, and ${outdated === 1 ? 'is' : 'are'} shown as before`,
        ]),
  ];
  if (failures > 0) return open.length === 0 ? '' : `Not all was assessed: ${open.join('; ')}.`;
  const none = waived === 0 ? 'No failures' : `No failures but ${waived} waived`;
  if (open.length === 0) {
    const among = meant === 1 ? 'the host' : `all ${meant} hosts`;
    return `${none}: ${among} responded, and every rule came to a verdict.`;
  }
  const among = meant === 1 ? '' : ` among the ${plural(answered, 'host')} that responded`;
  return `${none}${among}; ${open.join('; ')}.`;
}

/** Rules named before the rest becomes a number. */
const NAMED = 4;

function named(rules: readonly string[]): string {
  const ids = [...rules].sort();
  const rest = ids.length - NAMED;
  return ids.slice(0, NAMED).join(', ') + (rest > 0 ? ` and ${plural(rest, 'more rule')}` : '');
}
