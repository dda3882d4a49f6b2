import type {AuditedHost} from '../model/audit-run.js';

/** Most of what a run says of a host, and what few readers ask for. */
type Large = 'findings' | 'captures' | 'doThis';

/** A host without what is large, and which of it there is. */
export interface LightHost {
  readonly host: Omit<AuditedHost, Large>;
  readonly has: readonly [captures: boolean, doThis: boolean];
}

/** A host taken apart. */
export function lightOf({findings: _, captures, doThis, ...host}: AuditedHost): LightHost {
  return {host, has: [captures !== undefined, doThis !== undefined]};
}

/**
 * The host again, with what is large fetched anew each time somebody asks: a run of a hundred
 * thousand hosts would not fit into memory. Members are its own and can be copied; what they give
 * is equal, and not the same object, from one time to another.
 */
export function hostOnDemand(
  {host, has: [captures, doThis]}: LightHost,
  whole: () => AuditedHost,
): AuditedHost {
  const made = {
    ...host,
    get findings() {
      return whole().findings;
    },
  };
  const give = (name: 'captures' | 'doThis'): void => {
    const get = (): unknown => whole()[name];
    Object.defineProperty(made, name, {get, enumerable: true, configurable: true});
  };
  if (captures) give('captures');
  if (doThis) give('doThis');
  return made;
}
