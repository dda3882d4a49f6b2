import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';

import {Elevation} from '../../../src/io/ssh/run/elevation.js';
import {resolveTarget} from '../../../src/io/ssh/target.js';
import type {Become} from '../../../src/model/host.js';
import type {Result} from '../../../src/model/failure.js';
import type {Prompter, Reply, RunOptions, Transport} from '../../../src/model/transport.js';
import {
  CONNECT,
  expectFailure,
  expectOk,
  RUN,
  scriptedPrompter,
  testHost,
  testOpenSsh,
  testTransport,
  text,
} from './client.js';
import {openPamSu} from './openpam-su.js';
import {createUser, makeKey, startSshd, withRootPassword} from './real-sshd.js';
import type {Sshd, TemporaryUser} from './real-sshd.js';
import {EVERY} from '../../tools/sampled.js';

const ROOT_PASSWORD = 'root of the test $"';

let sshd: Sshd;
/** May do everything after a password: by sudo, by doas. */
let trusted: TemporaryUser;
/** The same, with csh as login shell. */
let csh: TemporaryUser;
/** May do everything without a password. */
let free: TemporaryUser;
/** May do nothing. */
let plain: TemporaryUser;
let key: string;
let folder: string;
let transport: Transport;
let restoreRoot: () => Promise<void>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zbufctl-become-'));
  sshd = await startSshd();
  key = await makeKey(join(folder, 'key'));
  const rights = {sudoers: 'USER ALL=(ALL) ALL', doas: 'permit USER as root'};
  trusted = await createUser(rights);
  csh = await createUser({...rights, shell: '/bin/csh'});
  free = await createUser({
    sudoers: 'USER ALL=(ALL) NOPASSWD: ALL',
    doas: 'permit nopass USER as root',
  });
  plain = await createUser();
  for (const {name} of [trusted, csh, free, plain]) await sshd.authorize(name, `${key}.pub`);
  const root = await withRootPassword(ROOT_PASSWORD);
  restoreRoot = () => root.restore();
});

afterAll(async () => {
  await restoreRoot();
  await sshd.stop();
  for (const user of [trusted, csh, free, plain]) await user.remove();
  await rm(folder, {recursive: true, force: true});
});

afterEach(() => {
  transport.close();
});

const passwordFor = (become: Become, user: TemporaryUser): string =>
  become === 'su' ? ROOT_PASSWORD : user.password;

const TRANSPORTS = {ssh2: testTransport, openssh: testOpenSsh} as const;
type By = keyof typeof TRANSPORTS;

async function runAs(
  become: Become,
  user: TemporaryUser,
  prompter: Prompter | undefined,
  script: string,
  run: Partial<RunOptions> = {},
  server: Sshd = sshd,
  by: By = 'ssh2',
): Promise<Result<Reply>> {
  transport = TRANSPORTS[by]({prompter});
  const host = testHost({
    port: server.port,
    user: user.name,
    become,
    identityFiles: [key],
    knownHosts: [join(folder, 'known_hosts')],
  });
  const session = expectOk(await transport.connect(host, {...CONNECT, acceptNew: true}));
  return session.run(script, {...RUN, ...run});
}

const WHO = 'id -u\necho to stderr >&2\nexit 7\n';
const METHODS = ['sudo', 'doas', 'su'] as const;
/** What goes the same way through all of them is tried through one, and all with test:every. */
const oneMethod = (at: number): readonly (typeof METHODS)[number][] =>
  EVERY ? METHODS : [METHODS[at % METHODS.length] ?? 'sudo'];

test.each(
  METHODS.flatMap((become) => [
    [become, 'sh', 'ssh2'] as const,
    [become, 'csh', 'ssh2'] as const,
    [become, 'sh', 'openssh'] as const,
  ]),
)('%s with a password becomes root from a %s login, over %s', async (become, shell, by) => {
  const user = shell === 'csh' ? csh : trusted;
  const prompter = scriptedPrompter([[/./, passwordFor(become, user)]]);

  const reply = expectOk(await runAs(become, user, prompter, WHO, {}, sshd, by));

  expect(text(reply.stdout)).toBe('0\n');
  expect(text(reply.stderr)).toBe('to stderr\n');
  expect(reply.exitCode).toBe(7);
  const whose = become === 'su' ? 'root' : user.name;
  expect(prompter.asked).toEqual([
    `${become} password of ${whose} (for fw1 and every host it fits): `,
  ]);
});

test.each(['sudo', 'doas'] as const)('%s without a password asks nothing', async (become) => {
  const prompter = scriptedPrompter([]);

  const reply = expectOk(await runAs(become, free, prompter, WHO));

  expect(text(reply.stdout)).toBe('0\n');
  expect(reply.exitCode).toBe(7);
  expect(prompter.asked).toEqual([]);
});

test.each(METHODS)(
  'a wrong password for %s may be typed again, three times at most, and is said',
  async (become) => {
    const prompter = scriptedPrompter([[/./, 'wrong']]);

    const failure = expectFailure(await runAs(become, trusted, prompter, WHO));

    expect(failure.kind).toBe('become');
    expect(failure.message).toContain('the password is wrong');
    expect(failure.fix).not.toBe('');
    expect(prompter.asked.map((question) => question.startsWith('Wrong password. '))).toEqual([
      false,
      true,
      true,
    ]);
  },
);

test.each(METHODS)(
  '%s with nobody to ask says so, and the password is not guessed',
  async (become) => {
    const failure = expectFailure(await runAs(become, trusted, undefined, WHO));

    expect(failure.kind).toBe('become');
    expect(failure.message).toContain('nobody to ask');
  },
);

test.each(['sudo', 'doas'] as const)(
  'a user without rights learns it from %s itself',
  async (become) => {
    const prompter = scriptedPrompter([[/./, plain.password]]);

    const failure = expectFailure(await runAs(become, plain, prompter, WHO));

    expect(failure.kind).toBe('become');
    expect(failure.message).toMatch(/not in the sudoers file|not permitted/);
    expect(failure.message).not.toContain('zbufctl-');
  },
);

test('the time a person takes to type the password does not count', async () => {
  const prompter: Prompter = {
    ask: async () => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      return trusted.password;
    },
  };

  const reply = expectOk(await runAs('sudo', trusted, prompter, WHO, {timeoutMs: 3_900}));

  expect(text(reply.stdout)).toBe('0\n');
});

test.each(oneMethod(0))(
  'through %s every byte passes unharmed, in both directions',
  async (become) => {
    // Long lines (a terminal in canonical mode cuts at 4096), control characters, CR, all bytes, no
    // last newline.
    const line = `${'x'.repeat(9_000)}\u0003\u0004\u0011\u0013\u001a\u007f\r\tend`;
    const script = [
      `cat <<'EOT'`,
      line,
      'EOT',
      // Not awk: what %c makes of 200 differs from awk to awk and with the locale.
      `printf '${Array.from({length: 255}, (_, i) => `\\${(i + 1).toString(8).padStart(3, '0')}`).join('')}'`,
      'printf "\\000a\\r\\nb\\n\\n"',
      'head -c 200000 /dev/zero | tr "\\000" z',
      'echo complaint one >&2; echo complaint two >&2; echo >&2',
      '',
    ].join('\n');
    const file = join(folder, `${become}.sh`);
    await writeFile(file, script);
    const prompter = scriptedPrompter([[/./, passwordFor(become, trusted)]]);

    const reply = expectOk(await runAs(become, trusted, prompter, script));

    expect(
      reply.stdout.equals(execFileSync('/bin/sh', [file], {stdio: ['ignore', 'pipe', 'ignore']})),
    ).toBe(true);
    expect(text(reply.stderr)).toBe('complaint one\ncomplaint two\n\n');
    expect(reply.exitCode).toBe(0);
  },
);

test.each(oneMethod(1))('through %s a large script arrives whole', async (become) => {
  const padding = Array.from({length: 20_000}, (_, i) => `# line ${i} ${'.'.repeat(40)}`).join(
    '\n',
  );
  const prompter = scriptedPrompter([[/./, passwordFor(become, trusted)]]);

  const reply = expectOk(await runAs(become, trusted, prompter, `${padding}\necho arrived\n`));

  expect(text(reply.stdout)).toBe('arrived\n');
});

test.each(METHODS)('through %s what a script prints comes while it runs', async (become) => {
  const heard = join(folder, `heard-${become}`);
  const prompter = scriptedPrompter([[/./, passwordFor(become, trusted)]]);
  const script = `echo one; until [ -e ${heard} ]; do sleep 0.05; done; echo two\n`;
  const reply = expectOk(
    await runAs(become, trusted, prompter, script, {
      streams: true,
      onChunk: (chunk) => {
        if (text(chunk).includes('one')) writeFileSync(heard, '');
      },
    }),
  );

  expect([text(reply.stdout), reply.exitCode]).toEqual(['one\ntwo\n', 0]);
});

test.each([
  ...oneMethod(2).map((become) => [become, 'ssh2'] as const),
  ...METHODS.map((become) => [become, 'openssh'] as const),
])(
  '%s never has the password in an argument, an environment or a log, over %s',
  async (become, by) => {
    const password = passwordFor(become, trusted);
    const prompter = scriptedPrompter([[/./, password]]);
    const logs = `${tmpdir()}/zbufctl-*/log-*`;
    const script = `for file in /proc/[0-9]*/cmdline /proc/[0-9]*/environ ${logs}; do cat "$file"; done 2>/dev/null | tr '\\0' ' '\n`;

    const reply = expectOk(
      await runAs(become, trusted, prompter, script, {maxBytes: 64 * 1024 * 1024}, sshd, by),
    );

    expect(text(reply.stdout)).toContain('/bin/sh -s');
    if (by === 'openssh') expect(text(reply.stdout)).toContain('ssh -F none -S ');
    expect(reply.stdout.includes(password)).toBe(false);
    expect(sshd.log().includes(password)).toBe(false);
  },
);

test.each(oneMethod(3))(
  'a second script of a session through %s asks nothing again',
  async (become) => {
    const prompter = scriptedPrompter([[/./, passwordFor(become, trusted)]]);
    transport = testTransport({prompter});
    const host = testHost({
      port: sshd.port,
      user: trusted.name,
      become,
      identityFiles: [key],
      knownHosts: [join(folder, 'known_hosts')],
    });
    const session = expectOk(await transport.connect(host, {...CONNECT, acceptNew: true}));

    for (let i = 0; i < 2; i++)
      expect(text(expectOk(await session.run('id -u\n', RUN)).stdout)).toBe('0\n');

    expect(prompter.asked).toHaveLength(1);
  },
);

test('a script for the user itself runs under a clean sh, whatever the login shell is', async () => {
  const reply = expectOk(
    await runAs('none', csh, undefined, 'echo "$0" 2>&1; ps -o args= -p $$\n'),
  );

  expect(text(reply.stdout)).toBe('/bin/sh\n/bin/sh -s\n');
});

test('doas where the server gives no terminal still works without a password, and says why with one', async () => {
  const strict = await startSshd({config: ['PermitTTY no']});
  for (const {name} of [free, trusted]) await strict.authorize(name, `${key}.pub`);
  const run = async (user: TemporaryUser): Promise<Result<Reply>> => {
    transport = testTransport({prompter: scriptedPrompter([[/./, user.password]])});
    const host = testHost({
      port: strict.port,
      user: user.name,
      become: 'doas',
      identityFiles: [key],
      knownHosts: [join(folder, 'known_hosts')],
    });
    return expectOk(await transport.connect(host, {...CONNECT, acceptNew: true})).run(WHO, RUN);
  };

  expect(text(expectOk(await run(free)).stdout)).toBe('0\n');
  transport.close();
  const failure = expectFailure(await run(trusted));
  await strict.stop();

  expect(failure.kind).toBe('become');
});

test('su where the server gives no terminal', async () => {
  const strict = await startSshd({config: ['PermitTTY no']});
  await strict.authorize(trusted.name, `${key}.pub`);
  const prompter = scriptedPrompter([[/./, ROOT_PASSWORD]]);

  const reply = expectOk(await runAs('su', trusted, prompter, WHO, {}, strict));
  await strict.stop();

  expect(text(reply.stdout)).toBe('0\n');
});

test.each(['/bin/sh', '/bin/csh'])(
  'su that reads as FreeBSD does lets us through, whatever is the login shell of root (%s)',
  async (shell) => {
    const home = await mkdtemp(join(tmpdir(), 'zbufctl-openpam-'));
    const {config} = await openPamSu(home, ROOT_PASSWORD, shell);
    const server = await startSshd({config});
    for (const {name} of [trusted, csh]) await server.authorize(name, `${key}.pub`);
    const right = scriptedPrompter([[/./, ROOT_PASSWORD]]);
    const wrong = scriptedPrompter([[/./, 'wrong']]);
    const limit = {timeoutMs: 10_000};

    for (const user of [trusted, csh]) {
      const reply = expectOk(await runAs('su', user, right, WHO, limit, server));
      expect(text(reply.stdout)).toBe('0\n');
      expect(text(reply.stderr)).toBe('to stderr\n');
      expect(reply.exitCode).toBe(7);
      transport.close();
    }
    const failure = expectFailure(await runAs('su', trusted, wrong, WHO, limit, server));
    await server.stop();
    await rm(home, {recursive: true, force: true});

    expect(failure.message).toContain('the password is wrong; it said "');
    expect(failure.message).toContain('Sorry');
    expect(wrong.asked).toHaveLength(3);
  },
);

test.each([true, false])(
  'what su leaves to the login shell of root means the same to sh and csh (terminal: %s)',
  (pty) => {
    const target = resolveTarget(testHost(), undefined, {
      homeDirectory: '/root',
      user: 'ops',
      identityFiles: [],
      knownHosts: [],
    });
    const command =
      /-c '(.*)'$/.exec(new Elevation('su', expectOk(target), pty).command)?.[1] ?? '';

    for (const shell of ['/bin/sh', '/bin/csh']) {
      const output = execFileSync(shell, ['-c', command], {
        input: 'echo "$0 $1"; exit 0\n',
        encoding: 'utf8',
      });

      expect(output).toMatch(/^zbufctl-[0-9a-f]{24}\n\/bin\/sh \n$/);
    }
  },
);

test('one password is asked for once and serves every host with the same user and method', async () => {
  const prompter = scriptedPrompter([[/^sudo/, trusted.password]]);
  transport = testTransport({prompter});
  const names = ['a', 'b', 'c', 'd'];

  const replies = await Promise.all(names.map((name) => becomeOn(name, trusted, 'sudo')));

  expect(replies.map((reply) => text(expectOk(reply).stdout))).toEqual(Array(4).fill('0\n'));
  expect(prompter.asked).toHaveLength(1);
  // Another user and another method are other questions.
  await becomeOn('e', csh, 'sudo');
  await becomeOn('f', trusted, 'doas');
  expect(prompter.asked.map((question) => question.split(' (')[0])).toEqual([
    `sudo password of ${trusted.name}`,
    `sudo password of ${csh.name}`,
    `Wrong password. sudo password of ${csh.name}`,
    `doas password of ${trusted.name}`,
  ]);
});

test('a mistyped shared password is sent to one host, and no other before it was typed again', async () => {
  const typed = ['mistyped', trusted.password];
  const asked: string[] = [];
  const prompter: Prompter = {
    ask: ({text: question}) => {
      asked.push(question);
      return Promise.resolve(typed.shift());
    },
  };
  transport = testTransport({prompter});

  const replies = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => becomeOn(name, trusted, 'sudo')),
  );

  expect(replies.map((reply) => text(expectOk(reply).stdout))).toEqual(Array(4).fill('0\n'));
  expect(asked).toHaveLength(2);
});

/**
 * Logs in to the server under another name and becomes root there, with the transport of the test.
 */
async function becomeOn(name: string, user: TemporaryUser, become: Become): Promise<Result<Reply>> {
  const host = testHost({
    name,
    port: sshd.port,
    user: user.name,
    become,
    identityFiles: [key],
    knownHosts: [join(folder, 'known_hosts')],
  });
  const session = expectOk(await transport.connect(host, {...CONNECT, acceptNew: true}));
  try {
    return await session.run('id -u\n', RUN);
  } finally {
    session.close();
  }
}
