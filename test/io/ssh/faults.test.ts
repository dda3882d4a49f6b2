import type {Socket} from 'node:net';

import type {Algorithms, AuthContext, ServerChannel} from 'ssh2';
import {afterEach, expect, test} from 'vitest';

import type {MetFailure} from '../../../src/model/failure.js';
import type {Session} from '../../../src/model/transport.js';
import {
  CONNECT,
  expectFailure,
  expectOk,
  RUN,
  scriptedPrompter,
  testHost,
  testTransport,
  text,
} from './client.js';
import {socketOf, startFaulty, startTcp} from './faulty-server.js';
import type {Faults, TestServer} from './faulty-server.js';
import {until} from './real-sshd.js';

const transport = testTransport({prompter: scriptedPrompter([[/./, 'secret']])});
const servers: TestServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** Long enough for a loaded machine, short enough to wait for when it must expire. */
const SHORT = {...CONNECT, authTimeoutMs: 1_000, acceptNew: true};
const LONG = {...CONNECT, acceptNew: true};

const toTcp = async (greet: (socket: Socket) => void, options = LONG): Promise<MetFailure> => {
  const server = await startTcp(greet);
  servers.push(server);
  return expectFailure(await transport.connect(testHost({port: server.port}), options));
};

const loggedIn = async (faults: Faults): Promise<Session> => {
  const server = await startFaulty(faults);
  servers.push(server);
  return expectOk(await transport.connect(testHost({port: server.port}), LONG));
};

test('nothing listens: refused', async () => {
  const server = await startTcp(() => undefined);
  await server.stop();

  const failure = expectFailure(await transport.connect(testHost({port: server.port}), LONG));

  expect(failure.kind).toBe('refused');
  expect(failure.message).toContain(`nothing listens on 127.0.0.1 port ${server.port}`);
});

test('a connection that goes silent while a script runs is noticed, and told apart from a lost one', async () => {
  const server = await startFaulty({
    onExec: (_channel, _command, client) => {
      // As behind a firewall that has forgotten the connection: what comes is not read, nothing is
      // said.
      socketOf(client).pause();
    },
  });
  servers.push(server);
  const silent = testTransport({keepAlive: {intervalMs: 100, most: 2}});
  const session = expectOk(await silent.connect(testHost({port: server.port}), LONG));
  expect(session.quietMs()).toBeLessThan(5000);

  const failure = expectFailure(await session.run('exit\n', RUN));

  expect(failure.kind).toBe('silent');
  expect(session.quietMs()).toBeGreaterThan(200);
  silent.close();
});

test('what is waited for is given up after the silence allowed: of the connection, or of the script alone', async () => {
  const channels: ServerChannel[] = [];
  const server = await startFaulty({
    onExec: (channel, _command, client) => {
      channels.push(channel);
      if (channels.length === 1) socketOf(client).pause();
      else channel.write('a word');
    },
  });
  servers.push(server);
  for (const [options, message] of [
    [{silentMs: 200}, /nothing has come over the connection/],
    [{unheardMs: 200}, /the script has printed nothing for 0.2 s/],
  ] as const) {
    const session = expectOk(await transport.connect(testHost({port: server.port}), LONG));
    const heard: string[] = [];
    const failure = expectFailure(
      await session.run('exit\n', {
        ...RUN,
        ...options,
        onChunk: (chunk) => heard.push(chunk.toString()),
      }),
    );
    expect([failure.kind, failure.message]).toEqual(['silent', expect.stringMatching(message)]);
    expect(heard).toEqual('unheardMs' in options ? ['a word'] : []);
    session.close();
  }
});

test('an idle connection whose host answers keepalive questions stays', async () => {
  const finish: (() => void)[] = [];
  const server = await startFaulty({
    onExec: (channel) => {
      finish.push(() => {
        channel.exit(0);
        channel.end();
      });
    },
  });
  servers.push(server);
  const patient = testTransport({keepAlive: {intervalMs: 20, most: 2}});
  const session = expectOk(await patient.connect(testHost({port: server.port}), LONG));

  const running = session.run('exit\n', RUN);
  setTimeout(() => finish[0]?.(), 600);

  expectOk(await running);
  patient.close();
});

test('a name without address: unresolved', async () => {
  const failure = expectFailure(
    await transport.connect(testHost({address: 'no-such-host.invalid'}), LONG),
  );

  expect(failure.kind).toBe('unresolved');
  expect(failure.message).toContain('no-such-host.invalid');
});

test('a host that takes the connection and says nothing: timed out before the greeting', async () => {
  const failure = await toTcp(() => undefined, SHORT);

  expect(failure.kind).toBe('timed-out');
  expect(failure.message).toContain('the greeting was not finished within 1 s');
});

test('a host that greets and then says nothing: timed out in the key exchange', async () => {
  const failure = await toTcp((socket) => socket.write('SSH-2.0-Quiet\r\n'), SHORT);

  expect(failure.kind).toBe('timed-out');
  expect(failure.message).toContain('the key exchange was not finished');
});

test('a host that never decides about the login: timed out in the login', async () => {
  const server = await startFaulty({onAuthentication: () => undefined});
  servers.push(server);

  const failure = expectFailure(await transport.connect(testHost({port: server.port}), SHORT));

  expect(failure.kind).toBe('timed-out');
  expect(failure.message).toContain('the login was not finished');
});

test.each([
  ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n<h1>\u001b[31mBad\u001b[0m</h1>\r\n'],
  ['endless lines', 'hello\r\n'.repeat(2_000)],
  ['an endless line', 'x'.repeat(100_000)],
  ['an SSH-1 server', 'SSH-1.5-old\r\n'],
  ['garbage after the greeting', `SSH-2.0-x\r\n${'\u0007'.repeat(60_000)}`],
] as const)('%s does not speak SSH', async (name, bytes) => {
  const failure = await toTcp((socket) => {
    socket.end(Buffer.from(bytes, 'latin1'));
  });

  expect(['protocol', 'cut']).toContain(failure.kind);
  expect(failure.message).not.toMatch(/[\u0000-\u001f]/);
  if (name === 'a web server') expect(failure.message).toContain(String.raw`<h1>\x1b[31mBad`);
});

test('a host that turns us away before the greeting is not asked again, and its words are shown', async () => {
  let calls = 0;
  const failure = await toTcp((socket) => {
    calls++;
    socket.end('Not allowed at this time\r\n');
  });

  expect(failure.kind).toBe('cut');
  expect(failure.message).toContain('saying "Not allowed at this time');
  expect(failure.fix).toContain('PerSourcePenalties');
  expect(failure.again).toBeUndefined();
  expect(calls).toBe(1);
});

test.each(['greeting', 'key exchange', 'login'] as const)(
  'a reset during the %s is cut, and says when',
  async (stage) => {
    let failure: MetFailure;
    if (stage === 'login') {
      const server = await startFaulty({
        onAuthentication: (_context, client) => {
          socketOf(client).resetAndDestroy();
        },
      });
      servers.push(server);
      failure = expectFailure(await transport.connect(testHost({port: server.port}), LONG));
    } else
      failure = await toTcp((socket) => {
        if (stage === 'greeting') socket.resetAndDestroy();
        else {
          socket.write('SSH-2.0-x\r\n');
          socket.on('data', () => socket.resetAndDestroy());
        }
      });

    expect(failure.kind).toBe('cut');
    expect(failure.message).toContain(`before the ${stage} was finished`);
    // A server without room for us ends it before anybody logs in.
    expect(failure.again).toBe(stage === 'login' ? undefined : 'later');
  },
);

test('a server whose algorithms are all too old is named as not supported', async () => {
  const server = await startFaulty({algorithms: {kex: ['diffie-hellman-group14-sha1']}});
  servers.push(server);

  const failure = expectFailure(await transport.connect(testHost({port: server.port}), LONG));

  expect(failure.kind).toBe('unsupported');
  expect(failure.message).toContain('no key exchange algorithm in common');
});

test('SHA-1 host keys and CBC ciphers are not offered', async () => {
  const old: Algorithms[] = [
    {serverHostKey: ['ssh-rsa']},
    {cipher: ['aes128-cbc']},
    {hmac: ['hmac-sha1']},
  ];
  const kinds = [];
  for (const algorithms of old) {
    // AES-GCM needs no MAC, so the MAC alone would not be missed.
    const server = await startFaulty({algorithms: {cipher: ['aes128-ctr'], ...algorithms}});
    servers.push(server);
    kinds.push(expectFailure(await transport.connect(testHost({port: server.port}), LONG)).kind);
  }

  expect(kinds).toEqual(['unsupported', 'unsupported', 'unsupported']);
});

test('a password that must be changed is said so', async () => {
  const server = await startFaulty({
    onAuthentication: (context) => {
      if (context.method === 'password')
        context.requestChange('Change it\u001b[2J', () => undefined);
      else context.reject(['password']);
    },
  });
  servers.push(server);

  const failure = expectFailure(await transport.connect(testHost({port: server.port}), LONG));

  expect(failure.kind).toBe('auth');
  expect(failure.message).toContain('expired');
});

test('a server that asks for ever through keyboard-interactive is given up', async () => {
  let rounds = 0;
  const server = await startFaulty({
    onAuthentication: (context) => {
      if (context.method !== 'keyboard-interactive') {
        context.reject(['keyboard-interactive']);
        return;
      }
      const again = (): void => {
        rounds++;
        context.prompt([{prompt: `Code \u001b]0;x\u0007${rounds}:`, echo: false}], again);
      };
      again();
    },
  });
  servers.push(server);

  const failure = expectFailure(await transport.connect(testHost({port: server.port}), LONG));

  expect(failure.kind).toBe('auth');
  expect(rounds).toBeLessThan(10);
});

test('a script whose server sends no exit status has none, and is no failure', async () => {
  const session = await loggedIn({
    onExec: (channel) => {
      channel.write('answer\n');
      channel.stdin.resume().on('end', () => {
        channel.close();
      });
    },
  });

  const reply = expectOk(await session.run('exit 3\n', RUN));

  expect(text(reply.stdout)).toBe('answer\n');
  expect('exitCode' in reply).toBe(false);
});

test('a script that dies of a signal says which', async () => {
  const session = await loggedIn({
    onExec: (channel) => {
      channel.exit('KILL');
      channel.end();
    },
  });

  const reply = expectOk(await session.run('x\n', RUN));

  expect(reply.signal).toBe('SIGKILL');
  expect('exitCode' in reply).toBe(false);
});

test('what goes over the wire is exactly /bin/sh -s, and the script to its last byte', async () => {
  let command = '';
  const input: Buffer[] = [];
  const session = await loggedIn({
    onExec: (channel, asked) => {
      command = asked;
      channel.on('data', (chunk: Buffer) => input.push(chunk));
      channel.on('end', () => {
        channel.exit(0);
        channel.end();
      });
    },
  });
  const script = `${'# ü\n'.repeat(100_000)}exit 0\n`;

  expectOk(await session.run(script, RUN));

  // No login shell is left that could print something when it ends.
  expect(command).toBe('exec /bin/sh -s');
  expect(Buffer.concat(input).toString() === script).toBe(true);
});

test.each(['FIN', 'RST'] as const)(
  'a connection cut in mid-stream by %s is a failure, not a reply',
  async (how) => {
    const session = await loggedIn({
      onExec: (channel, _command, client) => {
        channel.write('half an ans', () => {
          if (how === 'FIN') socketOf(client).end();
          else socketOf(client).resetAndDestroy();
        });
      },
    });

    const failure = expectFailure(await session.run('x\n', RUN));

    expect(failure.kind).toBe('cut');
    expect(expectFailure(await session.run('again\n', RUN)).kind).toBe('cut');
  },
);

test.each(['stdout', 'stderr'] as const)(
  'a host that floods %s is cut off, and the connection is gone',
  async (stream) => {
    let closed = false;
    const session = await loggedIn({
      onExec: (channel, _command, client) => {
        client.on('close', () => {
          closed = true;
        });
        const out = stream === 'stdout' ? channel : channel.stderr;
        const block = Buffer.alloc(32_768, 'x');
        const pour = (): void => {
          if (!closed) out.write(block, () => setImmediate(pour));
        };
        pour();
      },
    });
    let seen = 0;

    const failure = expectFailure(
      await session.run('x\n', {
        ...RUN,
        maxBytes: 500_000,
        onChunk: (chunk) => {
          seen += chunk.length;
        },
      }),
    );

    expect(failure.kind).toBe('flooded');
    expect(failure.message).toContain('500000 bytes');
    if (stream === 'stdout') expect(seen).toBeGreaterThan(500_000);
    await until('the connection to be gone', () => closed);
  },
);

test('a limit below 64 KiB is kept to the byte', async () => {
  const session = await loggedIn({
    onExec: (channel) => {
      channel.write(Buffer.alloc(101, 'o'));
      channel.exit(0);
      channel.end();
    },
  });

  expect(expectFailure(await session.run('x\n', {...RUN, maxBytes: 100})).kind).toBe('flooded');
});

test('of stderr 64 KiB are kept, of stdout every byte up to the limit', async () => {
  const session = await loggedIn({
    onExec: (channel) => {
      channel.stderr.write(Buffer.alloc(100_000, 'e'));
      channel.write(Buffer.alloc(200_000, 'o'));
      channel.exit(0);
      channel.end();
    },
  });

  const reply = expectOk(await session.run('x\n', {...RUN, maxBytes: 200_000}));

  expect(reply.stderr).toHaveLength(65_536);
  expect(reply.stdout).toHaveLength(200_000);
});

test('a script that never ends is timed out, and the session can run another', async () => {
  let calls = 0;
  const session = await loggedIn({
    onExec: (channel) => {
      if (calls++ === 0) return;
      channel.exit(0);
      channel.end('second');
    },
  });

  const failure = expectFailure(await session.run('x\n', {...RUN, timeoutMs: 500}));
  const reply = expectOk(await session.run('y\n', RUN));

  expect(failure.kind).toBe('timed-out');
  expect(text(reply.stdout)).toBe('second');
});

test('a server that never answers the request for a channel is timed out', async () => {
  const session = await loggedIn({onSession: () => undefined});

  expect(expectFailure(await session.run('x\n', {...RUN, timeoutMs: 500})).kind).toBe('timed-out');
});

test('a server that runs no commands says so', async () => {
  const session = await loggedIn({
    onSession: (accept) => {
      accept().on('exec', (_accept, reject) => {
        reject();
      });
    },
  });

  const failure = expectFailure(await session.run('x\n', RUN));

  expect(failure.kind).toBe('protocol');
  expect(failure.fix).toContain('ForceCommand');
});

test('stopping works at every stage', async () => {
  const kinds: string[] = [];
  const stop = async (
    job: (signal: AbortSignal) => Promise<{ok: boolean; error?: MetFailure}>,
    when?: Promise<unknown>,
  ) => {
    const controller = new AbortController();
    const result = job(controller.signal);
    await when;
    controller.abort();
    kinds.push((await result).error?.kind ?? 'none');
  };

  let reached: () => void = () => undefined;
  const signalled = (): Promise<void> =>
    new Promise((resolve) => {
      reached = resolve;
    });
  const silent = await startTcp(() => {
    reached();
  });
  const undecided = await startFaulty({
    onAuthentication: () => {
      reached();
    },
  });
  const endless = await startFaulty({
    onExec: () => {
      reached();
    },
  });
  servers.push(silent, undecided, endless);

  await stop((signal) => transport.connect(testHost({port: silent.port}), {...LONG, signal}));
  await stop(
    (signal) => transport.connect(testHost({port: silent.port}), {...LONG, signal}),
    signalled(),
  );
  await stop(
    (signal) => transport.connect(testHost({port: undecided.port}), {...LONG, signal}),
    signalled(),
  );
  const session = expectOk(await transport.connect(testHost({port: endless.port}), LONG));
  await stop((signal) => session.run('x\n', {...RUN, signal}), signalled());
  const aborted = AbortSignal.abort();
  kinds.push(expectFailure(await transport.connect(testHost(), {...LONG, signal: aborted})).kind);
  kinds.push(expectFailure(await session.run('x\n', {...RUN, signal: aborted})).kind);

  expect(kinds).toEqual(Array(6).fill('interrupted'));
});

test('a closed transport ends its sessions and opens no new ones', async () => {
  const own = testTransport();
  let running = false;
  let closed = false;
  const server = await startFaulty({
    onExec: (_channel, _command, client) => {
      running = true;
      client.on('close', () => {
        closed = true;
      });
    },
  });
  servers.push(server);
  const session = expectOk(await own.connect(testHost({port: server.port}), LONG));
  const reply = session.run('x\n', RUN);
  await until('the script to run', () => running);

  own.close();

  expect(expectFailure(await reply).kind).toBe('cut');
  expect(expectFailure(await own.connect(testHost({port: server.port}), LONG)).kind).toBe(
    'interrupted',
  );
  await until('the server to notice', () => closed);
});

test('sudo that asks something else than its password is told, and gets no password', async () => {
  let input = '';
  const session = await becoming({
    onExec: (channel) => {
      channel.on('data', (chunk: Buffer) => {
        input += chunk.toString();
      });
      channel.stderr.write('Verification code: ');
    },
  });

  const failure = expectFailure(await session.run('x\n', {...RUN, timeoutMs: 500}));

  expect(failure.kind).toBe('become');
  expect(failure.message).toContain('Verification code:');
  expect(input).toBe('');
});

test('a login shell that echoes the command line is neither a prompt nor a marker', async () => {
  let input = '';
  const session = await becoming({
    onExec: (channel, command) => {
      channel.on('data', (chunk: Buffer) => {
        input += chunk.toString();
      });
      channel.write(`+ ${command}\r\n`);
      channel.stderr.write(`+ ${command}\n`);
    },
  });

  const failure = expectFailure(await session.run('x\n', {...RUN, timeoutMs: 500}));

  expect(failure.kind).toBe('become');
  expect(input).toBe('');
});

test('noise before the elevated shell is cut out, in whatever pieces it comes; endless noise is a flood', async () => {
  const session = await becoming({
    onExec: (channel, command) => {
      const marker = /echo (zbufctl-\w+);/.exec(command)?.[1] ?? '';
      const token = /-p '([^']*)'/.exec(command)?.[1] ?? '';
      const pieces = [
        'motd\n',
        `${marker.slice(0, 9)}\n`,
        marker.slice(0, 7),
        marker.slice(7),
        '\r',
        '\nreply',
      ];
      channel.stderr.write('lecture\n');
      for (const letter of token) channel.stderr.write(letter);
      channel.once('data', (password: Buffer) => {
        if (password.toString() !== 'secret\n') return;
        for (const piece of pieces) channel.write(piece);
        channel.exit(0);
        channel.end();
      });
    },
  });
  const reply = expectOk(await session.run('x\n', RUN));
  expect(text(reply.stdout)).toBe('reply');
  expect(text(reply.stderr)).toBe('');

  const noisy = await becoming({
    onExec: (channel) => {
      channel.write(Buffer.alloc(300_000, 'n'));
    },
  });
  expect(expectFailure(await noisy.run('x\n', RUN)).kind).toBe('flooded');
});

const becoming = async (faults: Faults): Promise<Session> => {
  const server = await startFaulty(faults);
  servers.push(server);
  return expectOk(await transport.connect(testHost({port: server.port, become: 'sudo'}), LONG));
};

test('a prompter that fails is a defect, and comes out as one wherever it was asked', async () => {
  const broken = testTransport({prompter: {ask: () => Promise.reject(new Error('terminal gone'))}});
  const reject = (method: string) => (context: AuthContext) => {
    if (context.method === method && context.method === 'keyboard-interactive')
      context.prompt([{prompt: 'Password:', echo: false}], () => undefined);
    else context.reject([method as 'password']);
  };
  for (const method of ['password', 'keyboard-interactive']) {
    const server = await startFaulty({onAuthentication: reject(method)});
    servers.push(server);
    await expect(broken.connect(testHost({port: server.port}), LONG)).rejects.toThrow(
      'terminal gone',
    );
  }
  const server = await startFaulty({
    onExec: (channel, command) => {
      channel.stderr.write(/-p '([^']*)'/.exec(command)?.[1] ?? '');
    },
  });
  servers.push(server);
  const session = expectOk(
    await broken.connect(testHost({port: server.port, become: 'sudo'}), LONG),
  );
  await expect(session.run('x\n', RUN)).rejects.toThrow('terminal gone');
  broken.close();
});

test('32 hosts and one signal are no reason for Node to warn', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => {
    warnings.push(warning.message);
  };
  process.on('warning', note);
  const server = await startFaulty({
    onExec: (channel) => {
      channel.exit(0);
      channel.end();
    },
  });
  servers.push(server);
  const {signal} = new AbortController();

  const sessions = await Promise.all(
    Array.from({length: 32}, () =>
      transport.connect(testHost({port: server.port}), {...LONG, signal}),
    ),
  );
  await Promise.all(sessions.map((session) => expectOk(session).run('x\n', {...RUN, signal})));
  for (const session of sessions) expectOk(session).close();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);

  expect(warnings).toEqual([]);
});
