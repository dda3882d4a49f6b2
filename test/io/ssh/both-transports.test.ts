import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test} from 'vitest';

import {loadWatchTemplates} from '../../../src/io/package/templates.js';
import type {Host} from '../../../src/model/host.js';
import type {ConnectOptions, Prompter, Transport} from '../../../src/model/transport.js';
import {scriptWithArguments} from '../../../src/text/shell.js';
import {
  CONNECT,
  expectFailure,
  expectOk,
  RUN,
  runOn,
  scriptedPrompter,
  testHost,
  testOpenSsh,
  testTransport,
  text,
} from './client.js';
import {childrenOf, createUser, isThere, makeKey, startSshd, until} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';

let sshd: Sshd;
let bastion: Sshd;
let user: TemporaryUser;
let free: TemporaryUser;
let folder: string;
let key: string;
let transport: Transport;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-both-'));
  key = await makeKey(join(folder, 'key'));
  sshd = await startSshd({hostKeys: ['ed25519', 'rsa']});
  bastion = await startSshd();
  user = await createUser({sudoers: 'USER ALL=(ALL) ALL', doas: 'permit USER as root'});
  free = await createUser({sudoers: 'USER ALL=(ALL) NOPASSWD: ALL'});
  for (const server of [sshd, bastion])
    for (const name of ['root', user.name, free.name]) await server.authorize(name, `${key}.pub`);
  const lines = [sshd, bastion].map(
    async (server) => `[127.0.0.1]:${server.port} ${await server.hostKey()}\n`,
  );
  await writeFile(join(folder, 'known_hosts'), (await Promise.all(lines)).join(''));
});

afterAll(async () => {
  for (const server of [sshd, bastion]) await server.stop();
  for (const one of [user, free]) await one.remove();
  await rm(folder, {recursive: true, force: true});
});

afterEach(() => {
  transport.close();
});

const target = (more: Partial<Host> = {}): Host =>
  testHost({
    port: sshd.port,
    user: 'root',
    identityFiles: [key],
    knownHosts: [join(folder, 'known_hosts')],
    ...more,
  });

/** What both programs must do alike, with the same words. */
describe.each([
  ['ssh2', testTransport],
  ['openssh', testOpenSsh],
] as const)('over %s', (_name, create) => {
  const use = (options: Parameters<typeof create>[0] = {}): Transport => {
    transport = create(options);
    return transport;
  };
  const refusal = async (host: Host, connect: Partial<ConnectOptions> = {}, prompter?: Prompter) =>
    expectFailure(await use({prompter}).connect(host, {...CONNECT, ...connect}));

  test('a script runs in a clean shell, and its output, errors and status come back', async () => {
    const {reply, session} = await runOn(
      use(),
      target(),
      'echo out; echo err >&2; printf "$0 %s\\n" "$(id -un)"; exit 7\n',
    );

    expect(text(reply.stdout)).toBe('out\n/bin/sh root\n');
    expect(text(reply.stderr)).toBe('err\n');
    expect(reply.exitCode).toBe(7);
    expect(session.connection).toMatchObject({
      user: 'root',
      port: sshd.port,
      hostKeyType: 'ssh-ed25519',
      hostKeyFingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/) as string,
      authentication: expect.stringContaining(`(${key})`) as string,
      via: [],
    });
  });

  test('a status of 255 is that of the command, and a command that dies of a signal has none', async () => {
    const session = expectOk(await use().connect(target(), CONNECT));

    expect(expectOk(await session.run('exit 255\n', RUN)).exitCode).toBe(255);
    expect(expectOk(await session.run('kill -9 $$\n', RUN)).exitCode).toBeUndefined();
    expect(text(expectOk(await session.run('echo again\n', RUN)).stdout)).toBe('again\n');
  });

  test('large output comes whole, and more than allowed is a flood', async () => {
    const script = 'head -c 3000000 /dev/zero | tr "\\000" z\n';
    const {reply} = await runOn(use(), target(), script, {run: {maxBytes: 4_000_000}});
    expect(reply.stdout.length).toBe(3_000_000);

    const session = expectOk(await transport.connect(target(), CONNECT));
    let came = 0;
    const streamed = await session.run(script, {
      ...RUN,
      maxBytes: 4_000_000,
      streams: true,
      onChunk: ({length}) => (came += length),
    });
    expect(came).toBe(3_000_000);
    expect(expectOk(streamed).stdout.length).toBeLessThan(300_000);

    const failure = expectFailure(await session.run('yes\n', {...RUN, maxBytes: 100_000}));
    expect(failure.kind).toBe('flooded');
  });

  test('a script that does not end is timed out, and the session can run another', async () => {
    const session = expectOk(await use().connect(target(), CONNECT));

    const failure = expectFailure(await session.run('sleep 30\n', {...RUN, timeoutMs: 300}));
    expect(failure).toMatchObject({
      kind: 'timed-out',
      message: 'the script did not end within 0.3 s',
    });
    expect(text(expectOk(await session.run('echo again\n', RUN)).stdout)).toBe('again\n');
  });

  test('one script after the other where the server allows one at a time', async () => {
    const strict = await startSshd({config: ['MaxSessions 1']});
    onTestFinished(() => strict.stop());
    await strict.authorize('root', `${key}.pub`);
    const host = target({port: strict.port, knownHosts: [join(folder, `strict-${_name}`)]});
    const session = expectOk(await use().connect(host, {...CONNECT, acceptNew: true}));

    for (const end of Array.from({length: 4}, (_, at) => (at % 2 === 0 ? {} : HELD_INPUT)))
      expect(expectOk(await session.run('exit 3\n', {...RUN, ...end})).exitCode).toBe(3);

    // While one runs, the next is refused, and not tried for ever.
    const stop = new AbortController();
    const running = session.run('echo; sleep 20\n', {
      ...RUN,
      signal: stop.signal,
      onChunk: () => {
        begin();
      },
    });
    let begin = (): void => undefined;
    await new Promise<void>((resolve) => (begin = resolve));
    expect(expectFailure(await session.run('exit\n', RUN)).kind).toBe('protocol');
    stop.abort();
    await running;
  });

  test('sudo with a password, typed once; and without', async () => {
    const prompter = scriptedPrompter([[/sudo password/, user.password]]);
    const {reply} = await runOn(use({prompter}), target({user: user.name, become: 'sudo'}), WHO);
    expect([text(reply.stdout), text(reply.stderr), reply.exitCode]).toEqual(['0\n', 'e\n', 7]);
    expect(prompter.asked).toHaveLength(1);
    transport.close();

    const asks = target({user: free.name, become: 'sudo'});
    expect(text((await runOn(use(), asks, WHO)).reply.stdout)).toBe('0\n');
  });

  test('doas, which wants a terminal, and harms no byte on it', async () => {
    const bytes = String.raw`printf "\001\003\004\021\023\032\177\r\t\377\n\n"; echo e >&2; exit 7`;
    const prompter = scriptedPrompter([[/doas password/, user.password]]);
    const {reply} = await runOn(
      use({prompter}),
      target({user: user.name, become: 'doas'}),
      `${bytes}\n`,
    );

    expect(reply.stdout.toString('latin1')).toBe('\x01\x03\x04\x11\x13\x1a\x7f\r\t\xff\n\n');
    expect([text(reply.stderr), reply.exitCode]).toEqual(['e\n', 7]);
  });

  test.each(['none', 'sudo', 'doas'] as const)(
    'a script that is to end with us leaves nothing on the host (become: %s)',
    async (become) => {
      const prompter = scriptedPrompter([[/doas password/, user.password]]);
      const name = become === 'none' ? 'root' : become === 'sudo' ? free.name : user.name;
      const host = target({user: name, become});
      const session = expectOk(await use({prompter}).connect(host, CONNECT));
      const stop = new AbortController();
      let said = '';
      const running = session.run(`echo "pid $$"\n${FOR_EVER}`, {
        ...RUN,
        signal: stop.signal,
        streams: true,
        endsWithInput: true,
        onChunk: (chunk) => (said += chunk.toString()),
      });
      let family: readonly number[] = [];
      await until('a sample, and the sleep after it', async () => {
        if (!said.includes('\nend ')) return false;
        const pid = Number(/^pid (\d+)$/m.exec(said)?.[1]);
        family = [pid, ...(await childrenOf(pid))];
        return family.length > 1;
      });
      stop.abort();
      expect(expectFailure(await running).kind).toBe('interrupted');
      await until('all of it to end', () => !family.some(isThere));
    },
  );

  test('an unknown host key is refused, and taken with --accept-new, for good', async () => {
    const own = join(folder, `new-${_name}`);
    const stranger = target({knownHosts: [own]});

    const failure = await refusal(stranger);
    expect(failure.kind).toBe('host-key-unknown');
    expect(failure.message).toMatch(
      /^no known_hosts line for \[127\.0\.0\.1\]:\d+; it shows the ED25519 key SHA256:[\w+/]{43}$/,
    );
    expect(failure.fix).toContain('--accept-new');
    transport.close();
    expectOk(await use().connect(stranger, {...CONNECT, acceptNew: true}));
    transport.close();
    expectOk(await use().connect(stranger, CONNECT));
    expect(await readFile(own, 'utf8')).toContain(await sshd.hostKey());
  });

  test('a changed host key is refused, even with --accept-new', async () => {
    const other = join(folder, `other-${_name}`);
    await writeFile(other, `[127.0.0.1]:${sshd.port} ${await bastion.hostKey()}\n`);

    const failure = await refusal(target({knownHosts: [other]}), {acceptNew: true});

    expect(failure.kind).toBe('host-key-changed');
    expect(failure.message).toContain(`but known_hosts has another: ${other}:1`);
    expect(failure.fix).toContain(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${other}`);
  });

  test('a host known by one type of key that shows another is a changed one', async () => {
    const other = join(folder, `type-${_name}`);
    const ecdsa = (
      await readFile(
        `${await makeKey(join(folder, `ecdsa-${_name}`), {type: 'ecdsa'})}.pub`,
        'utf8',
      )
    )
      .split(' ')
      .slice(0, 2)
      .join(' ');
    await writeFile(other, `[127.0.0.1]:${sshd.port} ${ecdsa}\n`);

    const failure = await refusal(target({knownHosts: [other]}), {acceptNew: true});

    expect(failure.kind).toBe('host-key-changed');
  });

  test('a revoked host key is refused', async () => {
    const file = join(folder, `revoked-${_name}`);
    await writeFile(file, `@revoked * ${await sshd.hostKey()}\n`);

    expect((await refusal(target({knownHosts: [file]}))).kind).toBe('host-key-revoked');
  });

  test('a key that the host does not know is refused, and named', async () => {
    const wrong = await makeKey(join(folder, `wrong-${_name}`));

    const failure = await refusal(target({identityFiles: [wrong]}));

    expect(failure.kind).toBe('auth');
    expect(failure.message).toMatch(/^login as root refused: tried publickey /);
    expect(failure.message).toContain(wrong);
    expect(failure.message).toContain('the server takes publickey');
  });

  test('nothing listens', async () => {
    const failure = await refusal(target({port: 1}));

    expect(failure).toMatchObject({
      kind: 'refused',
      message: 'nothing listens on 127.0.0.1 port 1',
    });
  });

  test('a name without an address', async () => {
    const failure = await refusal(target({address: 'no-such-host.invalid'}));

    expect(failure).toMatchObject({
      kind: 'unresolved',
      message: 'the name no-such-host.invalid has no address',
    });
  });

  test('a connection that is cut while a script runs', async () => {
    const session = expectOk(await use().connect(target(), CONNECT));
    const failure = expectFailure(
      // The parent is sshd's process for this connection.
      await session.run('kill -9 $PPID; sleep 20\n', RUN),
    );

    expect(failure.kind).toBe('cut');
  });

  test('through a jump host of the inventory, which is reached once', async () => {
    const jump = target({name: 'bastion', port: bastion.port});
    use({findHost: (name) => (name === 'bastion' ? jump : undefined)});
    const before = bastion.log().split('Accepted publickey').length;
    const behind = [
      target({proxyJump: ['bastion']}),
      target({name: 'fw2', proxyJump: ['bastion']}),
    ];

    for (const host of behind) {
      const {reply, session} = await runOn(transport, host, 'echo there\n');
      expect(text(reply.stdout)).toBe('there\n');
      expect(session.connection.via).toEqual(['bastion']);
    }
    await until('the login in the log', () => bastion.log().split('Accepted').length > before);
    expect(bastion.log().split('Accepted publickey').length - before).toBe(1);

    const dead = expectFailure(
      await transport.connect(target({port: 1, proxyJump: ['bastion']}), CONNECT),
    );
    expect(['refused', 'jump']).toContain(dead.kind);
    expect(dead.message).toContain('the jump host bastion');
  });

  test('a jump host that does not let us in is named', async () => {
    const jump = target({name: 'bastion', port: bastion.port, knownHosts: ['/dev/null']});
    use({findHost: () => jump});

    const failure = expectFailure(
      await transport.connect(target({proxyJump: ['bastion']}), CONNECT),
    );

    expect(failure.kind).toBe('jump');
    expect(failure.message).toMatch(/^jump host bastion: no known_hosts line for /);
  });

  test('stopping ends it at once', async () => {
    const stop = new AbortController();
    const session = expectOk(await use().connect(target(), {...CONNECT, signal: stop.signal}));
    const running = session.run('echo begun; sleep 30\n', {
      ...RUN,
      signal: stop.signal,
      onChunk: () => {
        stop.abort();
      },
    });

    expect(expectFailure(await running).kind).toBe('interrupted');
    expect(
      expectFailure(await transport.connect(target(), {...CONNECT, signal: stop.signal})).kind,
    ).toBe('interrupted');
  });
});

const HELD_INPUT = {endsWithInput: true} as const;

/** Samples an hour apart. */
const FOR_EVER = scriptWithArguments(loadWatchTemplates().sample, ['3600', '2']);

const WHO = 'id -u; echo e >&2; exit 7\n';
