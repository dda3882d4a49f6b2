import type {Evidence} from '../../model/evidence.js';
import {oncePer} from '../../text/once-per.js';

/**
 * Remembers what was worked out about a process. A process may have a thousand descriptors, and
 * every rule asks anew of each; what the answer rests on is the same evidence.
 */
export function perProcess<T>(
  make: (evidence: Evidence, pid: number) => T,
): (evidence: Evidence, pid: number) => T {
  const answersOf = oncePer((_: Evidence) => new Map<number, {readonly answer: T}>());
  return (evidence, pid) => {
    const answers = answersOf(evidence);
    const remembered = answers.get(pid);
    if (remembered !== undefined) return remembered.answer;
    const answer = make(evidence, pid);
    answers.set(pid, {answer});
    return answer;
  };
}
