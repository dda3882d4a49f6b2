import {readFileSync, statSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parse} from 'yaml';

import {captureState} from './captured-state.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import {processIdentity} from '../../src/lab/lab-state.js';
import {makeKeyPair} from '../../src/lab/keys.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import type {Lab} from '../../src/lab/start-lab.js';
import {startLab} from '../../src/lab/start-lab.js';

import {connect, exec, run, withKey} from './ssh-client.js';

const COLLECT = loadCollectTemplate();
const SHELL = 'exec /bin/sh -s';

let dir = '';
let lab: Lab;

const SCENARIOS: readonly ScenarioName[] = [
  'healthy',
  'unprivileged',
  'sudo-password',
  'sudo-nopasswd',
  'doas-nopass',
  'su-password',
  'password-login',
  'csh-login',
  'not-freebsd',
  'silent',
  'refuses',
  'changed-host-key',
  'unknown-host-key',
  'cut',
  'hostile',
  'flood',
];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zbufctl-lab-'));
  lab = await startLab({
    dir: join(dir, 'fleet'),
    hosts: [
      ...SCENARIOS.map((scenario) => ({name: scenario, scenario})),
      {name: 'captured', machine: captureState('13.2', 'pflogd-stalled-zerocopy')},
    ],
  });
});
afterAll(async () => {
  await lab.stop();
  await rm(dir, {recursive: true});
});

describe('what is written for those who use the fleet', () => {
  test('is readable by its owner only', () => {
    expect(statSync(lab.dir).mode & 0o777).toBe(0o700);
    for (const file of [
      lab.inventoryPath,
      lab.identityPath,
      lab.knownHostsPath,
      join(lab.dir, 'passwords'),
    ]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  test('is an inventory with a group a scenario and each host with its address', () => {
    const inventory = parse(readFileSync(lab.inventoryPath, 'utf8')) as {
      groups: Record<string, {vars: Record<string, string>; hosts: unknown[]}>;
    };
    expect(inventory.groups['sudo-password']).toEqual({
      vars: {
        user: 'ops',
        become: 'sudo',
        identityFile: 'id_ed25519',
        knownHosts: 'known_hosts',
        practice: 'yes',
      },
      hosts: [{name: 'sudo-password', address: '127.0.0.1', port: lab.host('sudo-password').port}],
    });
    expect(Object.keys(inventory.groups)).toHaveLength(SCENARIOS.length + 1);
  });

  test('known_hosts has the key a host shows, another one, or none, as the scenario says', async () => {
    const known = readFileSync(lab.knownHostsPath, 'utf8').split('\n');
    const shown = async (name: string): Promise<string> => {
      let key = '';
      const client = await connect({
        ...withKey(lab, lab.host(name)),
        hostVerifier: (blob: Buffer) => ((key = blob.toString('base64')), true),
      });
      client.end();
      return key;
    };
    const line = (name: string): string | undefined =>
      known.find((l) => l.startsWith(`[127.0.0.1]:${lab.host(name).port} `));
    expect(line('healthy')).toContain(await shown('healthy'));
    expect(line('changed-host-key')).toMatch(/ssh-ed25519 /);
    expect(line('changed-host-key')).not.toContain(await shown('changed-host-key'));
    expect(line('unknown-host-key')).toBeUndefined();
  });
});

describe('logging in', () => {
  test('another key, another user and a password are refused where the key is asked for', async () => {
    const good = withKey(lab, lab.host('healthy'));
    const refused = /authentication methods failed/;
    await expect(connect({...good, privateKey: makeKeyPair().privateKey})).rejects.toThrow(refused);
    await expect(connect({...good, username: 'toor'})).rejects.toThrow(refused);
    const {host, port, username} = {host: '127.0.0.1', port: good.port ?? 0, username: 'root'};
    await expect(connect({host, port, username, password: lab.password})).rejects.toThrow(refused);
  });

  test('password-login takes the password of the fleet, plain or asked for, and no key', async () => {
    const {port} = lab.host('password-login');
    const base = {host: '127.0.0.1', port, username: 'root'};
    const plain = await connect({...base, password: lab.password});
    expect((await exec(plain, 'id -u')).stdout).toBe('0\n');
    plain.end();
    await expect(connect({...base, password: 'wrong'})).rejects.toThrow(/methods failed/);
    await expect(connect(withKey(lab, lab.host('password-login')))).rejects.toThrow(
      /methods failed/,
    );
  });

  test('compression is not offered: a compressed connection that goes away would end the fleet', async () => {
    const only = {...withKey(lab, lab.host('healthy')), algorithms: {compress: ['zlib' as const]}};
    await expect(connect(only)).rejects.toThrow(/no matching .* compression/);
  });

  test('nothing listens at refuses, and silent says no word', async () => {
    await expect(connect(withKey(lab, lab.host('refuses')))).rejects.toThrow(/ECONNREFUSED/);
    const silent = {...withKey(lab, lab.host('silent')), readyTimeout: 500};
    await expect(connect(silent)).rejects.toThrow(/Timed out/);
  });
});

describe('commands', () => {
  test('stdin, stdout, stderr and the exit status are those of a real shell', async () => {
    const answer = await run(lab, 'healthy', SHELL, 'echo out; echo err >&2; exit 7');
    expect(answer).toMatchObject({stdout: 'out\n', stderr: 'err\n', code: 7});
  });

  test('a command that dies of a signal says so', async () => {
    expect(await run(lab, 'healthy', SHELL, 'kill -TERM $$')).toMatchObject({
      code: null,
      signal: 'SIGTERM',
    });
  });

  test('csh refuses 2>&1, $( and a quote over a line end, and runs the rest', async () => {
    const say = (command: string) => run(lab, 'csh-login', command);
    expect(await say('uname -s 2>&1')).toMatchObject({
      stderr: 'Ambiguous output redirect.\n',
      code: 1,
    });
    expect(await say('echo $(uname)')).toMatchObject({stderr: 'Illegal variable name.\n', code: 1});
    expect(await say("sh -c 'echo a\necho b'")).toMatchObject({code: 1});
    expect(await say("/bin/sh -c 'uname -s 2>&1'")).toMatchObject({stdout: 'FreeBSD\n', code: 0});
  });

  test('everything a command started is killed when its channel closes', async () => {
    const host = lab.host('healthy');
    const client = await connect(withKey(lab, host));
    const marker = `sleep ${process.pid + 100_000}`;
    const running = exec(client, SHELL, `${marker} & echo started; wait\n`);
    const count = async (): Promise<string> =>
      (await run(lab, 'healthy', SHELL, `/bin/ps ax -o args | grep -c '^${marker}'`)).stdout;
    await expect.poll(count).toBe('1\n');
    client.end();
    await running;
    await expect.poll(count).toBe('0\n');
  });
});

describe('becoming root', () => {
  const become = (name: string, command: string, ...answers: string[]) => {
    let given = 0;
    return run(lab, name, command, (stderr) => {
      const asked = stderr.match(/PW:|Password:/g)?.length ?? 0;
      return asked > given && given < answers.length ? answers[given++] : undefined;
    });
  };
  const sudo = "sudo -S -p PW: /bin/sh -c 'id -u'";

  test('sudo asks, takes the right password and nothing else, and leaves the rest of stdin alone', async () => {
    expect((await run(lab, 'sudo-password', 'id -u')).stdout).toBe('1001\n');
    expect(await become('sudo-password', sudo, `${lab.password}\n`)).toMatchObject({
      stdout: '0\n',
      code: 0,
    });
    const wrong = await become('sudo-password', sudo, 'no\n', 'no\n', 'no\n');
    expect(wrong).toMatchObject({stdout: '', code: 1});
    expect(wrong.stderr).toContain('Sorry, try again.');
    const rest = await run(
      lab,
      'sudo-password',
      'sudo -S -p PW: /bin/sh -s',
      `${lab.password}\nid -un; echo $#\n`,
    );
    expect(rest.stdout).toBe('root\n0\n');
  });

  test('sudo and doas without a password, and su with root’s', async () => {
    expect((await run(lab, 'sudo-nopasswd', 'sudo -n id -u')).stdout).toBe('0\n');
    expect((await run(lab, 'doas-nopass', 'doas -n id -u')).stdout).toBe('0\n');
    // Without a terminal su waits for more than the password, or the end (facts:
    // host-behaviour.md).
    const su = (password: string) => run(lab, 'su-password', "su root -c 'id -u'", `${password}\n`);
    expect((await su(lab.password)).stdout).toBe('0\n');
    expect(await su('no')).toMatchObject({code: 1});
  });

  test('a host without sudo does not find that of this machine, not even with a PATH of one’s own', async () => {
    for (const command of [
      'sudo -n id',
      'env PATH=/usr/local/bin:/usr/bin:/bin sudo -n id',
      '/usr/bin/sudo -n id',
    ]) {
      expect(await run(lab, 'unprivileged', command)).toMatchObject({code: 127, stdout: ''});
    }
    const env = await run(lab, 'sudo-nopasswd', 'env PATH=/usr/bin:/bin sudo -n uname -s');
    expect(env.stdout).toBe('FreeBSD\n');
  });
});

describe('what goes wrong on purpose', () => {
  test('cut ends in the middle of the answer', async () => {
    const answer = await run(lab, 'cut', '/bin/sh -s 0', COLLECT).catch(() => ({stdout: ''}));
    expect(answer.stdout).not.toMatch(/\nend \d+\n$/);
    expect(answer.stdout.length).toBeLessThan(9000);
  });

  test('flood sends its hundred million bytes', async () => {
    expect((await run(lab, 'flood', SHELL)).bytes).toBe(100_000_000);
  });

  test('a test can cut, refuse, accept again, slow down and make programs fail', async () => {
    const host = lab.host('healthy');
    host.refuse();
    await expect(connect(withKey(lab, host))).rejects.toThrow(/ECONNREFUSED/);
    await host.accept();
    const client = await connect(withKey(lab, host));
    const gone = new Promise<void>((resolve) => {
      client.on('close', () => {
        resolve();
      });
    });
    host.cut();
    await gone;
    host.fail('netstat', 'broken today');
    expect(await run(lab, 'healthy', 'netstat -B')).toMatchObject({
      stderr: 'netstat: broken today\n',
      code: 1,
    });
    host.mend('netstat');
    expect(await run(lab, 'healthy', 'netstat -B')).toMatchObject({code: 0});
  });

  test('a command goes on without its connection when it is left running', async () => {
    const host = lab.host('captured');
    host.faults.leaveRunning = true;
    const there = async (file: string): Promise<boolean> =>
      (await run(lab, 'captured', `ls "$ZBUFCTL_ROOT/tmp/${file}"`)).code === 0;
    const client = await connect(withKey(lab, host));
    const script =
      'cd "$ZBUFCTL_ROOT/tmp"; touch begun; while ! [ -e go ]; do sleep 0.1; done; touch survived\n';
    const ended = exec(client, SHELL, script);
    await expect.poll(() => there('begun'), {timeout: 20_000}).toBe(true);
    client.end();
    await ended;

    await run(lab, 'captured', 'touch "$ZBUFCTL_ROOT/tmp/go"');

    await expect.poll(() => there('survived'), {timeout: 20_000}).toBe(true);
  });
});

test('stopping ends daemons, and commands that left their group', async () => {
  const fleet = await startLab({
    dir: join(dir, 'second'),
    hosts: [{name: 'one', scenario: 'healthy'}],
  });
  const script =
    'daemon -p "$ZBUFCTL_ROOT/tmp/d" sleep 900; timeout 900 sleep 901 & echo $! >"$ZBUFCTL_ROOT/tmp/t"; wait\n';
  const client = await connect(withKey(fleet, fleet.host('one')));
  const ended = exec(client, SHELL, script);
  const pids = async (): Promise<number[]> =>
    (await run(fleet, 'one', 'cat "$ZBUFCTL_ROOT/tmp/d" "$ZBUFCTL_ROOT/tmp/t"')).stdout
      .trim()
      .split('\n')
      .map(Number);
  await expect
    .poll(async () => (await pids()).filter((pid) => pid > 1).length, {timeout: 20_000})
    .toBe(2);
  const left = await pids();
  expect(left.every((pid) => processIdentity(pid) !== undefined)).toBe(true);

  await fleet.stop();
  await ended.catch(() => undefined);

  await expect.poll(() => left.filter((pid) => processIdentity(pid) !== undefined)).toEqual([]);
});

describe('the collector runs there unmodified', () => {
  test.each(['healthy', 'unprivileged', 'csh-login', 'not-freebsd', 'hostile', 'captured'])(
    'and comes to its closing record on %s',
    async (name) => {
      // The argument is the pause between its two looks.
      const answer = await run(lab, name, '/bin/sh -s 0', COLLECT);
      expect(answer.stdout).toMatch(/^zbufctl-evidence 1\n/);
      expect(answer.stdout).toMatch(/\nend \d+\n$/);
      expect(answer.code).toBe(0);
    },
  );
});
