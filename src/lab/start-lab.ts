import {chmodSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';

import ssh2 from 'ssh2';

import {endProcesses} from './end-processes.js';
import {hostTree} from './host-tree.js';
import {inventoryFile} from './inventory-file.js';
import type {KeyPair} from './keys.js';
import {fingerprint, knownHostsLine, makeKeyPair, makePassword} from './keys.js';
import type {Machine, Release} from './machine.js';
import {releaseFacts} from './release-facts.js';
import type {Access} from './scenario.js';
import {PLAIN_ACCESS} from './scenario.js';
import type {ScenarioName} from './scenarios.js';
import {SCENARIOS} from './scenarios.js';
import type {Faults} from './ssh-host.js';
import {LOOPBACK, SshHost} from './ssh-host.js';

/**
 * A host to start: of a scenario, or one's own machine (with `access` over the scenario's or the
 * plain one).
 */
export type LabHostRequest = {
  readonly name: string;
  readonly release?: Release;
  readonly access?: Partial<Access>;
} & (
  | {readonly scenario: ScenarioName; readonly machine?: undefined}
  | {readonly machine: Machine; readonly scenario?: undefined}
);

export interface LabOptions {
  /** Made when missing, with mode 0700; files in it get 0600. */
  readonly dir: string;
  readonly hosts: readonly LabHostRequest[];
  /** Seconds since the epoch, for boot times; default: now. */
  readonly now?: number;
}

/** A host that runs, with the handles tests pull. */
export interface LabHost {
  readonly name: string;
  readonly scenario: string;
  readonly release: Release;
  readonly address: string;
  readonly port: number;
  readonly user: 'root' | 'ops';
  readonly hostKeyFingerprint: string;
  /**
   * The folder that stands for its `/`; files are there once `prepare` ran or a command was asked
   * for.
   */
  readonly root: string;
  readonly faults: Faults;
  /** Makes the files now. */
  prepare(): void;
  refuse(): void;
  accept(): Promise<void>;
  cut(): void;
  /** Connections there are go silent; new ones work. */
  mute(): void;
  killCommands(): void;
  /** Makes a program of the host fail with a message (or hang), after so many good calls. */
  fail(program: string, message: string, after?: number): void;
  mend(program: string): void;
}

export interface Lab {
  readonly dir: string;
  readonly inventoryPath: string;
  readonly knownHostsPath: string;
  readonly identityPath: string;
  /** What sudo, su and password logins of this fleet take. */
  readonly password: string;
  readonly hosts: readonly LabHost[];
  host(name: string): LabHost;
  /** Ends every connection, command and daemon; files stay. */
  stop(): Promise<void>;
}

/** Names of what a lab writes into its folder. */
export const LAB_FILES = {
  inventory: 'zbufctl.yaml',
  knownHosts: 'known_hosts',
  identity: 'id_ed25519',
  passwords: 'passwords',
  hosts: 'hosts',
  shared: 'shared',
} as const;

const THREE_DAYS = 3 * 86400;

/**
 * Starts a practice fleet in this process: real SSH servers on loopback, each with its own key and
 * its own files. Writes the inventory, known_hosts and the client key into `dir`.
 */
export async function startLab({dir: folder, hosts, now}: LabOptions): Promise<Lab> {
  // Commands run in folders of their own, so a relative name would lead nowhere there.
  const dir = resolve(folder);
  mkdirSync(dir, {recursive: true, mode: 0o700});
  chmodSync(dir, 0o700);
  const write = (name: string, text: string): string => {
    const file = join(dir, name);
    writeFileSync(file, text, {mode: 0o600});
    return file;
  };
  const client = makeKeyPair();
  const password = makePassword();
  const bootTime = Math.floor(now ?? Date.now() / 1000) - THREE_DAYS - 60;
  const started: Started[] = [];
  for (const request of hosts) {
    started.push(await startHost(request, {dir, client, password, bootTime}));
  }
  // Only now: a port given up earlier could have been given to a later host.
  for (const {ssh, access} of started) if (!access.listens) ssh.refuse();
  const running = started.map(({host}) => host);

  const known = started.flatMap(({host, access, key}) =>
    access.knownKey === 'none'
      ? []
      : [
          knownHostsLine(
            LOOPBACK,
            host.port,
            (access.knownKey === 'own' ? key : makeKeyPair()).publicKey,
          ),
        ],
  );
  const entries = started.map(({host: {name, scenario, port}, access}) => ({
    name,
    scenario,
    port,
    access,
  }));
  const files = {identityFile: LAB_FILES.identity, knownHosts: LAB_FILES.knownHosts};
  return {
    dir,
    identityPath: write(LAB_FILES.identity, client.privateKey),
    knownHostsPath: write(LAB_FILES.knownHosts, known.join('')),
    inventoryPath: write(LAB_FILES.inventory, inventoryFile(entries, LOOPBACK, files)),
    password: (write(LAB_FILES.passwords, `ops ${password}\nroot ${password}\n`), password),
    hosts: running,
    host(name) {
      const found = running.find((host) => host.name === name);
      if (found === undefined) throw new Error(`no practice host ${name}`);
      return found;
    },
    stop() {
      for (const {ssh} of started) ssh.close();
      endProcesses(dir);
      return Promise.resolve();
    },
  };
}

interface Started {
  readonly host: LabHost;
  readonly ssh: SshHost;
  readonly access: Access;
  readonly key: KeyPair;
}

interface Fleet {
  readonly dir: string;
  readonly client: KeyPair;
  readonly password: string;
  readonly bootTime: number;
}

async function startHost(request: LabHostRequest, fleet: Fleet): Promise<Started> {
  const scenario = request.scenario === undefined ? undefined : SCENARIOS[request.scenario];
  const release = request.machine?.release ?? request.release ?? scenario?.releases[0] ?? '15.1';
  const access: Access = {...PLAIN_ACCESS, ...scenario?.access, ...request.access};
  const root = join(fleet.dir, LAB_FILES.hosts, request.name);
  const key = makeKeyPair();
  const clientKey = ssh2.utils.parseKey(fleet.client.publicKey);
  if (clientKey instanceof Error) throw clientKey;

  let prepared = false;
  const prepare = (): void => {
    if (prepared) return;
    prepared = true;
    const machine =
      request.machine ??
      SCENARIOS[request.scenario].machine({
        release,
        hostname: `${request.name}.example.net`,
        bootTime: fleet.bootTime,
      });
    hostTree(machine, {
      root,
      sharedDir: join(fleet.dir, LAB_FILES.shared),
      password: fleet.password,
    });
  };
  const rootShell = releaseFacts(release).rootShell === '/bin/csh' ? 'csh' : 'sh';
  const loginShell = access.loginShell ?? (access.user === 'root' ? rootShell : 'sh');
  const ssh = new SshHost({
    root,
    access: {...access, loginShell},
    hostKey: key.privateKey,
    clientKey,
    password: fleet.password,
    prepare,
  });
  await ssh.open();
  const host: LabHost = {
    name: request.name,
    scenario: request.scenario ?? 'own',
    release,
    address: LOOPBACK,
    port: ssh.port,
    user: access.user,
    hostKeyFingerprint: fingerprint(key.publicKey),
    root,
    faults: ssh.faults,
    prepare,
    refuse() {
      ssh.refuse();
    },
    accept: () => ssh.open(),
    cut() {
      ssh.cut();
    },
    mute() {
      ssh.mute();
    },
    killCommands() {
      ssh.killCommands();
    },
    fail(program, message, after = 0) {
      prepare();
      mkdirSync(join(root, '.lab/fault'), {recursive: true});
      writeFileSync(join(root, '.lab/fault', program), `${message}\n${after}\n`);
    },
    mend(program) {
      rmSync(join(root, '.lab/fault', program), {force: true});
    },
  };
  return {host, ssh, access, key};
}
