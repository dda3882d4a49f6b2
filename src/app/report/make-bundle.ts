import {POLICY_KEYS} from '../../inventory/policy-shape.js';
import {waiversOf} from '../../inventory/waiver-reader.js';
import type {Bundle, BundledHost, RuleSet} from '../../model/bundle.js';
import type {Evidence} from '../../model/evidence.js';
import type {Host} from '../../model/host.js';
import type {Policy} from '../../model/policy.js';
import type {Report, ReportedHost} from '../../model/report.js';
import type {Service} from '../../model/service.js';
import {sha256} from '../../report/sha256.js';
import {canonicalJson} from '../../text/canonical-json.js';
import {groupBy} from '../../text/group-by.js';

import {storedProbes} from '../evidence/stored-probes.js';
import type {Deps} from '../ports.js';

import {ruleTexts} from './report-of-run.js';

/** Keys of a policy that no verdict depends on: the report has what became of them. */
const NOT_JUDGED: ReadonlySet<string> = new Set<keyof typeof POLICY_KEYS>(['waivers', 'controls']);

/**
 * A report with the stored evidence, probes and policies its verdicts rest on. Policies are not
 * stored with an audit: they are taken as the inventory has them now.
 * @param hosts of the inventory; undefined: there is none
 */
export async function makeBundle(
  report: Report,
  hosts: readonly Host[] | undefined,
  deps: Deps,
): Promise<Bundle> {
  const {store, version} = deps;
  const spoke = report.hosts.filter(({failure}) => failure === undefined);
  const auditedAt = new Map(spoke.map((host) => [host.host, host.auditedAt]));
  const {byHost: probes} = await storedProbes(
    store,
    [...auditedAt.keys()],
    // A probe made since is not what the audit knew.
    (host, at) => at <= (auditedAt.get(host) ?? ''),
  );
  const evidence = await evidenceOf(spoke, store);
  const policies = new Map(hosts?.map(({name, policy}) => [name, judgedBy(policy)]));
  return {
    schema: 'zbufctl.bundle/1',
    report,
    rules: ruleSet(version, await deps.services()),
    hosts: spoke.map(({host}): BundledHost => {
      const [probe, said] = [probes.get(host), evidence.get(host)];
      return {
        host,
        policy: policies.get(host) ?? {},
        ...(probe === undefined ? {} : {probe}),
        ...(said === undefined ? {} : {evidence: said}),
      };
    }),
    ...(hosts === undefined ? {} : {waivers: waiversOf(hosts)}),
    modeObjects: deps.modeObjects(),
  };
}

const judgedBy = (policy: Policy): Policy =>
  Object.fromEntries(
    Object.entries(policy).filter(([key]) => key in POLICY_KEYS && !NOT_JUDGED.has(key)),
  );

/** Which rules these are: equal digests give equal verdicts, as far as texts can tell. */
export const ruleSet = (version: string, services: readonly Service[]): RuleSet => ({
  version,
  digest: sha256(canonicalJson({rules: ruleTexts(), services})),
});

async function evidenceOf(
  hosts: readonly ReportedHost[],
  store: Deps['store'],
): Promise<ReadonlyMap<string, Evidence>> {
  const found = new Map<string, Evidence>();
  for (const [run, group] of groupBy(hosts, (host) => host.run)) {
    const names = group.map(({host}) => host);
    for await (const one of store.evidence(run, names)) found.set(one.host, one);
  }
  return found;
}
