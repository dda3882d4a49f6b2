import type {Finding} from '../model/finding.js';
import {IS_GRAVE} from '../model/finding.js';
import type {StandingFinding} from '../model/plan.js';

/** The critical and high failures that no waiver covers: while one stands, a host is not done. */
export const standingFindings = (findings: readonly Finding[]): readonly StandingFinding[] =>
  findings
    .filter((f) => f.verdict === 'fail' && f.waived === undefined && IS_GRAVE[f.severity])
    .map(({rule, severity, summary}) => ({rule, severity, summary}));
