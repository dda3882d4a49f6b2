import {hostname} from 'node:os';
import {resolve} from 'node:path';

import {readAuditPurpose} from '../../app/runs/audit-purpose.js';
import {selectHosts} from '../../inventory/index.js';
import {createLocalTransport} from '../../io/local-transport.js';
import type {MeantHosts} from '../../model/audit-purpose.js';
import type {Shard} from '../../model/audit-run.js';
import type {Host, Inventory} from '../../model/host.js';
import type {Notifier} from '../../model/notify.js';
import {OperatorError} from '../../model/operator-error.js';
import {plural} from '../../report/terminal/page.js';
import {kindOfRun} from '../../text/run-id.js';
import {isNotAssessed} from '../../report/findings/assessment.js';
import {isInShard, parseShard} from '../../text/shard.js';

import type {HostFlags} from '../flags.js';
import {askedOf} from '../hosts/load-hosts.js';
import type {World} from '../world.js';

import type {AuditFlags} from './audit-flags.js';
import type {AuditRequest} from './audit-hosts.js';
import {bareHost} from './kept-hosts.js';

/** Whom an audit asks, and how they are reached. */
export type Target = Pick<
  AuditRequest,
  'hosts' | 'asked' | 'shard' | 'meant' | 'resumed' | 'reach' | 'withHelper'
> & {
  /** Whom --notify can tell. */
  readonly notifiers: readonly Notifier[];
};

export async function overSsh(
  names: readonly string[],
  flags: AuditFlags,
  world: World,
): Promise<Target> {
  const {inventory, hosts: meant} = await world.hosts(names, flags);
  const word = flags['failed-in'] ?? (flags['only-failed'] ? 'latest' : undefined);
  const hosts = word === undefined ? meant : await notAssessedIn(word, meant, world);
  const whole: Target = {
    hosts,
    asked: word === undefined ? askedOf(names, flags) : 'named',
    meant: meantBy(names, flags, world.folder),
    reach: overInventory(inventory, flags, world),
    notifiers: inventory.notifiers ?? [],
  };
  if (flags.shard === undefined) return whole;
  const shard = shardOf(flags.shard);
  const part = hosts.filter(({name}) => isInShard(name, shard));
  world.note(`Shard ${flags.shard}: ${part.length} of ${plural(hosts.length, 'host')}.`);
  return {...whole, hosts: part, shard};
}

/** Those of the hosts that a stored audit, finished or stopped with Ctrl-C, could not assess. */
async function notAssessedIn(
  word: string,
  hosts: readonly Host[],
  {store, note}: World,
): Promise<readonly Host[]> {
  const run = await store.resolve(word, 'audit');
  const {document} = await store.load(run, 'zbufctl.audit/1');
  const failed = new Set(document.hosts.filter(isNotAssessed).map(({host}) => host));
  const chosen = hosts.filter(({name}) => failed.has(name));
  note(`Run ${run} did not assess ${plural(failed.size, 'host')}; ${chosen.length} will be asked.`);
  return chosen;
}

function shardOf(text: string): Shard {
  const shard = parseShard(text);
  if (shard !== undefined) return shard;
  throw new OperatorError('--shard is not a part of a whole', 'Write e.g. --shard 2/4.');
}

/** The policy counts here, too; the inventory's hosts do not. */
export async function thisMachine(flags: HostFlags, world: World): Promise<Target> {
  const inventory = await world.inventory(flags, true);
  return {
    hosts: [bareHost(hostname(), 'localhost', inventory)],
    asked: 'named',
    meant: {...meantBy([], flags, world.folder), local: true},
    reach: () => Promise.resolve(createLocalTransport(world.surroundings.user)),
    notifiers: inventory.notifiers ?? [],
  };
}

/**
 * The hosts of an unfinished run, as the inventory has them now. Throws OperatorError when the run
 * is finished, or does not say whom it was to ask.
 */
export async function unfinishedRun(
  word: string,
  flags: AuditFlags,
  world: World,
): Promise<Target> {
  const run =
    (word === 'latest' ? await newestUnfinished(world) : undefined) ??
    (await world.store.resolve(word, 'audit'));
  const purpose = readAuditPurpose(await world.store.purpose(run));
  if (purpose === undefined)
    throw new OperatorError(
      `run ${run} does not say whom it was to ask: an older zbufctl began it`,
      `What it has can be judged: zbufctl audit --from '${world.store.evidenceFolder(run)}'`,
    );
  const {meant, hosts: names, asked, shard, withHelper} = purpose;
  const files = flags.inventory ?? meant.inventory;
  const policy = flags.policy ?? meant.policy;
  const where = {
    ...(files.length === 0 ? {} : {inventory: [...files]}),
    ...(policy === undefined ? {} : {policy}),
  };
  const inventory = await world.inventory(where, true);
  const {hosts, reach} =
    meant.local === true
      ? await thisMachine(where, world)
      : {hosts: found(meant, inventory), reach: overInventory(inventory, flags, world)};
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const {size} = await world.store.evidenceFiles(run);
  world.note(`Resuming run ${run}: ${size} of ${plural(names.length, 'host')} answered then.`);
  const gone = new Set(names.filter((name) => !byName.has(name)));
  return {
    hosts: names.map((name) => byName.get(name) ?? bareHost(name, name, inventory)),
    asked,
    ...(shard === undefined ? {} : {shard}),
    meant,
    resumed: {run, purpose, gone},
    withHelper,
    reach,
    notifiers: inventory.notifiers ?? [],
  };
}

async function newestUnfinished({store}: World): Promise<string | undefined> {
  const runs = await store.list();
  return runs.find(({state, run}) => state === 'unfinished' && kindOfRun(run) === 'audit')?.run;
}

/** Hosts that were removed are no mistake: of those that were meant, the ones that are there. */
function found({words, groups}: MeantHosts, inventory: Inventory): readonly Host[] {
  const lists = words.length === 0 ? [[]] : words.map((word) => [word]);
  return lists.flatMap((hosts) => {
    const selected = selectHosts(inventory, {hosts, groups});
    return selected.ok ? selected.hosts : [];
  });
}

const overInventory =
  (
    inventory: Inventory,
    {transport}: Pick<AuditFlags, 'transport'>,
    world: World,
  ): Target['reach'] =>
  (edge) =>
    world.reach(inventory, edge, transport);

/** What the command line says of hosts, for whoever goes on with the run. */
export const meantBy = (
  words: readonly string[],
  {inventory, group, policy}: HostFlags,
  folder: string,
): MeantHosts => ({
  words,
  groups: group ?? [],
  inventory: (inventory ?? []).map((file) => resolve(folder, file)),
  ...(policy === undefined ? {} : {policy: resolve(folder, policy)}),
});
