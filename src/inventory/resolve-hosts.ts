import type {Become, Host, HostDefaults} from '../model/host.js';
import type {Policy} from '../model/policy.js';

import type {ComplaintBook} from './complaint-book.js';
import {quoted} from './complaint-book.js';
import type {Draft, DraftHost, Vars} from './draft.js';
import type {GroupGraph} from './group-graph.js';
import {addressDefect} from './host-names.js';
import type {PolicyLayer} from './read-policy-file.js';

/** What a host has after all levels above it were merged. */
interface Level {
  readonly groups: readonly string[];
  readonly vars: Vars;
  readonly policy: Policy;
}

/**
 * Merges the levels (all, groups from the outside in, the host) into hosts, in the order of the
 * files.
 */
export function resolveHosts(
  draft: Draft,
  graph: GroupGraph,
  override: PolicyLayer | undefined,
  book: ComplaintBook,
): {readonly hosts: readonly Host[]; readonly defaults: HostDefaults} {
  const entries = new Map<string, DraftHost[]>();
  for (const entry of draft.hosts) {
    const known = entries.get(entry.name);
    if (known === undefined) entries.set(entry.name, [entry]);
    else known.push(entry);
  }

  const levels = new Map<string, Level>();
  const levelOf = (direct: readonly string[]): Level => {
    const key = direct.join('\0');
    const known = levels.get(key);
    if (known !== undefined) return known;
    const groups = graph.groupsOf(direct);
    let vars: Vars = {};
    let policy: Policy = {};
    for (const name of groups) {
      vars = {...vars, ...draft.groups.get(name)?.vars};
      policy = {...policy, ...draft.groups.get(name)?.policy};
    }
    const level = {groups, vars, policy};
    levels.set(key, level);
    return level;
  };

  const hosts: Host[] = [];
  for (const [name, same] of entries) {
    const level = levelOf([...new Set(same.map((entry) => entry.group))].sort());
    const own = mergeEntries(name, same, book);
    const host = hostOf(name, same, level, own, override, book);
    if (host !== undefined) hosts.push(host);
  }
  const all = levelOf([]);
  return {
    hosts,
    defaults: {...connection(all.vars), policy: overridden(all.policy, ['all'], override)},
  };
}

function hostOf(
  name: string,
  entries: readonly DraftHost[],
  level: Level,
  own: {readonly vars: Vars; readonly policy: Policy},
  override: PolicyLayer | undefined,
  book: ComplaintBook,
): Host | undefined {
  const vars = {...level.vars, ...own.vars};
  const {at} = entries[0] ?? {at: {file: '', line: 0}};
  if (vars.foreignConnection !== undefined) {
    const message = `${quoted(name)} is left out: its ansible_connection is ${quoted(vars.foreignConnection)}, not SSH`;
    const local = vars.foreignConnection === 'local';
    book.warn(
      at,
      message,
      local
        ? 'For this machine itself use --local.'
        : 'Only hosts reached over SSH can be audited.',
    );
    return undefined;
  }
  const address = own.vars.address ?? name;
  if (own.vars.address === undefined) {
    const defect = addressDefect(name);
    if (defect !== undefined) {
      book.complain(
        at,
        `the host ${quoted(name)} ${defect.message}`,
        `${defect.fix} Or give it an address.`,
      );
      return undefined;
    }
  }
  return {
    name,
    address,
    ...connection(vars),
    ...(vars.practice === true ? {practice: true} : {}),
    groups: level.groups,
    policy: overridden({...level.policy, ...own.policy}, level.groups, override),
    origin: at,
  };
}

/**
 * A host with several entries gets what all of them say; two entries that say different things are
 * told.
 */
function mergeEntries(
  name: string,
  entries: readonly DraftHost[],
  book: ComplaintBook,
): {readonly vars: Vars; readonly policy: Policy} {
  const [first, ...others] = entries;
  if (first === undefined) return {vars: {}, policy: {}};
  if (others.length === 0) return {vars: first.vars, policy: first.policy};
  let vars = first.vars;
  let policy = first.policy;
  const said = new Map<string, {readonly value: string; readonly entry: DraftHost}>();
  for (const entry of entries) {
    for (const [key, value] of [...Object.entries(entry.vars), ...Object.entries(entry.policy)]) {
      const text = JSON.stringify(value);
      const before = said.get(key);
      said.set(key, {value: text, entry});
      if (before === undefined || before.value === text) continue;
      complainAboutConflict(name, key, before, {value: text, entry}, book);
    }
    vars = {...vars, ...entry.vars};
    policy = {...policy, ...entry.policy};
  }
  return {vars, policy};
}

function complainAboutConflict(
  name: string,
  key: string,
  before: {readonly value: string; readonly entry: DraftHost},
  now: {readonly value: string; readonly entry: DraftHost},
  book: ComplaintBook,
): void {
  const where = `${before.entry.at.file === now.entry.at.file ? 'line ' : `${before.entry.at.file}:`}${before.entry.at.line}`;
  const message = `the host ${quoted(name)} has another ${key} here than on ${where}`;
  // Address and port say which machine is meant: with two of them, nobody knows which one would be
  // changed.
  if (key === 'address' || key === 'port')
    book.complain(now.entry.at, message, 'Give two machines two names, or remove one of the two.');
  else book.warn(now.entry.at, `${message}; this one is used`, 'Keep one of the two.');
}

function connection(vars: Vars): Omit<HostDefaults, 'policy'> {
  const become: Become = vars.becomeWanted === true ? (vars.becomeMethod ?? 'sudo') : 'none';
  return {
    ...(vars.port === undefined ? {} : {port: vars.port}),
    ...(vars.user === undefined ? {} : {user: vars.user}),
    become,
    identityFiles: vars.identityFiles ?? [],
    knownHosts: vars.knownHosts ?? [],
    ...(vars.proxyJump === undefined ? {} : {proxyJump: vars.proxyJump}),
    ...(vars.jumpIdentityFiles === undefined ? {} : {jumpIdentityFiles: vars.jumpIdentityFiles}),
  };
}

/** The policy of `--policy` over that of the inventory, key by key. */
function overridden(
  policy: Policy,
  groups: readonly string[],
  override: PolicyLayer | undefined,
): Policy {
  if (override === undefined) return policy;
  let result = {...policy, ...override.policy};
  for (const group of groups) result = {...result, ...override.groups.get(group)};
  return result;
}
