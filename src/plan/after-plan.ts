import type {Evidence} from '../model/evidence.js';
import {read} from '../model/reading.js';
import type {Service} from '../model/service.js';
import type {SetRc} from '../model/step.js';
import {isOff} from '../freebsd/rc-value.js';

/**
 * The evidence as it would be once these variables are set: what rc would start, and with which
 * flags. The gate judges this, or a plan could switch on the very service that makes its value
 * unsafe.
 */
export function afterRcChanges(
  evidence: Evidence,
  changes: readonly SetRc[],
  services: readonly Service[],
): Evidence {
  const {variables, enabled} = evidence.rc;
  if (variables.state !== 'read' || enabled.state !== 'read' || changes.length === 0)
    return evidence;
  const set = Object.fromEntries(
    changes.flatMap(({variable, to}) => (to === null ? [] : [[variable, to]])),
  );
  const scriptsOf = (isWanted: (value: string) => boolean): readonly string[] =>
    services.flatMap(({rcVariable, rcScript}) => {
      const value = rcVariable === undefined ? undefined : set[rcVariable];
      return rcScript !== undefined && value !== undefined && isWanted(value) ? [rcScript] : [];
    });
  const nameOf = (path: string): string => path.split('/').at(-1) ?? path;
  const off = scriptsOf(isOff);
  const on = scriptsOf((value) => !isOff(value)).filter(
    (script) => !enabled.value.some((p) => nameOf(p) === script),
  );
  return {
    ...evidence,
    rc: {
      ...evidence.rc,
      variables: read({...variables.value, ...set}),
      enabled: read([
        ...enabled.value.filter((path) => !off.includes(nameOf(path))),
        ...[...new Set(on)].map((script) => `/etc/rc.d/${script}`),
      ]),
    },
  };
}
