import {chooseHosts} from '../../app/choose-hosts.js';
import {policyChecker} from '../../app/policy-check.js';
import {parseInventory} from '../../inventory/parse-inventory.js';
import {loadInventory} from '../../io/files/inventory-files.js';
import {loadControls} from '../../io/package/report-assets.js';
import type {Asked} from '../../model/audit-run.js';
import type {Host, Inventory} from '../../model/host.js';
import type {ParseInventory} from '../../model/inventory-input.js';
import {listComplaints} from '../../text/list-complaints.js';

import type {HostFlags} from '../flags.js';
import {loadServices} from './load-services.js';
import type {Surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

export interface LoadedHosts {
  readonly inventory: Inventory;
  readonly hosts: readonly Host[];
}

/**
 * The inventory, and the hosts of it that the command line means. Throws OperatorError with
 * everything that is wrong.
 */
export async function loadHosts(
  names: readonly string[],
  flags: HostFlags,
  environment: Surroundings,
  terminal: Terminal,
): Promise<LoadedHosts> {
  const inventory = await readInventory(flags, environment, terminal, names.length > 0);
  return {inventory, hosts: chooseHosts(inventory, {hosts: names, groups: flags.group ?? []})};
}

/** Whether the command line means all of an inventory or part of it. */
export const askedOf = (names: readonly string[], {group}: HostFlags): Asked =>
  names.length === 0 && (group ?? []).length === 0 ? 'inventory' : 'named';

/** Only the inventory; warnings go to stderr. */
export async function readInventory(
  flags: HostFlags,
  environment: Surroundings,
  terminal: Terminal,
  mayBeEmpty: boolean,
): Promise<Inventory> {
  // Before an inventory of thousands of hosts has made the heap large.
  const {tuneForFleet} = await import('../../io/engine.js');
  tuneForFleet();
  const {inventory, warnings} = await loadInventory(
    {
      paths: flags.inventory ?? [],
      ...(flags.policy === undefined ? {} : {policyPath: flags.policy}),
      workingDirectory: environment.workingDirectory,
      configDirectory: environment.configDirectory,
      homeDirectory: environment.homeDirectory,
      mayBeEmpty,
    },
    parse,
  );
  if (warnings.length > 0) terminal.note(listComplaints(warnings, environment.workingDirectory));
  return inventory;
}

/** Reads files and policies; what is wrong with either is told together. */
const parse: ParseInventory = async (files, context) => {
  const texts = [...files, context.policyFile, context.fallbackPolicyFile].map(
    (file) => file?.text ?? '',
  );
  // The check of controls brings the schema validator with it, which hardly any policy needs.
  const {controlMistakes} = texts.some((text) => text.includes('controls:'))
    ? await import('../../app/report/control-mistakes.js')
    : {};
  const checkPolicy = policyChecker(
    await loadServices(),
    controlMistakes && ((value) => controlMistakes(value, loadControls())),
  );
  return parseInventory(files, {...context, checkPolicy});
};
