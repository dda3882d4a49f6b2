import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterEach, beforeEach, expect, test} from 'vitest';

import {init} from '../../src/app/init.js';
import type {InitInterview, InitRequest} from '../../src/app/init.js';
import {hostsFromSshConfig, renderInventory} from '../../src/inventory/index.js';
import {isThere, writeNewFile} from '../../src/io/files/new-file.js';
import {readSshConfigHosts} from '../../src/io/files/ssh-config-files.js';
import {OperatorError} from '../../src/model/operator-error.js';

import {hostsOf, readText} from '../inventory/read.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zbufctl-init-'));
  mkdirSync(join(folder, '.ssh'));
});
afterEach(() => {
  rmSync(folder, {recursive: true, force: true});
});

const path = (): string => join(folder, 'zbufctl.yaml');

/** A person with their answers ready; one that runs out gives up. */
function person(...answers: readonly unknown[]): InitInterview & {readonly asked: string[]} {
  const left = [...answers];
  const asked: string[] = [];
  const answer = <T>(message: string): Promise<T> => {
    asked.push(message);
    return Promise.resolve(left.shift() as T);
  };
  return {asked, text: answer, confirm: answer, choose: answer, pick: answer};
}

const run = (request: Partial<InitRequest>, interview?: InitInterview) =>
  init(
    {path: path(), hosts: [], fromSshConfig: false, force: false, ...request},
    {
      ...(interview === undefined ? {} : {interview}),
      sshConfigHosts: () => readSshConfigHosts(folder, hostsFromSshConfig),
      isThere,
      write: writeNewFile,
    },
  );

test('hosts named on the command line make a file that the reader takes', async () => {
  const made = await run({
    hosts: ['fw[01-03]', 'lone'],
    user: 'root',
    become: 'doas',
    zerocopy: 'off',
  });

  expect(made).toEqual({path: path(), hosts: 4});
  expect(hostsOf(readFileSync(path(), 'utf8'))).toMatchObject([
    {name: 'fw01', user: 'root', become: 'doas', policy: {zerocopy: 'off'}},
    {name: 'fw02'},
    {name: 'fw03'},
    {name: 'lone'},
  ]);
  expect(readdirSync(folder).sort()).toEqual(['.ssh', 'zbufctl.yaml']);
});

test('hosts may be typed with user and port, and the advice of a refusal is taken', async () => {
  const hosts = [
    'root@10.0.0.1:2222',
    '10.0.0.2:22',
    'ops@fw[01-02].example.net',
    '[2001:db8::1]:2222',
  ];

  expect(await run({hosts})).toMatchObject({hosts: 5});
  expect(hostsOf(readFileSync(path(), 'utf8'))).toMatchObject([
    {name: '10.0.0.1', user: 'root', port: 2222},
    {name: '10.0.0.2', port: 22},
    {name: 'fw01.example.net', user: 'ops'},
    {name: 'fw02.example.net', user: 'ops'},
    {name: '2001:db8::1', port: 2222},
  ]);
  const refused = readText('hosts:\n  - root@10.0.0.1:2222\n');
  const advice = refused.ok
    ? ''
    : (/Write (\{.*\})\./.exec(refused.complaints[0]?.fix ?? '')?.[1] ?? '');
  expect(hostsOf(`hosts:\n  - ${advice}\n`)).toMatchObject([
    {name: '10.0.0.1', user: 'root', port: 2222},
  ]);
});

test('an existing file is left alone without a yes, and replaced with one', async () => {
  writeFileSync(path(), 'mine');

  await expect(run({hosts: ['fw1']})).rejects.toMatchObject({exitCode: 5});
  expect(await run({hosts: ['fw1']}, person(false))).toBeUndefined();
  expect(readFileSync(path(), 'utf8')).toBe('mine');

  expect(await run({hosts: ['fw1']}, person(true, '', 'none', 'auto'))).toMatchObject({hosts: 1});
  expect(await run({hosts: ['fw2'], force: true})).toMatchObject({hosts: 1});
  expect(hostsOf(readFileSync(path(), 'utf8'))).toMatchObject([{name: 'fw2'}]);
});

test('a file that appears while questions are asked is not overwritten', async () => {
  const late: InitInterview = {
    ...person(),
    text: () => {
      writeFileSync(path(), 'somebody else');
      return Promise.resolve('');
    },
    choose: (_message, choices) => Promise.resolve(choices[0]?.value),
  };

  await expect(run({hosts: ['fw1']}, late)).rejects.toBeInstanceOf(OperatorError);
  expect(readFileSync(path(), 'utf8')).toBe('somebody else');
  expect(readdirSync(folder).sort()).toEqual(['.ssh', 'zbufctl.yaml']);
});

test('a link to nowhere counts as a file, and a link is replaced, not followed', async () => {
  symlinkSync('elsewhere', path());

  await expect(run({hosts: ['fw1']})).rejects.toMatchObject({exitCode: 5});
  await run({hosts: ['fw1'], force: true});

  expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  expect(statSync(path()).isFile()).toBe(true);
});

test('nobody to ask and nothing said is an error with what to say', async () => {
  await expect(run({})).rejects.toMatchObject({
    exitCode: 2,
    fix: expect.stringContaining('--from-ssh-config') as string,
  });
  await expect(run({fromSshConfig: true})).rejects.toMatchObject({exitCode: 2});
  await expect(run({hosts: ['a b']})).rejects.toMatchObject({exitCode: 2});
  await expect(run({hosts: ['fw1'], user: '-x'})).rejects.toMatchObject({exitCode: 2});
  expect(existsSync(path())).toBe(false);
});

test('hosts of ~/.ssh/config are offered, and what is picked is written', async () => {
  writeFileSync(join(folder, '.ssh/config'), 'Host fw1 fw2\n  HostName 192.0.2.1\nHost *\n');
  const someone = person(['fw2'], 'root', 'sudo', 'auto');

  await run({}, someone);

  expect(someone.asked[0]).toContain('~/.ssh/config');
  expect(hostsOf(readFileSync(path(), 'utf8'))).toMatchObject([
    {name: 'fw2', user: 'root', become: 'sudo'},
  ]);
});

test('with none picked the hosts are asked for, and giving up anywhere writes nothing', async () => {
  writeFileSync(join(folder, '.ssh/config'), 'Host fw1\n');
  const all = [[], 'fw[1-2], fw9', 'root', 'none', 'off'] as const;

  for (let answered = 0; answered < all.length; answered++) {
    expect(await run({}, person(...all.slice(0, answered)))).toBeUndefined();
    expect(existsSync(path())).toBe(false);
  }
  expect(await run({}, person(...all))).toEqual({path: path(), hosts: 3});
});

test('Host lines without wildcards give hosts; Match, negations and impossible names do not', () => {
  expect(
    hostsFromSshConfig(`\uFEFF# comment
Host fw1 "fw 2" fw3 *.example.net !fw4 fw? -x
    HostName 192.0.2.1
    Include inner/*
    HostName 192.0.2.2
host=fw5
Match host fw6
  HostName no
HOST fw1
  HostName other
Include "a b" ~/c
Host
`),
  ).toEqual({
    hosts: [
      {name: 'fw1', hostName: '192.0.2.1', line: 2},
      {name: 'fw3', hostName: '192.0.2.1', line: 2},
      {name: 'fw5', line: 6},
    ],
    includes: ['inner/*', 'a b', '~/c'],
  });
});

test('Include is followed through globs and to itself, each name once', async () => {
  const ssh = join(folder, '.ssh');
  mkdirSync(join(ssh, 'conf.d'));
  writeFileSync(join(ssh, 'config'), 'Include conf.d/*.conf\nInclude ~/extra missing\nHost one\n');
  writeFileSync(join(ssh, 'conf.d/b.conf'), 'Host two\nInclude config\n');
  writeFileSync(join(ssh, 'conf.d/a.conf'), 'Host three one\n');
  writeFileSync(join(ssh, 'conf.d/.hidden.conf'), 'Host hidden\n');
  writeFileSync(join(ssh, 'conf.d/notes.txt'), 'Host notes\n');
  writeFileSync(join(folder, 'extra'), 'Host four\n');

  const hosts = await readSshConfigHosts(folder, hostsFromSshConfig);

  expect(hosts.map(({name}) => name)).toEqual(['one', 'three', 'two', 'four']);
  expect(await readSshConfigHosts(join(folder, 'nobody'), hostsFromSshConfig)).toEqual([]);
});

test('the file explains itself', () => {
  const text = renderInventory({hosts: ['fw1'], become: 'sudo', zerocopy: 'auto'});

  expect(
    text.split('\n').filter((line) => line.trimStart().startsWith('#')).length,
  ).toBeGreaterThan(5);
  expect(text).toMatch(/^policy:\n {2}zerocopy: auto\n$/m);
});
