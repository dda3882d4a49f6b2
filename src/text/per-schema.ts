/**
 * What is made of a JSON Schema is made once: compiling one takes longer than using it a hundred
 * times, and hosts, plans and reports come by the hundred.
 */
export function perSchema<R>(make: (schema: object) => R): (schema: object) => R {
  const known = new WeakMap<object, R>();
  return (schema) => {
    if (!known.has(schema)) known.set(schema, make(schema));
    return known.get(schema) as R;
  };
}
