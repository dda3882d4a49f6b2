import {chmod, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import type {Server, Socket} from 'node:net';

import {shellWord} from '../shell-word.js';
import type {PrivateFolder} from './private-folder.js';

/** What ssh(1) wants to know. */
export interface SshQuestion {
  readonly text: string;
  /** `confirm`: yes or no; `none`: only a message, e.g. to touch a key. */
  readonly hint: 'secret' | 'confirm' | 'none';
}

/** Answers a question; undefined: there is no answer, and ssh is to get none. */
export type Answering = (question: SshQuestion) => Promise<string | undefined>;

/**
 * SSH_ASKPASS: a program that carries ssh's question to us and our answer back through a socket in
 * a folder of ours. A secret is never in an argument or the environment, and never in a file.
 */
const HELPER = `'use strict';
const socket = require('node:net').connect(process.env.ZBUFCTL_ASK_SOCKET);
const leave = () => process.exit(1);
let answer = '';
socket.setEncoding('utf8');
socket.on('data', (text) => (answer += text));
socket.on('error', leave);
socket.on('close', () => {
  if (answer === '') leave();
  else process.stdout.write(answer, () => process.exit(0));
});
socket.write(JSON.stringify({
  id: process.env.ZBUFCTL_ASK_ID,
  hint: process.env.SSH_ASKPASS_PROMPT,
  text: process.argv[2],
}) + '\\n');
`;

/** A question is a prompt, not a book. */
const LONGEST_QUESTION = 16 * 1024;

/** Takes the questions of every ssh(1) of a run. */
export class AskServer {
  private readonly answering = new Map<string, Answering>();
  private serial = 0;

  private constructor(
    private readonly server: Server,
    private readonly program: string,
    private readonly socket: string,
  ) {}

  static async start(folder: PrivateFolder): Promise<AskServer> {
    const [program, helper, socket] = ['ask', 'helper', 'questions'].map((kind) =>
      folder.name(kind),
    ) as [string, string, string];
    await writeFile(helper, HELPER, {mode: 0o600});
    const run = `exec ${shellWord(process.execPath)} ${shellWord(helper)} "$1"`;
    await writeFile(program, `#!/bin/sh\n${run}\n`, {mode: 0o700});
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(socket, resolve);
    });
    await chmod(socket, 0o600);
    const asks = new AskServer(server, program, socket);
    server.on('connection', (connection) => {
      asks.serve(connection);
    });
    return asks;
  }

  /** What an ssh(1) needs in its environment to ask here, and how to stop listening to it. */
  listenTo(answering: Answering): {
    readonly environment: Readonly<Record<string, string>>;
    readonly stop: () => void;
  } {
    this.serial += 1;
    const id = String(this.serial);
    this.answering.set(id, answering);
    return {
      environment: {
        SSH_ASKPASS: this.program,
        SSH_ASKPASS_REQUIRE: 'force',
        ZBUFCTL_ASK_SOCKET: this.socket,
        ZBUFCTL_ASK_ID: id,
      },
      stop: () => {
        this.answering.delete(id);
      },
    };
  }

  close(): void {
    this.answering.clear();
    this.server.close();
  }

  private serve(connection: Socket): void {
    let received = '';
    connection.on('error', () => undefined);
    connection.setEncoding('utf8').on('data', (text: string) => {
      received += text;
      const end = received.indexOf('\n');
      if (end < 0 && received.length < LONGEST_QUESTION) return;
      connection.removeAllListeners('data').resume();
      const asked = end < 0 ? undefined : readQuestion(received.slice(0, end));
      const answering = asked && this.answering.get(asked.id);
      if (asked === undefined || answering === undefined) {
        connection.end();
        return;
      }
      void answering(asked).then((answer) => {
        // Only a message: the helper stays until ssh has no more use for it.
        if (asked.hint === 'none' && answer === undefined) return;
        connection.end(answer === undefined ? '' : `${answer.split(/[\r\n]/)[0] ?? ''}\n`);
      });
    });
  }
}

/** undefined: not one of our helpers. */
function readQuestion(line: string): (SshQuestion & {readonly id: string}) | undefined {
  try {
    const {id, hint, text} = JSON.parse(line) as Record<string, unknown>;
    if (typeof id !== 'string' || typeof text !== 'string') return undefined;
    return {id, text, hint: hint === 'confirm' || hint === 'none' ? hint : 'secret'};
  } catch {
    return undefined;
  }
}
