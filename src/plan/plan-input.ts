import type {ChangePolicy} from '../model/change-policy.js';
import type {Finding} from '../model/finding.js';
import type {RuleInput} from '../rules/rule.js';

/** What a host is planned from. */
export interface PlanHostInput extends RuleInput {
  readonly host: string;
  readonly address: string;
  readonly changes: ChangePolicy;
  /** What the rules say of the same evidence (findingsOf), with the waivers in force marked. */
  readonly findings: readonly Finding[];
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly cleanDuplicates?: boolean;
}
