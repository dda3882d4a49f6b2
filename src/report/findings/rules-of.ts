import type {Finding} from '../../model/finding.js';
import type {Report, RuleText} from '../../model/report.js';
import type {RuleCounts} from './tally.js';
import {countByRule, tallyOf} from './tally.js';

/**
 * Every finding of a report, with those about the policy at the end; of a large one a host is read
 * when its findings are asked for.
 */
export function* findingsOf(report: Report): Iterable<Finding> {
  for (const {findings} of report.hosts) yield* findings;
  yield* report.policyFindings;
}

/** How many of them came to what, by rule. */
export function countsOf(report: Report): ReadonlyMap<string, RuleCounts> {
  const counts = new Map(
    [...tallyOf(report.hosts).byRule].map(([rule, of]) => [rule, {...of}] as const),
  );
  countByRule(report.policyFindings, counts);
  return counts;
}

/**
 * The rules of a report, and those a finding names that the report does not: a newer tool may have
 * made the run.
 */
export function rulesOf(report: Report): readonly RuleText[] {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  // Hardly ever: for the names of rules no finding has to be read.
  if ([...countsOf(report).keys()].every((id) => rules.has(id))) return report.rules;
  for (const {rule: id, slug, severity, matters, fix} of findingsOf(report))
    if (!rules.has(id))
      rules.set(id, {id, slug, severity, claim: slug, matters, remedy: fix, sources: []});
  return [...rules.values()];
}

/** Rules about the policy itself, ZBUF-W01 and its like; all others are about hosts. */
export const isAboutPolicy = (rule: string): boolean => rule.startsWith('ZBUF-W');
