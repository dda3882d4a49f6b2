import type {ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import type {AddressInfo, Server, Socket} from 'node:net';
import {createServer} from 'node:net';

import type {Connection, ParsedKey, ServerChannel, Session} from 'ssh2';
import ssh2 from 'ssh2';

import {authenticate} from './authenticate.js';
import {flood} from './flood.js';
import {killCommand, runCommand} from './run-command.js';
import type {Access} from './scenario.js';

/** FreeBSD has only this loopback address unless told otherwise, so hosts differ by port. */
export const LOOPBACK = '127.0.0.1';

/**
 * What a test may change while a host runs; counts for commands and connections that come after.
 */
export interface Faults {
  /** Bytes of output after which the connection is cut; 0: never. */
  cutAfterBytes: number;
  /** Milliseconds before a command starts. */
  execDelayMs: number;
  /**
   * A command goes on when its connection is gone, as under sshd without a terminal. Default: it is
   * killed.
   */
  leaveRunning: boolean;
}

export interface SshHostOptions {
  readonly root: string;
  readonly access: Access & {readonly loginShell: 'sh' | 'csh'};
  /** OpenSSH private key. */
  readonly hostKey: string;
  readonly clientKey: ParsedKey;
  readonly password: string;
  /** Called before the first command: makes the host's files. */
  readonly prepare: () => void;
}

/** One practice host: an SSH server whose commands run in the host's own tree. */
export class SshHost {
  readonly faults: Faults;
  readonly #options: SshHostOptions;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  readonly #commands = new Set<ChildProcess>();
  #ssh: ssh2.Server | undefined;
  #port = 0;

  constructor(options: SshHostOptions) {
    this.#options = options;
    const {cutAfterBytes, execDelayMs} = options.access;
    this.faults = {cutAfterBytes, execDelayMs, leaveRunning: false};
    this.#listener = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      if (!options.access.silent) this.#server().injectSocket(socket);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Listens: at first on a port the system chooses, later on the same one again. */
  async open(): Promise<void> {
    this.#listener.listen({host: LOOPBACK, port: this.#port});
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as AddressInfo).port;
  }

  /** New connections are refused; those that are open stay. */
  refuse(): void {
    if (this.#listener.listening) this.#listener.close();
  }

  /** Cuts every connection now. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /**
   * Every connection there is goes silent both ways, as behind a firewall that forgot it; new ones
   * work.
   */
  mute(): void {
    for (const socket of this.#sockets) {
      socket.pause();
      socket.cork();
    }
  }

  /** Kills every command that runs now, as if the host had run out of memory. */
  killCommands(): void {
    for (const command of this.#commands) killCommand(command);
  }

  close(): void {
    this.refuse();
    this.cut();
    this.killCommands();
  }

  /** Made with the first connection: most hosts of a large fleet are never looked at. */
  #server(): ssh2.Server {
    this.#ssh ??= new ssh2.Server(
      {
        hostKeys: [this.#options.hostKey],
        ident: 'zbufctl-lab',
        // Ansible asks for compression, and ssh2 throws where nothing can catch it when a command
        // ends whose compressed connection is gone (lib/protocol/zlib.js, reading).
        algorithms: {compress: ['none']},
      },
      (connection) => {
        this.#welcome(connection);
      },
    );
    return this.#ssh;
  }

  #welcome(connection: Connection): void {
    const {access, clientKey, password} = this.#options;
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      authenticate(context, {
        user: access.user,
        method: access.authentication,
        clientKey,
        password,
      });
    });
    connection.on('session', (accept) => {
      this.#session(accept());
    });
  }

  #session(session: Session): void {
    let terminal = false;
    session.on('pty', (accept) => {
      terminal = true;
      accept();
    });
    session.on('env', (accept: (() => void) | undefined) => {
      accept?.();
    });
    session.on('exec', (accept, _reject, {command}) => {
      this.#exec(accept(), command, terminal);
    });
    session.on('shell', (accept) => {
      this.#exec(accept(), '/bin/sh -s', terminal);
    });
  }

  #exec(channel: ServerChannel, command: string, terminal: boolean): void {
    const {root, access, prepare} = this.#options;
    const {faults} = this;
    channel.on('error', () => undefined);
    if (access.floodBytes > 0) {
      flood(channel, access.floodBytes);
      return;
    }
    const start = (): void => {
      if (channel.destroyed) return;
      prepare();
      const child = runCommand(channel, command, {
        root,
        user: access.user,
        loginShell: access.loginShell,
        terminal,
        peer: `${LOOPBACK} 0 ${LOOPBACK} ${this.#port}`,
        cutAfterBytes: faults.cutAfterBytes,
        onCut: () => {
          this.cut();
        },
      });
      if (child === undefined) return;
      this.#commands.add(child);
      child.on('close', () => this.#commands.delete(child));
      channel.on('close', () => {
        if (!faults.leaveRunning) killCommand(child);
      });
    };
    if (faults.execDelayMs > 0) setTimeout(start, faults.execDelayMs).unref();
    else start();
  }
}
