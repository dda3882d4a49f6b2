import type {AuditedHost} from '../../model/audit-run.js';
import type {Finding} from '../../model/finding.js';
import type {
  ControlMapping,
  ControlResult,
  Controls,
  ControlStanding,
  FrameworkResult,
} from '../../model/report.js';
import {groupBy} from '../../text/group-by.js';
import type {Result} from '../findings/finding-text.js';
import type {RuleCounts} from '../findings/tally.js';
import {countByRule, tallyOf} from '../findings/tally.js';
import {isAboutPolicy} from '../findings/rules-of.js';

type Counts = ControlResult['counts'];

/**
 * What the findings say about each control. A control is only as good as what was looked at: a host
 * that said nothing keeps it from passing, as an unknown finding does.
 *
 * @param missing how many hosts were meant and said nothing
 */
export function controlResults(
  {frameworks, mappings}: Controls,
  hosts: readonly AuditedHost[],
  policyFindings: readonly Finding[],
  missing: number,
): readonly FrameworkResult[] {
  const byRule = new Map(
    [...tallyOf(hosts).byRule].map(([rule, counts]) => [rule, {...counts}] as const),
  );
  countByRule(policyFindings, byRule);
  return frameworks.map(({id, title, sources, controls}) => {
    const own = groupBy(
      mappings.filter((m) => m.framework === id),
      (m) => m.control,
    );
    const results = [...own].map(([control, because]) =>
      controlResult(control, controls[control] ?? control, because, byRule, missing),
    );
    return {
      id,
      title,
      sources,
      controls: results.sort((a, b) => inOrder.compare(a.control, b.control)),
    };
  });
}

const inOrder = new Intl.Collator('en', {numeric: true});

function controlResult(
  control: string,
  title: string,
  mappings: readonly ControlMapping[],
  byRule: ReadonlyMap<string, RuleCounts>,
  missing: number,
): ControlResult {
  const counts = count(
    mappings.flatMap(({rule}) => byRule.get(rule) ?? []),
    mappings.some(({rule}) => !isAboutPolicy(rule)) ? missing : 0,
  );
  const because = mappings.map(({rule, why}) => ({rule, why}));
  return {control, title, standing: standingOf(counts), because, counts};
}

function count(rules: readonly RuleCounts[], missing: number): Counts {
  const of = (result: Result): number => rules.reduce((sum, counts) => sum + counts[result], 0);
  return {
    fail: of('fail'),
    waived: of('waived'),
    unknown: of('unknown'),
    pass: of('pass'),
    notApplicable: of('not-applicable'),
    missing,
  };
}

function standingOf({fail, waived, unknown, pass, missing}: Counts): ControlStanding {
  if (fail > 0) return 'fail';
  if (unknown > 0) return 'unknown';
  if (waived + pass > 0 && missing > 0) return 'unknown';
  if (waived > 0) return 'waived';
  return pass > 0 ? 'pass' : 'not-assessed';
}
