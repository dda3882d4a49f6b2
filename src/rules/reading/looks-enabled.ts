import type {Service} from '../../model/service.js';

import type {Seen} from './per-scene.js';

/**
 * What keeps rc from starting a service although its variable looks set: a carriage return behind
 * YES. checkyesno of rc.subr warns of such a value and takes it for no. Undefined: nothing of the
 * kind.
 */
export function looksEnabled({evidence}: Seen, {rcScript}: Service): string | undefined {
  const {variables} = evidence.rc;
  if (rcScript === undefined || variables.state !== 'read') return undefined;
  const name = `${rcScript}_enable`;
  const value = variables.value[name];
  if (value === undefined || !/^(yes|true|on|1)\r$/i.test(value)) return undefined;
  return `${name} is "${value.replace('\r', '<CR>')}", which rc takes as not set`;
}
