import {generateKeyPairSync} from 'node:crypto';
import {createServer} from 'node:net';
import type {AddressInfo, Server as TcpServer, Socket} from 'node:net';

import ssh2 from 'ssh2';

/** Where a server of a test listens, and its end. */
export interface TestServer {
  readonly port: number;
  stop(): Promise<void>;
}

const listening = (server: TcpServer | ssh2.Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });

/** Not an SSH server at all: does what it is told with each connection. */
export async function startTcp(greet: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    greet(socket);
  });
  const port = await listening(server);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** What a faulty SSH server does differently; by default it lets everybody in and runs nothing. */
export interface Faults {
  readonly onAuthentication?: (context: ssh2.AuthContext, client: ssh2.Connection) => void;
  readonly onSession?: (accept: () => ssh2.Session, client: ssh2.Connection) => void;
  /** The command has been accepted; the channel is ours to misbehave on. */
  readonly onExec?: (channel: ssh2.ServerChannel, command: string, client: ssh2.Connection) => void;
  readonly algorithms?: ssh2.Algorithms;
}

const HOST_KEY = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: {type: 'spki', format: 'pem'},
  privateKeyEncoding: {type: 'pkcs1', format: 'pem'},
}).privateKey;

/** An SSH server in this process, of the ssh2 package. */
export async function startFaulty(
  faults: Faults,
  hostKey: string | Buffer = HOST_KEY,
): Promise<TestServer> {
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server(
    {
      hostKeys: [hostKey],
      ...(faults.algorithms === undefined ? {} : {algorithms: faults.algorithms}),
    },
    (client) => {
      clients.add(client);
      client.on('error', () => undefined);
      client.on('authentication', (context) => {
        if (faults.onAuthentication === undefined) context.accept();
        else faults.onAuthentication(context, client);
      });
      client.on('session', (accept) => {
        if (faults.onSession !== undefined) {
          faults.onSession(accept, client);
          return;
        }
        accept().on('exec', (acceptExec, _reject, {command}) => {
          faults.onExec?.(acceptExec(), command, client);
        });
      });
    },
  );
  const port = await listening(server);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        for (const client of clients) socketOf(client).destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** The TCP connection below an SSH one, to break it as no SSH server would. */
export const socketOf = (client: ssh2.Connection): Socket =>
  (client as unknown as {_sock: Socket})._sock;
