import type {Evidence} from '../../model/evidence.js';
import type {Service} from '../../model/service.js';
import type {RuleInput} from '../rule.js';

/** All that what is remembered of a scene may rest on. */
export type Seen = Pick<RuleInput, 'evidence' | 'services'>;

/**
 * Remembers what was worked out about a scene. Rules, gate and plan each make a scene of their own
 * of the same evidence and the same services, and ask the same of it.
 */
export function perScene<T>(make: (scene: Seen) => T): (scene: Seen) => T {
  const known = new WeakMap<Evidence, Map<readonly Service[], {readonly answer: T}>>();
  return (scene) => {
    const {evidence, services} = scene;
    const answers = known.get(evidence) ?? new Map<readonly Service[], {readonly answer: T}>();
    const remembered = answers.get(services);
    if (remembered !== undefined) return remembered.answer;
    // First, since what is made may ask the same for other services.
    known.set(evidence, answers);
    const answer = make(scene);
    answers.set(services, {answer});
    return answer;
  };
}
