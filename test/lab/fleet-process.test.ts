import type {ChildProcess} from 'node:child_process';
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';

import {afterEach, beforeEach, expect, test} from 'vitest';

import type {LabState} from '../../src/lab/lab-state.js';
import {isRunning, processIdentity, readState} from '../../src/lab/lab-state.js';

import {connect, exec} from './ssh-client.js';
import {EVERY} from '../tools/sampled.js';

/** Elsewhere seen in less time: here with test:every. */
const rarely = test.skipIf(!EVERY);

const MAIN = join(import.meta.dirname, '../../dist/src/main.cjs');

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'zbufctl-home-'));
});
afterEach(async () => {
  for (const name of ['zbufctl/lab', 'a', 'b', 'here'])
    if (existsSync(join(home, name, 'lab.json')))
      await zbufctl('lab', 'down', '--dir', join(home, name));
  rmSync(home, {recursive: true, force: true});
});

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args], {
    cwd: home,
    env: {PATH: process.env['PATH'], HOME: home, XDG_STATE_HOME: home},
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs the command as a user does; the build (npm run build) must be there. */
async function zbufctl(
  ...args: string[]
): Promise<{out: string; err: string; code: number | null}> {
  const child = start(...args);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  return {out, err, code: await ended};
}

const stateIn = (dir: string): LabState => {
  const state = readState(dir);
  if (typeof state === 'string') throw new Error(`${state} in ${dir}`);
  return state;
};

async function answers(dir: string, host: number): Promise<string> {
  const {hosts} = stateIn(dir);
  const {address, port, user} = hosts[host]!;
  const client = await connect({
    host: address,
    port,
    username: user,
    privateKey: readFileSync(join(dir, 'id_ed25519')),
  });
  try {
    return (await exec(client, 'hostname')).stdout;
  } finally {
    client.end();
  }
}

test('lab up leaves a fleet behind that answers, lab list shows it, lab down ends it and its files', async () => {
  const dir = join(home, 'zbufctl', 'lab');
  const up = await zbufctl('lab', 'up', '--scenario', 'healthy', '--scenario', 'refuses');
  expect(up).toMatchObject({code: 0, err: ''});
  expect(up.out).toContain(`zbufctl audit -i ${join(dir, 'zbufctl.yaml')}`);
  expect(await answers(dir, 0)).toBe('fw01.example.net\n');

  const list = await zbufctl('lab', 'list');
  expect(list.out).toMatch(/^fw01 +healthy +15\.1 +127\.0\.0\.1:\d+ +root$/m);
  expect(list.out).toMatch(/^fw02 +refuses /m);
  expect(JSON.parse((await zbufctl('lab', 'list', '--json')).out)).toMatchObject({running: true});

  const {pid} = stateIn(dir);
  expect(await zbufctl('lab', 'down')).toMatchObject({
    code: 0,
    out: expect.stringContaining('stopped') as string,
  });
  expect(processIdentity(pid)).toBeUndefined();
  expect(existsSync(dir)).toBe(false);
  expect((await zbufctl('lab', 'down')).out).toContain('No practice fleet');
});

rarely(
  'a second fleet in the same folder is refused, one in another folder lives by itself',
  async () => {
    const [a, b] = [join(home, 'a'), join(home, 'b')];
    await zbufctl('lab', 'up', '--hosts', '1', '--dir', a);
    expect(await zbufctl('lab', 'up', '--hosts', '1', '--dir', a)).toMatchObject({
      code: 2,
      err: expect.stringContaining('zbufctl lab down') as string,
    });
    await zbufctl('lab', 'up', '--hosts', '1', '--dir', b);

    await zbufctl('lab', 'down', '--dir', a);

    expect(await answers(b, 0)).toBe('fw01.example.net\n');
  },
);

test('a killed fleet is noticed by list, cleaned by down, and replaced by up', async () => {
  const dir = join(home, 'a');
  const up = ['lab', 'up', '--scenario', 'healthy', '--dir', dir];
  const kill = async (): Promise<void> => {
    const state = stateIn(dir);
    process.kill(state.pid, 'SIGKILL');
    await expect.poll(() => isRunning(state)).toBe(false);
  };
  await zbufctl(...up);
  await kill();
  expect((await zbufctl('lab', 'list', '--dir', dir)).err).toContain('was killed');

  const again = await zbufctl(...up);
  expect(again).toMatchObject({code: 0, err: expect.stringContaining('killed') as string});
  expect(await answers(dir, 0)).toBe('fw01.example.net\n');

  await kill();
  expect((await zbufctl('lab', 'down', '--dir', dir)).out).toContain('had been killed');
  expect(existsSync(dir)).toBe(false);
});

rarely('a process that got the pid of a dead fleet is left alone', async () => {
  const dir = join(home, 'a');
  await zbufctl('lab', 'up', '--hosts', '1', '--dir', dir);
  const state = stateIn(dir);
  process.kill(state.pid, 'SIGKILL');
  await expect.poll(() => isRunning(state)).toBe(false);
  const bystander = spawn('sleep', ['60']);
  writeFileSync(join(dir, 'lab.json'), JSON.stringify({...state, pid: bystander.pid}));

  await zbufctl('lab', 'down', '--dir', dir);

  expect(bystander.exitCode).toBeNull();
  expect(bystander.kill('SIGKILL')).toBe(true);
});

test('a folder with something else in it is refused and stays as it is', async () => {
  writeFileSync(join(home, 'precious'), 'data');
  expect(await zbufctl('lab', 'up', '--dir', home)).toMatchObject({code: 2});
  await zbufctl('lab', 'down', '--dir', home);
  expect(readFileSync(join(home, 'precious'), 'utf8')).toBe('data');
});

rarely('in the foreground Ctrl-C stops the fleet, removes its files and exits 0', async () => {
  const dir = join(home, 'a');
  const child = start('lab', 'up', '--foreground', '--hosts', '2', '--dir', dir);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const said: string[] = [];
  child.stdout!.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  child.stderr!.resume();
  await expect.poll(() => said.join(''), {timeout: 20_000}).toContain('Ctrl-C');
  expect(await answers(dir, 0)).toBe('fw01.example.net\n');

  child.kill('SIGINT');

  expect(await ended).toBe(0);
  expect(existsSync(dir)).toBe(false);
});

test('lab list --scenarios names every scenario; an unknown one is refused', async () => {
  const {out} = await zbufctl('lab', 'list', '--scenarios');
  for (const name of ['healthy', 'stalled-pflogd', 'overridden-local', 'hostile'])
    expect(out).toContain(name);
  expect(
    await zbufctl('lab', 'up', '--scenario', 'nonsense', '--dir', join(home, 'a')),
  ).toMatchObject({
    code: 2,
  });
});

test('list and down find the fleet of the current folder', async () => {
  const dir = join(home, 'here');
  expect((await zbufctl('lab', 'up', '--hosts', '1', '--dir', dir)).out).toMatch(
    /^1 practice host is up in /,
  );
  const inside = (...args: string[]) =>
    execFileSync(process.execPath, [MAIN, ...args], {
      cwd: dir,
      env: {...process.env, HOME: home},
      encoding: 'utf8',
    });
  expect(inside('lab', 'list')).toContain('fw01');
  expect(inside('lab', 'down')).toBe('The practice fleet has stopped; its files are removed.\n');
});
