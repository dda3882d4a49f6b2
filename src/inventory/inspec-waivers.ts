import {parse, stringify} from 'yaml';

import type {Waiver} from '../model/waiver.js';
import type {WrittenWaiver} from '../model/policy.js';
import {isoDateProblem} from '../text/iso-date.js';

/**
 * InSpec waiver files: YAML, a control id to `justification`, `expiration_date` and `run`
 * (docs.chef.io/inspec/waivers). They know no hosts (one file goes with one target), no approver
 * and no first day; ours know no waiver without an end.
 */
interface InspecWaiver {
  readonly justification?: unknown;
  readonly expiration_date?: unknown;
  readonly run?: unknown;
}

const CONTROL = /^ZBUF-\d{3}$/;

/** An InSpec waiver file, and what it cannot say. */
export interface Exported {
  readonly text: string;
  /** Sentences: waivers that InSpec would read as more than they are. */
  readonly leftOut: readonly string[];
}

/**
 * The waivers of one host as InSpec reads them. `run: true`: the control is judged all the same, as
 * zbufctl does. Of several waivers of a rule the one that ends last counts.
 * @param day the UTC day; what has ended, or has not begun, is left out
 */
export function exportInspec(waivers: readonly Waiver[], day: string): Exported {
  const leftOut: string[] = [];
  const byRule = new Map<string, Waiver>();
  for (const waiver of waivers) {
    const {rule, service, ticket, start, expiry} = waiver;
    const which = `${ticket} for ${rule}`;
    if (expiry < day) leftOut.push(`${which} ended on ${expiry}.`);
    else if (start > day) leftOut.push(`${which} begins on ${start}.`);
    else if (service !== undefined)
      leftOut.push(`${which} covers ${service} alone; InSpec would waive the whole rule.`);
    else if ((byRule.get(rule)?.expiry ?? '') < expiry) byRule.set(rule, waiver);
  }
  const document = Object.fromEntries(
    [...byRule]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([rule, {reason, ticket, approver, expiry}]) => [
        rule,
        {
          expiration_date: expiry,
          run: true,
          justification: `${reason} (${ticket}, approved by ${approver})`,
        },
      ]),
  );
  return {text: byRule.size === 0 ? '{}\n' : stringify(document, {lineWidth: 0}), leftOut};
}

/** What an InSpec file does not say, and a waiver must. */
export interface Accepted {
  readonly approver: string;
  readonly ticket: string;
  readonly start: string;
  /** For entries without an end; absent: they are refused. */
  readonly expiry?: string;
  readonly hosts: readonly string[];
  readonly groups: readonly string[];
}

export interface Imported {
  /** The member `waivers` of a policy, as YAML. */
  readonly text: string;
  readonly count: number;
  /** Controls of other profiles. */
  readonly others: readonly string[];
  readonly complaints: readonly string[];
}

/** Waivers of a policy from an InSpec file. A file with a complaint gives nothing. */
export function importInspec(text: string, accepted: Accepted): Imported {
  const none = {text: '', count: 0, others: []};
  let document: unknown;
  try {
    document = parse(text, {maxAliasCount: 0, schema: 'core'});
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : '').split('\n');
    return {...none, complaints: [`is not YAML: ${line}`]};
  }
  if (!isRecord(document))
    return {...none, complaints: ['is not an InSpec waiver file: it maps no control ids']};
  const entries = Object.entries(document);
  const complaints: string[] = [];
  const waivers = entries
    .filter(([id]) => CONTROL.test(id))
    .flatMap(([id, entry]): WrittenWaiver[] => {
      const waiver = waiverOf(id, entry, accepted);
      if (typeof waiver !== 'string') return [waiver];
      complaints.push(`${id} ${waiver}`);
      return [];
    });
  return {
    text: waivers.length === 0 || complaints.length > 0 ? '' : stringify({waivers}, {lineWidth: 0}),
    count: complaints.length > 0 ? 0 : waivers.length,
    others: entries.map(([id]) => id).filter((id) => !CONTROL.test(id)),
    complaints,
  };
}

/** The waiver, or what is wrong with the entry. */
function waiverOf(rule: string, entry: unknown, accepted: Accepted): WrittenWaiver | string {
  if (!isRecord(entry)) return 'maps to nothing that is a waiver';
  const {justification, expiration_date: end}: InspecWaiver = entry;
  if (typeof justification !== 'string' || justification.trim() === '')
    return 'has no justification';
  const expiry = end ?? accepted.expiry;
  if (expiry === undefined) return 'has no expiration_date: give --expiry for those without';
  if (typeof expiry !== 'string' || isoDateProblem(expiry) !== undefined)
    return 'has an expiration_date that is not a day, YYYY-MM-DD';
  const {approver, ticket, start, hosts, groups} = accepted;
  return {
    rule,
    ...(hosts.length === 0 ? {} : {hosts}),
    ...(groups.length === 0 ? {} : {groups}),
    reason: justification.trim(),
    approver,
    ticket,
    start,
    expiry,
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
