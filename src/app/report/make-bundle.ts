import {POLICY_KEYS} from '../../inventory/policy-shape.js';
import {waiversOf} from '../../inventory/waiver-reader.js';
import type {Bundle, BundledHost} from '../../model/bundle.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host} from '../../model/host.js';
import type {Policy} from '../../model/policy.js';
import type {Report, ReportedHost} from '../../model/report.js';
import {groupBy} from '../../text/group-by.js';
import {
  itemsInParts,
  itemText,
  membersInParts,
  prettyParts,
  writtenItems,
} from '../../text/json-parts.js';
import type {TextShelf} from '../../text/text-shelf.js';

import {storedProbes} from '../evidence/stored-probes.js';
import type {Deps} from '../ports.js';

import type {RejudgedHost, Rejudgement} from './rejudge.js';
import {rejudger, rulesAgain} from './rejudge.js';
import {ruleSet} from './rule-set.js';

/** Keys of a policy that no verdict depends on: the report has what became of them. */
const NOT_JUDGED: ReadonlySet<string> = new Set<keyof typeof POLICY_KEYS>(['waivers', 'controls']);

/** A bundle as text, and what comes of judging by it. */
export interface MadeBundle {
  readonly parts: Iterable<string>;
  readonly again: Rejudgement;
}

/** Objects and lists around a host of a bundle: the document, its hosts. */
const LEVELS = 2;

/**
 * A report with the stored evidence, probes and policies its verdicts rest on. Policies are not
 * stored with an audit: they are taken as the inventory has them now. Evidence is read once, host
 * by host, judged again and put away as text.
 * @param hosts of the inventory; undefined: there is none
 * @param shelf where hosts wait until they are written; closed after that
 */
export async function makeBundle(
  report: Report,
  hosts: readonly Host[] | undefined,
  deps: Deps,
  shelf: TextShelf,
): Promise<MadeBundle> {
  const {store, version} = deps;
  const spoke = report.hosts.filter(({failure}) => failure === undefined);
  const auditedAt = new Map(spoke.map((host) => [host.host, host.auditedAt]));
  const {byHost: probes} = await storedProbes(
    store,
    [...auditedAt.keys()],
    // A probe made since is not what the audit knew.
    (host, at) => at <= (auditedAt.get(host) ?? ''),
  );
  const policies = new Map(hosts?.map(({name, policy}) => [name, judgedBy(policy)]));
  const bundled = (host: string, evidence?: Evidence): BundledHost => {
    const probe = probes.get(host);
    return {
      host,
      policy: policies.get(host) ?? {},
      ...(probe === undefined ? {} : {probe}),
      ...(evidence === undefined ? {} : {evidence}),
    };
  };
  const services = await deps.services();
  const basis = {
    report,
    rules: ruleSet(version, services),
    ...(hosts === undefined ? {} : {waivers: waiversOf(hosts)}),
    modeObjects: deps.modeObjects(),
  };
  const judge = rejudger(basis, (host) => policies.get(host) ?? {}, services);
  const places = new Map<string, number>();
  const judged = new Map<string, RejudgedHost>();
  for await (const {reported, evidence} of evidenceOf(spoke, store)) {
    const one = bundled(reported.host, evidence);
    places.set(reported.host, shelf.put(itemText(one, LEVELS)));
    judged.set(reported.host, judge(reported, one));
  }
  return {
    parts: bundleParts(basis, spoke, shelf, (host) => places.get(host) ?? bundled(host)),
    again: {
      rules: rulesAgain(basis.rules, version, services),
      hosts: report.hosts.map((one) => judged.get(one.host) ?? judge(one, undefined)),
    },
  };
}

function* bundleParts(
  basis: Omit<Bundle, 'schema' | 'hosts'>,
  spoke: readonly ReportedHost[],
  shelf: TextShelf,
  textOf: (host: string) => number | BundledHost,
): Iterable<string> {
  try {
    yield* prettyParts({
      ...basis,
      schema: 'zbufctl.bundle/1' satisfies Bundle['schema'],
      report: membersInParts({...basis.report, hosts: itemsInParts(() => basis.report.hosts)}),
      hosts: itemsInParts(function* () {
        for (const {host} of spoke) {
          const one = textOf(host);
          yield typeof one === 'number' ? writtenItems(shelf.get(one)) : one;
        }
      }),
    });
  } finally {
    shelf.close();
  }
}

const judgedBy = (policy: Policy): Policy =>
  Object.fromEntries(
    Object.entries(policy).filter(([key]) => key in POLICY_KEYS && !NOT_JUDGED.has(key)),
  );

async function* evidenceOf(
  hosts: readonly ReportedHost[],
  store: Deps['store'],
): AsyncGenerator<{readonly reported: ReportedHost; readonly evidence: Evidence}> {
  for (const [run, group] of groupBy(hosts, (host) => host.run)) {
    const byName = new Map(group.map((reported) => [reported.host, reported]));
    for await (const evidence of store.evidence(run, [...byName.keys()])) {
      const reported = byName.get(evidence.host);
      if (reported !== undefined) yield {reported, evidence};
    }
  }
}
