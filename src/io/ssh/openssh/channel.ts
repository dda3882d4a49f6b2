import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {readFile, rm} from 'node:fs/promises';

import type {ChannelWatch} from '../line.js';
import {channelArguments} from './arguments.js';
import {readChannelLog} from './channel-log.js';
import {endGroup} from './private-folder.js';
import type {PrivateFolder} from './private-folder.js';

/** What it takes to run a command over a held connection. */
export interface ChannelRequest {
  /** The connection's. */
  readonly socket: string;
  readonly folder: PrivateFolder;
  readonly command: string;
  readonly terminal: boolean;
  /** Whether the host has closed the channel; false: the connection is gone. */
  readonly hasEnded: (channel: number) => Promise<boolean>;
}

/** ssh(1)'s own status, unless it is the command's. */
const SSH_FAILED = 255;
/** Enough for a complaint of ssh about a terminal. */
const LISTEN_TO = 4096;

/** Runs a command: an ssh(1) that hands its stdin, stdout and stderr to the connection's. */
export function openChannel(request: ChannelRequest, watch: ChannelWatch): void {
  const {socket, folder, command, terminal} = request;
  const log = folder.name('log');
  const child = spawn('ssh', channelArguments(socket, log, command, terminal), {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  folder.mind(child);
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    endGroup(child.pid, 'SIGKILL');
  };
  const refuse = (noTerminal: boolean, message: string): void => {
    close();
    watch.refused({noTerminal, message});
  };
  const errors = stderrOf(child, watch, terminal, () => {
    refuse(true, 'PTY allocation request failed');
  });
  child.stdout.on('data', (chunk: Buffer) => {
    watch.data('stdout', chunk);
  });
  // A host that ends the command while we write is not an error by itself.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => {
    refuse(false, error.message);
  });
  child.on('close', (code) => {
    const told = readFile(log, 'utf8').catch(() => '');
    void told
      .then((text) => (isClosed ? undefined : end(code, text, errors())))
      .finally(() => rm(log, {force: true}));
  });

  const end = async (code: number | null, text: string, said: string): Promise<void> => {
    if (code !== null && code !== SSH_FAILED) {
      watch.exit({exitCode: code});
      watch.closed();
      return;
    }
    const {status, refused, channel} = readChannelLog(text, said);
    if (status !== undefined) {
      watch.exit({exitCode: status});
      watch.closed();
    } else if (refused !== undefined) refuse(false, refused);
    // Whoever started the command is told of a lost connection by the connection.
    else if (await request.hasEnded(channel ?? -1)) watch.closed();
  };

  watch.opened({
    write: (input) => child.stdin.write(input),
    end: (input) => child.stdin.end(input),
    close,
  });
}

/**
 * Listens to stderr. On a terminal all the command prints is on stdout, and stderr is ssh's own.
 * @returns what came first
 */
function stderrOf(
  child: ChildProcess,
  watch: ChannelWatch,
  terminal: boolean,
  noTerminal: () => void,
): () => string {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    const isShort = said.length < LISTEN_TO;
    if (isShort) said += chunk.toString('latin1', 0, LISTEN_TO);
    if (!terminal) watch.data('stderr', chunk);
    else if (isShort && /^PTY allocation request failed/m.test(said)) noTerminal();
  });
  return () => said;
}
