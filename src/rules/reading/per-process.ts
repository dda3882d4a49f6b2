import type {Evidence} from '../../model/evidence.js';

/**
 * Remembers what was worked out about a process. A process may have a thousand descriptors, and
 * every rule asks anew of each; what the answer rests on is the same evidence.
 */
export function perProcess<T>(
  make: (evidence: Evidence, pid: number) => T,
): (evidence: Evidence, pid: number) => T {
  const known = new WeakMap<Evidence, Map<number, {readonly answer: T}>>();
  return (evidence, pid) => {
    const answers = known.get(evidence) ?? new Map<number, {readonly answer: T}>();
    const remembered = answers.get(pid);
    if (remembered !== undefined) return remembered.answer;
    // First, since what is made may ask of another process.
    known.set(evidence, answers);
    const answer = make(evidence, pid);
    answers.set(pid, {answer});
    return answer;
  };
}
