import type {ChildProcess} from 'node:child_process';
import {spawn} from 'node:child_process';
import {join} from 'node:path';

import type {ServerChannel} from 'ssh2';

import {PLAIN_USER} from './base-machine.js';
import {cshRefusal} from './login-shell.js';
import {rootedCommand, rootedPath} from './rooted-command.js';

/** Who asked for a command, and where it runs. */
export interface CommandContext {
  readonly root: string;
  readonly user: 'root' | 'ops';
  readonly loginShell: 'sh' | 'csh';
  /** A terminal was asked for: stderr comes on stdout, as over a real one. */
  readonly terminal: boolean;
  /** What the connection came from, for SSH_CONNECTION. */
  readonly peer: string;
  /** Bytes of output after which `onCut` is called; 0: never. */
  readonly cutAfterBytes: number;
  readonly onCut: () => void;
}

/** sshd's PATH for a login. */
const LOGIN_PATH = '/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin';

function environment({root, user, loginShell, terminal, peer}: CommandContext): NodeJS.ProcessEnv {
  const home = join(root, user === 'root' ? 'root' : 'tmp');
  return {
    ZBUFCTL_ROOT: root,
    PATH: rootedPath(root, LOGIN_PATH),
    HOME: home,
    USER: user,
    LOGNAME: user,
    SHELL: `/bin/${loginShell}`,
    TZ: 'UTC',
    SSH_CONNECTION: peer,
    LAB_UID: user === 'root' ? '0' : String(PLAIN_USER.uid),
    LAB_USER: user,
    ...(terminal ? {LAB_TTY: '1'} : {}),
  };
}

/** What sh -c may be spared: the two commands nearly every connection asks for. */
const isPlainShell = (command: string): boolean =>
  /^\s*(?:exec\s+)?\/bin\/sh\s+-s\s*$/.test(command);

/**
 * Runs an exec request through the login shell with a real /bin/sh, joined to the channel. Returns
 * the process, or undefined when the login shell refused.
 */
export function runCommand(
  channel: ServerChannel,
  command: string,
  context: CommandContext,
): ChildProcess | undefined {
  const refusal = context.loginShell === 'csh' ? cshRefusal(command) : undefined;
  if (refusal !== undefined) {
    channel.stderr.write(refusal.message);
    channel.exit(refusal.exitCode);
    channel.end();
    return undefined;
  }
  const child = spawn(
    '/bin/sh',
    isPlainShell(command) ? ['-s'] : ['-c', rootedCommand(context.root, command)],
    {
      cwd: join(context.root, context.user === 'root' ? 'root' : 'tmp'),
      env: environment(context),
      // A group of its own, so that all of it can be killed.
      detached: true,
      stdio: 'pipe',
    },
  );
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, {end: false});
  child.stderr.pipe(context.terminal ? channel : channel.stderr, {end: false});
  // The other side may go away at any moment; the close events below say so.
  for (const stream of [child.stdin, child.stdout, child.stderr, channel, channel.stderr]) {
    stream.on('error', () => undefined);
  }
  if (context.cutAfterBytes > 0) {
    let sent = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent >= context.cutAfterBytes) context.onCut();
    });
  }
  child.on('error', () => {
    channel.exit(127);
    channel.end();
  });
  child.on('close', (code, signal) => {
    if (signal !== null) channel.exit(signal.replace(/^SIG/, ''));
    else channel.exit(code ?? 1);
    channel.end();
  });
  return child;
}

/** Kills a command with everything it started in its group. */
export function killCommand(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
