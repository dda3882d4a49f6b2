import type {AuditDeps} from '../app/audit.js';
import {loadTemplate} from '../io/templates.js';
import type {Host} from '../model/host.js';
import {scriptWithArguments} from '../text/shell.js';

import {SAMPLE_GAP} from './sample-gap.js';

/** Seconds a command on the host that could hang may take; collect.sh's own default. */
const COMMAND_LIMIT = 20;

/**
 * collect.sh with its arguments in front: besides the variables it knows, the value of those that the policies of these hosts
 * speak of. Of any other variable only the name leaves the host.
 */
export function collectorScript(hosts: readonly Host[], servicesFor: AuditDeps['servicesFor']): string {
  const names = new Set<string>();
  for (const host of hosts) {
    for (const {flagsVariables, rcVariable} of servicesFor(host))
      for (const name of [...flagsVariables, ...(rcVariable === undefined ? [] : [rcVariable])])
        names.add(name);
    const wanted = host.policy['rc'];
    for (const name of Object.keys(typeof wanted === 'object' && wanted !== null ? wanted : {}))
      names.add(name);
  }
  const variables = [...names].filter((name) => /^[A-Za-z_]\w{0,200}$/.test(name)).sort();
  return scriptWithArguments(loadTemplate('collect.sh'), [
    String(SAMPLE_GAP),
    String(COMMAND_LIMIT),
    ...variables,
  ]);
}
