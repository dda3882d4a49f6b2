import {hostNamesProblem, splitHostNames} from '../inventory/index.js';
import type {InventoryEntry, SshConfigHost} from '../inventory/index.js';
import {OperatorError} from '../model/operator-error.js';

import type {InitDeps, InitInterview, InitRequest} from './init-ports.js';

/** Hosts as they were typed or named by ssh's files, and those another inventory describes. */
export interface GatheredHosts {
  readonly hosts: readonly string[];
  readonly entries: readonly InventoryEntry[];
}

type Source = 'ssh-config' | 'known-hosts' | 'ansible' | 'typed';

/**
 * The hosts: named, from the files the command line says, or from where the person says.
 * `undefined`: they gave up.
 */
export async function gatherHosts(
  request: InitRequest,
  deps: InitDeps,
): Promise<GatheredHosts | undefined> {
  const {interview} = deps;
  if (request.hosts.length > 0) {
    const problem = hostNamesProblem(request.hosts);
    if (problem !== undefined) throw new OperatorError('a host name cannot be used', problem);
  }
  const given = givenSources(request);
  if (given.length > 0) {
    const found = await fromSources(given, request, deps);
    return found === undefined ? undefined : joined({hosts: request.hosts, entries: []}, found);
  }
  if (request.hosts.length > 0) return {hosts: request.hosts, entries: []};
  if (interview === undefined)
    throw new OperatorError(
      'there is no terminal to ask for the hosts',
      'Name them: zbufctl init root@192.0.2.9 ... or take them from --from-ssh-config, --from-known-hosts or --from-ansible FILE.',
    );
  const source = await chooseSource(interview, deps);
  if (source === undefined) return undefined;
  const found = source === 'typed' ? undefined : await fromSources([source], request, deps);
  if (source !== 'typed' && found === undefined) return undefined;
  if (found !== undefined && found.hosts.length + found.entries.length > 0) return found;
  return typedHosts(interview);
}

const givenSources = (request: InitRequest): readonly Exclude<Source, 'typed'>[] => [
  ...(request.fromSshConfig ? (['ssh-config'] as const) : []),
  ...(request.fromKnownHosts === true ? (['known-hosts'] as const) : []),
  ...(request.fromAnsible === undefined ? [] : (['ansible'] as const)),
];

const joined = (a: GatheredHosts, b: GatheredHosts): GatheredHosts => ({
  hosts: [...new Set([...a.hosts, ...b.hosts])],
  entries: [...a.entries, ...b.entries],
});

async function fromSources(
  sources: readonly Exclude<Source, 'typed'>[],
  request: InitRequest,
  deps: InitDeps,
): Promise<GatheredHosts | undefined> {
  let all: GatheredHosts = {hosts: [], entries: []};
  for (const source of sources) {
    const found = await FROM[source](request, deps);
    if (found === undefined) return undefined;
    all = joined(all, found);
  }
  return all;
}

type Read = (request: InitRequest, deps: InitDeps) => Promise<GatheredHosts | undefined>;

const FROM: Readonly<Record<Exclude<Source, 'typed'>, Read>> = {
  'ssh-config': async (_, deps) => {
    const found = await deps.sshConfigHosts();
    if (found.length === 0) throw none('~/.ssh/config names no hosts');
    return picked(deps, 'Hosts of ~/.ssh/config to take', found.map(asChoice));
  },
  'known-hosts': async (_, deps) => {
    const {hosts, hashed} = await deps.knownHosts();
    if (hosts.length === 0)
      throw none(
        hashed === 0
          ? '~/.ssh/known_hosts names no hosts'
          : `the names in ~/.ssh/known_hosts are hashed (${hashed} lines): nobody can read them`,
      );
    const rest = hashed === 0 ? '' : `; ${hashed} more are hashed and cannot be read`;
    const choices = hosts.map((value) => ({value, label: value}));
    return picked(deps, `Hosts of known_hosts to take${rest}`, choices);
  },
  ansible: async ({fromAnsible}, deps) => {
    const path =
      fromAnsible ??
      (await deps.interview?.text('Path of the Ansible inventory (INI or YAML)', '', (text) =>
        text === '' ? 'Type the path of a file.' : undefined,
      ));
    if (path === undefined) return undefined;
    const entries = await deps.ansibleHosts(path);
    if (entries.length === 0) throw none(`${path} has no host in it`);
    return {hosts: [], entries};
  },
};

const none = (what: string): OperatorError =>
  new OperatorError(what, 'Name them: zbufctl init root@192.0.2.9 fw[01-04].example.net ...');

async function picked(
  {interview}: InitDeps,
  message: string,
  choices: readonly {readonly value: string; readonly label: string}[],
): Promise<GatheredHosts | undefined> {
  if (interview === undefined) return {hosts: choices.map(({value}) => value), entries: []};
  const hosts = await interview.pick(
    `${message} (space unticks)`,
    choices,
    (count) => `${count} of ${choices.length} hosts`,
  );
  return hosts === undefined ? undefined : {hosts, entries: []};
}

const asChoice = ({name, hostName}: SshConfigHost) => ({
  value: name,
  label: hostName === undefined || hostName === name ? name : `${name} (${hostName})`,
});

/** Only where there is something to take. */
async function chooseSource(interview: InitInterview, deps: InitDeps): Promise<Source | undefined> {
  const [configured, known] = await Promise.all([deps.sshConfigHosts(), deps.knownHosts()]);
  const choices: {value: Source; label: string}[] = [
    ...(configured.length === 0
      ? []
      : [{value: 'ssh-config' as const, label: `in ~/.ssh/config (${configured.length})`}]),
    ...(known.hosts.length === 0
      ? []
      : [{value: 'known-hosts' as const, label: `in ~/.ssh/known_hosts (${known.hosts.length})`}]),
    {value: 'ansible', label: 'in an Ansible inventory'},
    {value: 'typed', label: 'I type them'},
  ];
  return interview.choose('Where are your hosts?', choices, choices[0]?.value ?? 'typed');
}

async function typedHosts(interview: InitInterview): Promise<GatheredHosts | undefined> {
  const line = await interview.text(
    'Hosts (names or ranges, e.g. fw[01-04].example.net, root@192.0.2.9:2222)',
    '',
    (text) => hostNamesProblem(splitHostNames(text)),
  );
  return line === undefined ? undefined : {hosts: splitHostNames(line), entries: []};
}
