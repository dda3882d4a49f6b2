import type {Finding} from '../../model/finding.js';
import type {Report, RuleText} from '../../model/report.js';

/** Every finding of a report, with those about the policy at the end. */
export const findingsOf = (report: Report): readonly Finding[] => [
  ...report.hosts.flatMap((host) => host.findings),
  ...report.policyFindings,
];

/**
 * The rules of a report, and those a finding names that the report does not: a newer tool may have
 * made the run.
 */
export function rulesOf(report: Report): readonly RuleText[] {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  for (const {rule: id, slug, severity, matters, fix} of findingsOf(report))
    if (!rules.has(id))
      rules.set(id, {id, slug, severity, claim: slug, matters, remedy: fix, sources: []});
  return [...rules.values()];
}

/** Rules about the policy itself, ZBUF-W01 and its like; all others are about hosts. */
export const isAboutPolicy = (rule: string): boolean => rule.startsWith('ZBUF-W');
