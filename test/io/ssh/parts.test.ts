import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import fc from 'fast-check';
import {expect, test} from 'vitest';

import {AgentClient} from '../../../src/io/ssh/login/agent-client.js';
import {mostPromising} from '../../../src/io/ssh/login/identities.js';
import type {Identity} from '../../../src/io/ssh/login/identities.js';
import {parseJumpSpec} from '../../../src/io/ssh/connect/jump-spec.js';
import {describeKeyFile} from '../../../src/io/ssh/login/key-file.js';
import {Limited} from '../../../src/io/ssh/limited.js';
import {PtyFrame} from '../../../src/io/ssh/run/pty-frame.js';
import {Secrets} from '../../../src/io/ssh/secrets.js';
import {shellWord} from '../../../src/io/ssh/shell-word.js';
import {TimeLimit} from '../../../src/io/ssh/time-limit.js';
import {scriptedPrompter} from './client.js';

test.each([
  ['bastion', {host: 'bastion'}],
  ['ops@bastion', {host: 'bastion', user: 'ops'}],
  ['ops@bastion:2222', {host: 'bastion', user: 'ops', port: 2222}],
  ['ssh://ops@bastion:2222', {host: 'bastion', user: 'ops', port: 2222}],
  ['[2001:db8::1]:22', {host: '2001:db8::1', port: 22}],
  ['ops@[fe80::1%em0]', {host: 'fe80::1%em0', user: 'ops'}],
  ['2001:db8::1', {host: '2001:db8::1'}],
  ['bastion:0', undefined],
  ['bastion:65536', undefined],
  ['bastion:x', undefined],
  ['', undefined],
  ['a b', undefined],
])('the jump host %s is read as ssh -J reads it', (spec, expected) => {
  expect(parseJumpSpec(spec)).toEqual(expected);
});

test('whatever a key file holds, it is described and never throws', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), fc.base64String(), (text, base64) => {
      describeKeyFile(text);
      const described = describeKeyFile(
        `-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`,
      );
      expect(described.form).toBe('unsupported');
    }),
  );
});

test('a shell reads a word back as it was, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({minLength: 1}).filter((text) => !text.includes('\0')),
        {minLength: 1, maxLength: 5},
      ),
      (words) => {
        const command = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
        expect(execFileSync('sh', ['-c', command], {encoding: 'utf8'})).toBe(
          `${words.join('\0')}\0`,
        );
      },
    ),
    {numRuns: 50},
  );
});

test('a script in a frame behaves as without: output, complaints and status', () => {
  for (const [script, stdout, stderr, exitCode] of [
    ['printf "a\\nb"; exit 4', 'a\nb', '', 4],
    ["echo '\"$`\\\\' ; echo bad >&2", '"$`\\\n', 'bad\n', 0],
    ['case x in (x) echo "(" ;; esac', '(\n', '', 0],
    ['kill -9 $$', '', 'Killed\n', 137],
  ] as const) {
    const frame = new PtyFrame();
    const output = execFileSync('/bin/sh', ['+i', '-s'], {input: frame.wrap(script)});
    const reply = frame.unwrap(output);
    expect(reply.stdout.toString()).toBe(stdout);
    if (script !== 'kill -9 $$') expect(reply.stderr.toString()).toBe(stderr);
    expect(reply.exitCode).toBe(exitCode);
  }
});

test('a frame that was cut short runs nothing, and its output has no status', () => {
  const frame = new PtyFrame();
  const whole = frame.wrap('echo ran\n');

  for (let length = 0; length < whole.indexOf('complaints=$('); length += 7) {
    const {stdout} = spawnSync('/bin/sh', ['-s'], {
      input: whole.slice(0, length),
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  }
  expect(new PtyFrame().unwrap(Buffer.from('half'))).toEqual({
    stdout: Buffer.from('half'),
    stderr: Buffer.alloc(0),
  });
});

test('a question is asked once, one at a time; an untested answer is lent to one asker at a time', async () => {
  const prompter = scriptedPrompter([[/./, 'x']]);
  const secrets = new Secrets(prompter);
  const question = {key: 'k', text: 'Password: '};

  const first = await secrets.passwordFor(question);
  let second = 'waiting';
  const waiting = secrets.passwordFor(question).then((answer) => {
    second = answer.state;
    return answer;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(second).toBe('waiting');

  // Lost connection: nothing is known, so the next one tries.
  if (first.state === 'answer') first.settle('undecided');
  const next = await waiting;
  if (next.state === 'answer') next.settle('accepted');
  const [third, fourth] = await Promise.all([
    secrets.passwordFor(question),
    secrets.passwordFor(question),
  ]);

  expect([third.state, fourth.state]).toEqual(['answer', 'answer']);
  expect(prompter.asked).toHaveLength(1);
});

test('an answer that is right elsewhere and refused by a host is kept, and the host asked for by itself', async () => {
  const prompter = scriptedPrompter([
    [/alone/, 'own'],
    [/./, 'shared'],
  ]);
  const secrets = new Secrets(prompter);
  const of = (host: string) => ({
    key: 'k',
    text: 'all: ',
    own: {key: host, text: `${host} alone: `},
  });
  const borrow = async (host: string, outcome: 'accepted' | 'refused'): Promise<string> => {
    const answer = await secrets.passwordFor(of(host));
    if (answer.state !== 'answer') return answer.state;
    answer.settle(outcome);
    return answer.value;
  };

  expect(await borrow('a', 'accepted')).toBe('shared');
  expect(await borrow('b', 'refused')).toBe('shared');
  expect(await borrow('b', 'accepted')).toBe('own');
  expect(await borrow('b', 'accepted')).toBe('own');
  expect(await borrow('c', 'accepted')).toBe('shared');
  expect(prompter.asked).toEqual(['all: ', 'b alone: ']);
});

test('a wrong answer is forgotten, asked for again, and no host gets more than three', async () => {
  const prompter = scriptedPrompter([[/./, 'x']]);
  const secrets = new Secrets(prompter);
  const question = {key: 'k', text: 'Password: '};

  for (let i = 0; i < 3; i++) {
    expect(secrets.mayAskAgain(question)).toBe(true);
    const answer = await secrets.passwordFor(question);
    if (answer.state === 'answer') answer.settle('refused');
  }

  expect(secrets.mayAskAgain(question)).toBe(false);
  expect((await secrets.passwordFor(question)).state).toBe('refused');
  expect(prompter.asked).toEqual([
    'Password: ',
    'Wrong password. Password: ',
    'Wrong password. Password: ',
  ]);
});

test('a prompter that fails does not leave the others waiting', async () => {
  const secrets = new Secrets({ask: () => Promise.reject(new Error('terminal gone'))});
  const question = {key: 'k', text: 'Password: '};

  const results = await Promise.allSettled([
    secrets.passwordFor(question),
    secrets.passwordFor(question),
  ]);

  expect(results.map(({status}) => status)).toEqual(['rejected', 'rejected']);
});

test('at most so many turns at a time, and a place is handed on', async () => {
  const limited = new Limited(2);
  let running = 0;
  let most = 0;
  await Promise.all(
    Array.from({length: 20}, () =>
      limited.run(async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      }),
    ),
  );

  expect(most).toBe(2);
});

test('a time limit stands still while it is paused, and nothing revives one that was stopped', async () => {
  let expired = 0;
  const limit = new TimeLimit(200, () => expired++);
  await limit.pausedFor(() => new Promise((resolve) => setTimeout(resolve, 400)));
  expect(expired).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(expired).toBe(1);

  const stopped = new TimeLimit(10, () => expired++);
  const pause = stopped.pausedFor(() => new Promise((resolve) => setTimeout(resolve, 50)));
  stopped.stop();
  await pause;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(expired).toBe(1);
});

test('of too many keys the named ones are kept first, and the order stays', () => {
  const identity = (
    label: string,
    explicit: boolean,
    fromAgent: boolean,
    asks = false,
  ): Identity => ({
    label,
    explicit,
    fromAgent,
    asks,
    publicKey: () => Promise.resolve(Buffer.alloc(0)),
    signNow: () => undefined,
    sign: () => Promise.resolve(Buffer.alloc(0)),
  });
  const all = [
    identity('agent 1', false, true),
    identity('agent 2', false, true),
    identity('lying around', false, false),
    identity('named, locked', true, false, true),
  ];

  const {offered, left} = mostPromising(all, 3);

  expect(offered.map(({label}) => label)).toEqual(['agent 1', 'agent 2', 'named, locked']);
  expect(left).toBe(1);
});

test.each([
  ['says nothing to the point', Buffer.from([0, 0, 0, 1, 5])],
  ['claims a huge answer', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['sends a list that is cut short', Buffer.from([0, 0, 0, 9, 12, 0, 0, 0, 2, 0, 0, 0, 9])],
  ['hangs up', undefined],
])('an agent that %s is an error, not a wait', async (_what, answer) => {
  const folder = await mkdtemp(join(tmpdir(), 'zbufctl-agent-'));
  const path = join(folder, 'socket');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (answer === undefined) socket.destroy();
      else socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const agent = new AgentClient(path);

  await expect(agent.list()).rejects.toThrow();

  agent.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, {recursive: true});
});
