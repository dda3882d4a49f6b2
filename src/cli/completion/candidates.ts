import {resolve} from 'node:path';

import {readBuilt} from '../../io/package/data-files.js';
import {listFolder, namesIn} from '../../io/files/names-in.js';
import type {Service} from '../../model/service.js';
import {isRunId} from '../../text/run-id.js';

import {surroundings} from '../terminal/surroundings.js';
import type {Candidate, LookedUp, Wanted} from './wanted.js';

/** More of one kind helps nobody choose. */
const MOST = 1000;

/** Rules and the other words `explain` knows, as the build wrote them. */
export interface KnownWords {
  readonly rules: readonly Candidate[];
  readonly explained: readonly Candidate[];
}

/**
 * The words of a kind. What cannot be looked up (no inventory, a mistake in it, no state folder)
 * has none: a command that runs says what is wrong.
 */
export async function lookUp(
  kind: LookedUp,
  typed: string,
  given: Wanted['given'],
): Promise<readonly Candidate[]> {
  const found = await LOOK[kind](typed, given).catch(() => []);
  return found.slice(0, MOST);
}

type Look = (typed: string, given: Wanted['given']) => Promise<readonly Candidate[]>;

const LOOK: Readonly<Record<LookedUp, Look>> = {
  files: (typed) => paths(typed, false),
  folders: (typed) => paths(typed, true),
  hosts: async (_, given) => {
    const {hosts} = await inventory(given);
    return hosts.map(({name, address}) => ({word: name, about: address === name ? '' : address}));
  },
  groups: async (_, given) => {
    const {hosts} = await inventory(given);
    const groups = new Map<string, number>();
    for (const host of hosts)
      for (const group of host.groups) groups.set(group, (groups.get(group) ?? 0) + 1);
    return [...groups].map(([word, count]) => ({
      word,
      about: `${count} ${count === 1 ? 'host' : 'hosts'}`,
    }));
  },
  runs: async (_, given) => {
    const names = await namesIn(resolve(stateDirectory(given), 'runs'));
    return [
      {word: 'latest', about: 'the newest'},
      ...names.filter(isRunId).sort().reverse().map(bare),
    ];
  },
  plans: async (_, given) => {
    const names = await namesIn(resolve(stateDirectory(given), 'plans'));
    const plans = names.filter((name) => /^plan-[^.]+\.json$/.test(name)).sort();
    return [
      {word: 'latest', about: 'the newest'},
      ...plans.reverse().map((name) => bare(name.slice(0, -'.json'.length))),
    ];
  },
  services: () => Promise.resolve(services()),
  rules: () => Promise.resolve(knownWords().rules),
  explained: () => {
    const {rules, explained} = knownWords();
    return Promise.resolve([...rules, ...services(), ...explained]);
  },
};

const bare = (word: string): Candidate => ({word, about: ''});

function services(): readonly Candidate[] {
  const all = JSON.parse(readBuilt('services.json') ?? '[]') as Service[];
  return all.map(({id, name}) => ({word: id, about: name}));
}

const knownWords = (): KnownWords =>
  JSON.parse(readBuilt('words.json') ?? '{"rules": [], "explained": []}') as KnownWords;

const lastOf = (values: readonly string[] | undefined): string | undefined => values?.at(-1);

const stateDirectory = (given: Wanted['given']): string =>
  surroundings(lastOf(given['state-dir']) ?? process.env['ZBUFCTL_STATE_DIR']).stateDirectory;

/** Read as every command reads it; its policy is of no interest here. */
async function inventory(given: Wanted['given']) {
  const [{loadInventory}, {parseInventory}] = await Promise.all([
    import('../../io/files/inventory-files.js'),
    import('../../inventory/parse-inventory.js'),
  ]);
  const environment = surroundings();
  const variable = (process.env['ZBUFCTL_INVENTORY'] ?? '')
    .split(',')
    .filter((path) => path !== '');
  const typed = (given['inventory'] ?? []).flatMap((paths_) => paths_.split(','));
  const request = {
    paths: (typed.length > 0 ? typed : variable).map((path) => fromHome(path)),
    workingDirectory: environment.workingDirectory,
    configDirectory: environment.configDirectory,
    homeDirectory: environment.homeDirectory,
    mayBeEmpty: true,
  };
  const loaded = await loadInventory(request, (files, context) =>
    Promise.resolve(parseInventory(files, context)),
  );
  return loaded.inventory;
}

/** The shell would put the home folder for it, and has not yet. */
const fromHome = (path: string): string =>
  path.startsWith('~/') ? resolve(surroundings().homeDirectory, path.slice(2)) : path;

/** Files for shells that cannot be told to take their own. */
async function paths(typed: string, onlyFolders: boolean): Promise<readonly Candidate[]> {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const entries = await listFolder(fromHome(folder === '' ? './' : folder));
  const hidden = typed.slice(folder.length).startsWith('.');
  return entries
    .filter(({name, isFolder}) => (!onlyFolders || isFolder) && name.startsWith('.') === hidden)
    .map(({name, isFolder}) => bare(`${folder}${name}${isFolder ? '/' : ''}`));
}
