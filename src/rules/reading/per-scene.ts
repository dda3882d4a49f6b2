import type {Evidence} from '../../model/evidence.js';
import type {Service} from '../../model/service.js';
import {oncePer} from '../../text/once-per.js';
import type {RuleInput} from '../rule.js';

/** All that what is remembered of a scene may rest on. */
export type Seen = Pick<RuleInput, 'evidence' | 'services'>;

/**
 * Remembers what was worked out about a scene. Rules, gate and plan each make a scene of their own
 * of the same evidence and the same services, and ask the same of it.
 */
export function perScene<T>(make: (scene: Seen) => T): (scene: Seen) => T {
  const answers = oncePer((evidence: Evidence) =>
    oncePer((services: readonly Service[]) => make({evidence, services})),
  );
  return ({evidence, services}) => answers(evidence)(services);
}
