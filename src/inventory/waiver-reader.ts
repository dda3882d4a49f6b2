import type {Complaint, Host} from '../model/host.js';
import type {Waiver} from '../model/waiver.js';
import {isoDateProblem} from '../text/iso-date.js';

export interface WaiversRead {
  readonly waivers: readonly Waiver[];
  readonly complaints: readonly Complaint[];
}

export interface WaiverPlace {
  readonly file: string;
  /**
   * Line of a member of the list, when the reader of the file kept it; 0-based position in, 1-based
   * line out.
   */
  readonly lineOf?: (position: number) => number;
  /**
   * Ids a waiver may name; a waiver for a rule that does not exist waives nothing and hides that.
   */
  readonly rules: readonly string[];
}

const TEXTS = ['rule', 'reason', 'approver', 'ticket', 'start', 'expiry'] as const;
const KEYS: readonly string[] = [...TEXTS, 'hosts', 'groups', 'service'];
const LONGEST = 1000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Waivers of a policy, or everything wrong with them. A list with a complaint must stop the
 * command: an audit that goes on without a waiver somebody wrote, or with half of it, answers a
 * question nobody asked.
 */
export function readWaivers(value: unknown, place: WaiverPlace): WaiversRead {
  if (value === undefined) return {waivers: [], complaints: []};
  if (!Array.isArray(value)) {
    const complaint = {file: place.file, line: 0, message: 'waivers is not a list', fix: EXAMPLE};
    return {waivers: [], complaints: [complaint]};
  }

  const waivers: Waiver[] = [];
  const complaints: Complaint[] = [];
  value.forEach((item: unknown, i) => {
    const origin = {file: place.file, line: place.lineOf?.(i) ?? 0};
    const problems = isFields(item)
      ? problemsOf(item, place.rules)
      : [problem('is not a mapping', EXAMPLE)];
    complaints.push(
      ...problems.map((p) => ({...origin, message: `waiver ${i + 1} ${p.message}`, fix: p.fix})),
    );
    if (problems.length === 0 && isFields(item)) waivers.push(toWaiver(item, origin));
  });
  return {waivers, complaints};
}

/**
 * Every waiver in the policies of these hosts, once, however many hosts share the policy.
 * Lines are those of the host's place in the inventory, since a merged policy has none of its own.
 */
export function waiversOf(hosts: readonly Host[], rules: readonly string[]): WaiversRead {
  const seen = new Set<string>();
  const reads = hosts.map((host): WaiversRead => {
    const list = host.policy['waivers'];
    const key = JSON.stringify([host.origin.file, list]);
    if (list === undefined || seen.has(key)) return {waivers: [], complaints: []};
    seen.add(key);
    return readWaivers(list, {file: host.origin.file, rules});
  });
  return {
    waivers: unique(reads.flatMap((r) => r.waivers)),
    complaints: unique(reads.flatMap((r) => r.complaints)),
  };
}

const unique = <T>(items: readonly T[]): T[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

const EXAMPLE =
  'Write: {rule: ZBUF-003, hosts: [fw01], reason: ..., approver: ..., ticket: ..., start: 2027-01-31, expiry: 2027-06-30}.';

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

interface Problem {
  readonly message: string;
  readonly fix: string;
}
const problem = (message: string, fix: string): Problem => ({message, fix});

function problemsOf(item: Fields, rules: readonly string[]): Problem[] {
  const problems = [
    ...Object.keys(item)
      .filter((key) => !KEYS.includes(key))
      .map((key) =>
        problem(
          `has an unknown key ${JSON.stringify(key.slice(0, 40))}`,
          `Use only ${KEYS.join(', ')}.`,
        ),
      ),
    ...TEXTS.flatMap((key) => textProblem(item, key)),
    ...listProblem(item, 'hosts'),
    ...listProblem(item, 'groups'),
    ...scopeProblem(item),
    ...(item['service'] === undefined ? [] : textProblem(item, 'service')),
    ...dateProblems(item),
  ];
  const rule = item['rule'];
  if (typeof rule === 'string' && rule !== '' && !rules.includes(rule))
    problems.push(
      problem(
        `names the rule ${JSON.stringify(rule.slice(0, 40))}, which does not exist`,
        RULE_FIX,
      ),
    );
  return problems;
}

const RULE_FIX = 'Use the id of a rule, e.g. ZBUF-003; the findings of an audit show them.';

const FIXES: Readonly<Record<(typeof TEXTS)[number] | 'service', string>> = {
  rule: RULE_FIX,
  reason: 'Say in a sentence why the failure is accepted.',
  approver: 'Name who accepted the risk.',
  ticket: 'Name the ticket or record of the decision.',
  start: 'Add start: the first day it covers, YYYY-MM-DD.',
  expiry:
    'Add expiry: the last day it covers, YYYY-MM-DD. A waiver without an end is a hole, not a waiver.',
  service: 'Name the service as the finding does, or leave the key out.',
};

function textProblem(item: Fields, key: keyof typeof FIXES): Problem[] {
  const value = item[key];
  if (value === undefined || value === null || value === '')
    return [problem(`has no ${key}`, FIXES[key])];
  if (typeof value !== 'string')
    return [problem(`has a ${key} that is not text`, `${FIXES[key]} Quote it.`)];
  if (value.trim() === '') return [problem(`has no ${key}`, FIXES[key])];
  if (value.length > LONGEST)
    return [problem(`has a ${key} of ${value.length} characters`, `Keep it under ${LONGEST}.`)];
  return [];
}

function listProblem(item: Fields, key: 'hosts' | 'groups'): Problem[] {
  const value = item[key];
  if (value === undefined) return [];
  const good = Array.isArray(value) && value.every((v) => typeof v === 'string' && v !== '');
  return good
    ? []
    : [problem(`has ${key} that is not a list of names`, `Write ${key}: [name, name].`)];
}

const scopeProblem = (item: Fields): Problem[] =>
  [item['hosts'], item['groups']].every(
    (v) => v === undefined || (Array.isArray(v) && v.length === 0),
  )
    ? [
        problem(
          'covers no host',
          'Add hosts: [name] or groups: [name]; groups: [all] covers the fleet.',
        ),
      ]
    : [];

function dateProblems(item: Fields): Problem[] {
  const given = (['start', 'expiry'] as const).filter(
    (key) => item[key] !== undefined && item[key] !== '',
  );
  const bad = given.flatMap((key) => {
    const why = isoDateProblem(item[key]);
    return why === undefined
      ? []
      : [problem(`has a ${key} that ${why}`, 'Write the day as YYYY-MM-DD.')];
  });
  const {start, expiry} = {start: item['start'], expiry: item['expiry']};
  if (
    bad.length === 0 &&
    typeof start === 'string' &&
    typeof expiry === 'string' &&
    expiry < start &&
    start !== '' &&
    expiry !== ''
  )
    bad.push(
      problem(
        `expires on ${expiry}, before it starts on ${start}`,
        'Exchange or correct the days.',
      ),
    );
  return bad;
}

/** Only for an item without problems. */
function toWaiver(item: Fields, origin: Waiver['origin']): Waiver {
  const text = (key: string): string => item[key] as string;
  const list = (key: string): readonly string[] => (item[key] ?? []) as readonly string[];
  return {
    rule: text('rule'),
    hosts: list('hosts'),
    groups: list('groups'),
    ...(item['service'] === undefined ? {} : {service: text('service')}),
    reason: text('reason'),
    approver: text('approver'),
    ticket: text('ticket'),
    start: text('start'),
    expiry: text('expiry'),
    origin,
  };
}
