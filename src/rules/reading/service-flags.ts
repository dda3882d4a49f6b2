import type {ShownReading} from '../../model/finding.js';
import type {Evidence} from '../../model/evidence.js';
import type {Service} from '../../model/service.js';

import {shownReading, shownValue} from './shown-reading.js';

/** The flags rc gives a service, as the rc variables say. */
export interface FlagsSeen {
  /**
   * One for each process rc starts: several instances have flags of their own. Undefined: not set,
   * or not to be read.
   */
  readonly texts: readonly (string | undefined)[];
  readonly readable: boolean;
  readonly because: readonly ShownReading[];
}

/** What rc would start the service with; of several instances, each. */
export function serviceFlags({rc}: Evidence, service: Service): FlagsSeen {
  const {variables} = rc;
  if (variables.state !== 'read') {
    const hidden = shownReading('rc variables', 'sysrc -a', variables, () => '');
    return {texts: [undefined], readable: false, because: [hidden]};
  }
  const values = variables.value;
  const groups = instanceFlags(values, service)?.map((name) => [name]) ?? [service.flagsVariables];
  const seen = groups.map((names) =>
    names.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [shownValue(name, 'sysrc -a', value)];
    }),
  );
  const texts = seen.map((set) =>
    set.length === 0 ? undefined : set.map((b) => b.value ?? '').join(' '),
  );
  return {texts, readable: true, because: seen.flat()};
}

/** Every variable that holds flags of the service on this host. */
export function flagsVariablesOf({rc: {variables}}: Evidence, service: Service): readonly string[] {
  const own = variables.state === 'read' ? instanceFlags(variables.value, service) : undefined;
  return own ?? service.flagsVariables;
}

/**
 * With pflog_instances the script calls itself after each instance's device before it asks rc.subr
 * to run, so the flags are those of the device: pflog1_flags; neither pflog_flags nor
 * pflog_<instance>_flags counts (rc.d/pflog and run_rc_command of 13.2 and 15.1, reading). An
 * instance without a device is not started. Undefined: no instances.
 */
function instanceFlags(
  values: Readonly<Record<string, string>>,
  {rcScript}: Service,
): readonly string[] | undefined {
  if (rcScript === undefined) return undefined;
  const list = values[`${rcScript}_instances`];
  if (list === undefined) return undefined;
  const instances = list.split(/\s+/).filter((name) => name !== '');
  const devices = instances.flatMap((name) => values[`${rcScript}_${name}_dev`] ?? []);
  return devices.length === 0
    ? undefined
    : [...new Set(devices)].map((device) => `${device}_flags`);
}
