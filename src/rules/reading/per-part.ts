/**
 * Remembers what was made of a part of an evidence, which may be the same for many hosts (see
 * evidence-parts.ts in src/collect): the part is all it may rest on.
 */
export function perPart<P extends object, T>(make: (part: P) => T): (part: P) => T {
  const known = new WeakMap<P, {readonly answer: T}>();
  return (part) => {
    const remembered = known.get(part) ?? {answer: make(part)};
    known.set(part, remembered);
    return remembered.answer;
  };
}
