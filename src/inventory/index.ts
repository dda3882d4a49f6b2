/** The inventory: text in, hosts or complaints out. Nothing here touches the world. */
export {inventorySchema} from './inventory-schema.js';
export {parseInventory} from './parse-inventory.js';
export {selectHosts} from './select-hosts.js';
export {renderInventory} from './render-inventory.js';
export type {InventoryAnswers, InventoryEntry} from './render-inventory.js';
export {hostsFromSshConfig} from './hosts-from-ssh-config.js';
export type {SshConfigHost} from './hosts-from-ssh-config.js';
export {entriesOf} from './entries-of.js';
export {hostsFromKnownHosts} from './hosts-from-known-hosts.js';
export type {KnownHostNames} from './hosts-from-known-hosts.js';
export {parseWindowRange} from './window-range.js';
export {hostNamesProblem, splitHostNames} from './split-host-names.js';
export {userNameProblem} from './host-names.js';
