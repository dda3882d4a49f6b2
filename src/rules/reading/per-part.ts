/**
 * Remembers what was made of a part of an evidence, which may be the same for many hosts (see
 * evidence-parts.ts in src/collect): the part is all it may rest on.
 */
export function perPart<P extends object, T>(make: (part: P) => T): (part: P) => T {
  const known = new WeakMap<P, {readonly answer: T}>();
  return (part) => {
    const remembered = known.get(part);
    if (remembered !== undefined) return remembered.answer;
    const answer = make(part);
    known.set(part, {answer});
    return answer;
  };
}
