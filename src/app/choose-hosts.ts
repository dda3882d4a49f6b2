import {selectHosts} from '../inventory/index.js';
import type {Host, Inventory} from '../model/host.js';
import type {HostSelection} from '../model/inventory-input.js';
import {OperatorError} from '../model/operator-error.js';

/**
 * The hosts the command line means (see selectHosts).
 * @throws OperatorError naming every word that selects nothing, exit code 2
 */
export function chooseHosts(inventory: Inventory, selection: HostSelection): readonly Host[] {
  const result = selectHosts(inventory, selection);
  if (result.ok) return result.hosts;
  const [first] = result.complaints;
  if (first !== undefined && result.complaints.length === 1)
    throw new OperatorError(first.message, first.fix);
  const list = result.complaints.map(({message, fix}) => `${message}\n    ${fix}`).join('\n');
  throw new OperatorError(`not every host named can be found:\n${list}`, '');
}
