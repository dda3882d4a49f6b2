import type {Finding} from '../model/finding.js';
import {isGrave} from '../model/finding.js';
import type {StandingFinding} from '../model/plan.js';

/** The critical and high failures that no waiver covers: while one stands, a host is not done. */
export const standingFindings = (findings: readonly Finding[]): readonly StandingFinding[] =>
  findings.flatMap(({verdict, waived, rule, severity, summary}) =>
    verdict === 'fail' && waived === undefined && isGrave(severity)
      ? {rule, severity, summary}
      : [],
  );
