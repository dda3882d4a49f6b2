import type {Host} from '../model/host.js';

import type {InventoryEntry} from './render-inventory.js';

/** Hosts of another inventory as zbufctl.yaml would have them; of the policy nothing is known. */
export const entriesOf = (hosts: readonly Host[]): readonly InventoryEntry[] =>
  hosts.map((host) => ({
    name: host.name,
    ...(host.address === host.name ? {} : {address: host.address}),
    ...(host.port === undefined ? {} : {port: host.port}),
    ...(host.user === undefined ? {} : {user: host.user}),
    ...(host.become === 'none' ? {} : {become: host.become}),
    ...(host.identityFiles.length === 0 ? {} : {identityFiles: host.identityFiles}),
    ...(host.knownHosts.length === 0 ? {} : {knownHosts: host.knownHosts}),
    ...(host.proxyJump === undefined || host.proxyJump.length === 0
      ? {}
      : {proxyJump: host.proxyJump}),
    groups: host.groups.filter((group) => group !== 'all' && group !== 'ungrouped'),
  }));
