/** The inventory: text in, hosts or complaints out. Nothing here touches the world. */
export {inventorySchema} from './inventory-schema.js';
export {parseInventory} from './parse-inventory.js';
export {selectHosts} from './select-hosts.js';
export {renderInventory} from './render-inventory.js';
export type {InventoryAnswers} from './render-inventory.js';
export {hostsFromSshConfig} from './hosts-from-ssh-config.js';
export type {SshConfigHost} from './hosts-from-ssh-config.js';
export {hostNamesProblem, splitHostNames} from './split-host-names.js';
export {userNameProblem} from './host-names.js';
