/** Ends a switch over a union: a new member does not compile until every switch handles it. */
export const unreachable = (value: never): never => {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
};
