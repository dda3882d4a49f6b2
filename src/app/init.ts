import {
  hostNamesProblem,
  parseInventory,
  renderInventory,
  splitHostNames,
  userNameProblem,
} from '../inventory/index.js';
import type {InventoryAnswers, SshConfigHost} from '../inventory/index.js';
import type {Become} from '../model/host.js';
import type {ZerocopyWish} from '../model/policy.js';
import {wordsIn} from '../model/words.js';
import {OperatorError} from '../model/operator-error.js';
import {listComplaints} from '../text/list-complaints.js';

/** Questions to the person at the terminal; `undefined`: they gave up. */
export interface InitInterview {
  text(
    message: string,
    initial: string,
    problem: (text: string) => string | undefined,
  ): Promise<string | undefined>;
  confirm(message: string, initial: boolean): Promise<boolean | undefined>;
  choose<T extends string>(
    message: string,
    choices: readonly {readonly value: T; readonly label: string}[],
    initial: T,
  ): Promise<T | undefined>;
  pick<T extends string>(
    message: string,
    choices: readonly {readonly value: T; readonly label: string}[],
  ): Promise<readonly T[] | undefined>;
}

/** What the command line says; what it does not say is asked. */
export interface InitRequest {
  /** Absolute path of the file to write. */
  readonly path: string;
  readonly hosts: readonly string[];
  readonly fromSshConfig: boolean;
  readonly user?: string;
  readonly become?: Become;
  readonly zerocopy?: ZerocopyWish;
  /** Replace an existing file without asking. */
  readonly force: boolean;
}

export interface InitDeps {
  /** Absent: nobody is there to ask. */
  readonly interview?: InitInterview;
  sshConfigHosts(): Promise<readonly SshConfigHost[]>;
  isThere(path: string): Promise<boolean>;
  /** False when there is a file and it may not be overwritten. */
  write(path: string, text: string, overwrite: boolean): Promise<boolean>;
}

export interface InitResult {
  readonly path: string;
  readonly hosts: number;
}

/**
 * Makes a zbufctl.yaml from the command line, from ~/.ssh/config and from questions. An existing
 * file is replaced only after a yes, or with `force`.
 *
 * @returns undefined when the person gave up; nothing was written then
 * @throws OperatorError when nobody can be asked for what is missing (2), or a file is in the way
 *   (5)
 */
export async function init(request: InitRequest, deps: InitDeps): Promise<InitResult | undefined> {
  const overwrite = await mayOverwrite(request, deps);
  if (overwrite === undefined) return undefined;
  const answers = await gather(request, deps);
  if (answers === undefined) return undefined;

  const text = renderInventory(answers);
  const read = parseInventory([{path: request.path, text}], {homeDirectory: '/'});
  if (!read.ok)
    throw new OperatorError(
      `the inventory would be invalid:\n${listComplaints(read.complaints)}`,
      'Run it again.',
    );
  if (!(await deps.write(request.path, text, overwrite))) throw inTheWay(request.path);
  return {path: request.path, hosts: read.inventory.hosts.length};
}

/** undefined: better not. */
async function mayOverwrite(request: InitRequest, deps: InitDeps): Promise<boolean | undefined> {
  if (request.force) return true;
  if (!(await deps.isThere(request.path))) return false;
  if (deps.interview === undefined) throw inTheWay(request.path);
  const yes = await deps.interview.confirm(`${request.path} is there already. Replace it?`, false);
  return yes === true ? true : undefined;
}

const inTheWay = (path: string): OperatorError =>
  new OperatorError(
    `${path} is there already and was left as it is`,
    'Give another name with --file, or --force to replace it.',
    5,
  );

async function gather(request: InitRequest, deps: InitDeps): Promise<InventoryAnswers | undefined> {
  const {interview} = deps;
  const hosts = await gatherHosts(request, deps);
  if (hosts === undefined) return undefined;
  const user =
    request.user ??
    (interview === undefined
      ? ''
      : await interview.text('Log in as (empty: what ssh_config says)', '', (text) =>
          text === '' ? undefined : userNameProblem(text),
        ));
  if (user === undefined) return undefined;
  const become =
    request.become ?? (await interview?.choose('Become root with', choices(BECOME_LABEL), 'none'));
  if (become === undefined && interview !== undefined) return undefined;
  const zerocopy =
    request.zerocopy ??
    (await interview?.choose('net.bpf.zerocopy_enable should be', choices(ZEROCOPY_LABEL), 'auto'));
  if (zerocopy === undefined && interview !== undefined) return undefined;
  return {
    hosts,
    ...(user === '' ? {} : {user}),
    become: become ?? 'none',
    zerocopy: zerocopy ?? 'auto',
  };
}

const BECOME_LABEL: Readonly<Record<Become, string>> = {
  none: 'none: the user above is root, or may read enough',
  sudo: 'sudo',
  doas: 'doas',
  su: 'su',
};

const ZEROCOPY_LABEL: Readonly<Record<ZerocopyWish, string>> = {
  auto: 'auto: on only where it is proven safe',
  off: 'off: no capture can lose its buffers',
  on: 'on',
};

const choices = <W extends string>(labels: Readonly<Record<W, string>>) =>
  wordsIn(labels).map((value) => ({value, label: labels[value]}));

async function gatherHosts(
  request: InitRequest,
  deps: InitDeps,
): Promise<readonly string[] | undefined> {
  const {interview} = deps;
  if (request.hosts.length > 0) {
    const problem = hostNamesProblem(request.hosts);
    if (problem !== undefined) throw new OperatorError('a host name cannot be used', problem);
    return request.hosts;
  }
  if (request.fromSshConfig || interview !== undefined) {
    const found = await deps.sshConfigHosts();
    if (request.fromSshConfig && found.length === 0)
      throw new OperatorError(
        '~/.ssh/config names no hosts',
        'Name them: zbufctl init fw1.example.net ...',
      );
    const names = found.map(({name}) => name);
    if (request.fromSshConfig && interview === undefined) return names;
    if (found.length > 0 && interview !== undefined) {
      const picked = await interview.pick(
        'Hosts of ~/.ssh/config to take (space unticks)',
        found.map(asChoice),
      );
      if (picked === undefined || picked.length > 0) return picked;
    }
  }
  if (interview === undefined)
    throw new OperatorError(
      'there is no terminal to ask for the hosts',
      'Name them: zbufctl init fw1.example.net ... or take them from ~/.ssh/config with --from-ssh-config.',
    );
  const line = await interview.text(
    'Hosts (names or ranges, e.g. fw[01-04].example.net, root@192.0.2.9:2222)',
    '',
    (text) => hostNamesProblem(splitHostNames(text)),
  );
  return line === undefined ? undefined : splitHostNames(line);
}

const asChoice = ({name, hostName}: SshConfigHost) => ({
  value: name,
  label: hostName === undefined || hostName === name ? name : `${name} (${hostName})`,
});
