import {parseInventory} from '../../src/inventory/index.js';
import type {Complaint, Host, Inventory} from '../../src/model/host.js';
import type {InventoryContext, InventoryResult} from '../../src/model/inventory-input.js';

const FOLDER = '/etc/fleet';
const HOME = '/home/op';

/** Reads one file that lies in /etc/fleet; the home directory is /home/op. */
export const readText = (
  text: string,
  name = 'zbufctl.yaml',
  context: Partial<InventoryContext> = {},
): InventoryResult =>
  parseInventory([{path: `${FOLDER}/${name}`, text}], {homeDirectory: HOME, ...context});

/** The inventory, or a failed test that shows the complaints. */
export function inventoryOf(result: InventoryResult): Inventory {
  if (result.ok) return result.inventory;
  throw new Error(shown(result.complaints).join('\n'));
}

export const hostsOf = (
  text: string,
  name?: string,
  context?: Partial<InventoryContext>,
): readonly Host[] => inventoryOf(readText(text, name, context)).hosts;

export const namesOf = (text: string, name?: string): readonly string[] =>
  hostsOf(text, name).map((host) => host.name);

/** `line: message`, in the order they are reported; empty for a good file. */
export const complaintsOf = (
  text: string,
  name?: string,
  context?: Partial<InventoryContext>,
): readonly string[] => {
  const result = readText(text, name, context);
  return result.ok ? [] : shown(result.complaints);
};

export const warningsOf = (text: string, name?: string): readonly string[] =>
  shown(readText(text, name).warnings);

const shown = (complaints: readonly Complaint[]): string[] =>
  complaints.map(({line, message}) => `${line}: ${message}`);
