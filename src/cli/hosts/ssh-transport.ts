import {createPrompter} from '../../io/prompt/prompter.js';
import {defaultIdentityFiles, defaultKnownHosts, HELD} from '../../io/ssh/options.js';
import type {TransportOptions} from '../../io/ssh/options.js';
import type {Inventory} from '../../model/host.js';
import type {Prompter, Transport, SshChoice} from '../../model/transport.js';

import type {Interruption} from '../terminal/interruption.js';
import type {Progress} from '../terminal/progress.js';
import type {Surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

/**
 * SSH as this user would do it: their keys, their agent, their known_hosts, their ~/.ssh/config,
 * their answers.
 */
export async function sshTransport(
  inventory: Inventory,
  progress: Pick<Progress, 'question'>,
  edge: {
    readonly environment: Surroundings;
    readonly terminal: Terminal;
    readonly interrupting: Interruption;
    readonly held: boolean;
  },
  choice: SshChoice,
): Promise<Transport> {
  const {environment, terminal, interrupting, held} = edge;
  const byName = new Map(inventory.hosts.map((host) => [host.name, host]));
  const create = await CREATE[choice]();
  return create({
    // Nobody there: then what would have to be asked is left out, and said.
    prompter: isSomebodyThere() ? prompterOf(progress, interrupting) : undefined,
    defaults: {
      homeDirectory: environment.homeDirectory,
      user: environment.user,
      ...(environment.authSock === undefined ? {} : {authSock: environment.authSock}),
      identityFiles: defaultIdentityFiles(environment.homeDirectory),
      knownHosts: defaultKnownHosts(environment.homeDirectory),
      environment: (name) => process.env[name],
    },
    sshConfig: {mode: 'auto'},
    ...(held ? {held: HELD} : {}),
    findHost: (name) => byName.get(name),
    onWarning: (message) => {
      terminal.note(message);
    },
  });
}

/** Only what is used is loaded. */
const CREATE: Readonly<Record<SshChoice, () => Promise<(options: TransportOptions) => Transport>>> =
  {
    ssh2: async () => (await import('../../io/ssh/transport.js')).createTransport,
    openssh: async () => (await import('../../io/ssh/openssh/transport.js')).createOpenSshTransport,
    auto: async () => (await import('../../io/ssh/openssh/auto-transport.js')).createAutoTransport,
  };

const isSomebodyThere = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

const prompterOf = (progress: Pick<Progress, 'question'>, interrupting: Interruption): Prompter =>
  createPrompter({
    input: process.stdin,
    output: process.stderr,
    signal: interrupting.signal,
    onInterrupt: () => {
      interrupting.interrupt();
    },
    onQuestion: (state) => {
      progress.question(state);
    },
  });
