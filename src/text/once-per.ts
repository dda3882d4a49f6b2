/**
 * What a pure function made of an object is made once, as long as the object is there: a schema
 * takes longer to compile than to use, and hosts share parts of what they say (evidence-parts.ts in
 * src/collect).
 * @param make the object is all its answer may rest on
 */
export function oncePer<O extends object, R>(make: (object: O) => R): (object: O) => R {
  const known = new WeakMap<O, {readonly made: R}>();
  return (object) => {
    const found = known.get(object);
    if (found !== undefined) return found.made;
    const made = make(object);
    known.set(object, {made});
    return made;
  };
}
