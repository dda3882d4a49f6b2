import type {Host, Inventory} from '../model/host.js';
import type {HostSelection, SelectionComplaint, SelectionResult} from '../model/inventory-input.js';
import {globMatches} from '../text/glob.js';
import {didYouMean} from '../text/near-misses.js';

import {quoted} from './complaint-book.js';
import {expandRange} from './expand-range.js';
import type {Destination} from './host-names.js';
import {isDefect, readDestination} from './host-names.js';
import {nameWithPort} from './read-host-list.js';

const NO_DEFAULTS = {become: 'none', identityFiles: [], knownHosts: [], policy: {}} as const;

/**
 * The hosts the command line means, in the order of the inventory, each once.
 *
 * - Nothing named: all of them.
 * - `-g`: the hosts in any of the groups.
 * - A HOST is an exact name, a glob (fw*) or a range (fw[01-04]). With `-g` it must be in one of
 *   the groups, too.
 * - `user@host[:port]` and `host:port` that match no name: the host of that name with this user and
 *   port when there is one, else a host of its own with the variables and policy of `all`. A bare
 *   name that is in no inventory is taken that way only when the inventory has no hosts; otherwise
 *   it is a slip, and near misses are told.
 */
export function selectHosts(inventory: Inventory, selection: HostSelection): SelectionResult {
  return new Selector(inventory, selection.groups).select(selection.hosts);
}

class Selector {
  private readonly byName: ReadonlyMap<string, Host>;
  private readonly complaints: SelectionComplaint[] = [];
  /** By inventory name; a host changed by `user@` replaces itself. */
  private readonly chosen = new Map<string, Host>();

  /**
   * The groups that narrow the selection: none when one of them does not exist, which is complaint
   * enough.
   */
  private readonly groups: readonly string[];

  constructor(
    private readonly inventory: Inventory,
    groups: readonly string[],
  ) {
    this.groups = this.checkGroups(groups) ? groups : [];
    this.byName = new Map(inventory.hosts.map((host) => [host.name, host]));
  }

  select(words: readonly string[]): SelectionResult {
    if (words.length === 0) {
      for (const host of this.inventory.hosts)
        if (this.isInGroups(host)) this.chosen.set(host.name, host);
    }
    for (const word of words) this.word(word);
    if (this.complaints.length > 0) return {ok: false, complaints: this.complaints};
    if (this.chosen.size === 0)
      return {
        ok: false,
        complaints: [
          {message: 'no host is selected', fix: 'Name a host, or give an inventory with hosts.'},
        ],
      };
    const known = this.inventory.hosts.flatMap(({name}) => this.chosen.get(name) ?? []);
    const others = [...this.chosen.values()].filter(({name}) => !this.byName.has(name));
    return {ok: true, hosts: [...known, ...others]};
  }

  private checkGroups(groups: readonly string[]): boolean {
    const known = new Set(this.inventory.hosts.flatMap((host) => host.groups));
    const unknown = groups.filter((group) => !known.has(group));
    for (const group of unknown) {
      const fix = didYouMean(group, known) || `Groups with hosts: ${listed([...known])}.`;
      this.complain(`no host is in the group ${quoted(group)}`, fix);
    }
    return unknown.length === 0;
  }

  private word(word: string): void {
    const exact = this.byName.get(word);
    if (exact !== undefined) this.take(exact, word);
    else if (word.includes('*')) this.glob(word);
    // [::1]:22 is an address, fw[1-3] a range.
    else if (/\[[^\]]*\]/.test(word) && isDefect(readDestination(word))) this.range(word);
    else this.destination(word);
  }

  private glob(pattern: string): void {
    const matching = this.inventory.hosts.filter(({name}) => globMatches(pattern, name));
    const inGroups = matching.filter((host) => this.isInGroups(host));
    for (const host of inGroups) this.choose(host);
    if (inGroups.length > 0) return;
    if (matching.length > 0)
      this.complain(
        `hosts match ${quoted(pattern)}, but none in ${this.groupList()}`,
        'Leave -g out, or name another group.',
      );
    else this.complain(`no host matches ${quoted(pattern)}`, this.whatThereIs());
  }

  private range(pattern: string): void {
    const expanded = expandRange(pattern, '-');
    if ('message' in expanded) {
      this.complain(`${quoted(pattern)} ${expanded.message}`, expanded.fix);
      return;
    }
    const [missing = '', ...others] = expanded.names().filter((name) => !this.byName.has(name));
    if (missing !== '') this.notFound(missing, others.length);
    for (const name of expanded.names()) {
      const host = this.byName.get(name);
      if (host !== undefined) this.take(host, name);
    }
  }

  private destination(word: string): void {
    const read = readDestination(word);
    if (isDefect(read)) {
      this.complain(
        `${quoted(word)} ${read.message}`,
        [didYouMean(word, this.byName.keys()), read.fix].join(' ').trim(),
      );
      return;
    }
    const withPort =
      read.port === undefined ? undefined : this.byName.get(nameWithPort(read.host, read.port));
    const known = withPort ?? this.byName.get(read.host);
    if (known !== undefined) {
      const {user, port} = read;
      this.take(
        {...known, ...(user === undefined ? {} : {user}), ...(port === undefined ? {} : {port})},
        word,
      );
      return;
    }
    const isExplicit = read.user !== undefined || read.port !== undefined;
    if (!isExplicit && this.byName.size > 0) this.notFound(word);
    else if (this.groups.length > 0)
      this.complain(
        `${quoted(word)} is in no inventory, so it is not in ${this.groupList()}`,
        'Leave -g out.',
      );
    else this.choose(this.adHoc(read));
  }

  private adHoc({user, host, port}: Destination): Host {
    return {
      ...NO_DEFAULTS,
      ...this.inventory.defaults,
      name: port === undefined ? host : nameWithPort(host, port),
      address: host,
      ...(user === undefined ? {} : {user}),
      ...(port === undefined ? {} : {port}),
      groups: ['all'],
      origin: {file: 'command line', line: 0},
    };
  }

  /** Takes a host that was named, unless the groups rule it out. */
  private take(host: Host, word: string): void {
    if (this.isInGroups(host)) this.choose(host);
    else
      this.complain(
        `${quoted(word)} is not in ${this.groupList()}`,
        `It is in: ${listed(host.groups)}.`,
      );
  }

  private choose(host: Host): void {
    this.chosen.set(host.name, host);
  }

  /** @param others how many more of the same range are missing */
  private notFound(name: string, others = 0): void {
    const near = didYouMean(name, this.byName.keys());
    const fix = `${near || this.whatThereIs()} For a host in no inventory write USER@${name}.`;
    const more = others === 0 ? '' : `, nor by ${others} more names of that range`;
    this.complain(`no host is called ${quoted(name)}${more}`, fix);
  }

  private isInGroups({groups}: Host): boolean {
    return this.groups.length === 0 || this.groups.some((group) => groups.includes(group));
  }

  private groupList(): string {
    return `the group ${this.groups.map(quoted).join(' or ')}`;
  }

  private whatThereIs(): string {
    return this.byName.size === 0
      ? 'The inventory has no hosts.'
      : `Hosts: ${listed([...this.byName.keys()])}.`;
  }

  private complain(message: string, fix: string): void {
    this.complaints.push({message, fix});
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(quoted).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
