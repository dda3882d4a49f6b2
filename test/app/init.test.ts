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
import type {InitInterview, InitRequest} from '../../src/app/init-ports.js';
import {strangersText} from '../../src/app/strangers.js';
import {
  entriesOf,
  hostsFromKnownHosts,
  hostsFromSshConfig,
  renderInventory,
} from '../../src/inventory/index.js';
import {isThere, writeNewFile} from '../../src/io/files/new-file.js';
import {readSshConfigHosts} from '../../src/io/files/ssh-config-files.js';
import {OperatorError} from '../../src/model/operator-error.js';

import {SERVICES} from '../knowledge/sources.js';
import {hostsOf, readText} from '../inventory/read.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zbufctl-init-'));
  mkdirSync(join(folder, '.ssh'));
});
afterEach(() => {
  rmSync(folder, {recursive: true, force: true});
});

/** The text of ~/.ssh/known_hosts. */
let knownHosts = '';
beforeEach(() => {
  knownHosts = '';
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
      services: SERVICES,
      sshConfigHosts: () => readSshConfigHosts(folder, hostsFromSshConfig),
      knownHosts: () => Promise.resolve(hostsFromKnownHosts(knownHosts)),
      ansibleHosts: (file) => {
        const read = readText(readFileSync(file, 'utf8'), file);
        if (!read.ok) throw new OperatorError('bad', '');
        return Promise.resolve(entriesOf(read.inventory.hosts));
      },
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

  expect(made).toEqual({path: path(), hosts: 4, audit: false});
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

  expect(
    await run({hosts: ['fw1']}, person(true, '', 'none', 'auto', '', '', false)),
  ).toMatchObject({hosts: 1});
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
  const someone = person('ssh-config', ['fw2'], 'root', 'sudo', 'auto', '', '', true);

  expect(await run({}, someone)).toMatchObject({audit: true});

  expect(someone.asked[1]).toContain('~/.ssh/config');
  expect(hostsOf(readFileSync(path(), 'utf8'))).toMatchObject([
    {name: 'fw2', user: 'root', become: 'sudo'},
  ]);
});

test('with none picked the hosts are asked for, and giving up anywhere writes nothing', async () => {
  writeFileSync(join(folder, '.ssh/config'), 'Host fw1\n');
  const all = ['ssh-config', [], 'fw[1-2], fw9', 'root', 'none', 'off', '', ''] as const;

  for (let answered = 0; answered < all.length; answered++) {
    expect(await run({}, person(...all.slice(0, answered)))).toBeUndefined();
    expect(existsSync(path())).toBe(false);
  }
  expect(await run({}, person(...all))).toEqual({path: path(), hosts: 3, audit: false});
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

test('known_hosts: readable names, each once, with their ports; hashed ones are counted', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA';
  const text = `# comment
fw01.example.net,192.0.2.1 ${key}
[fw02.example.net]:2222,[192.0.2.2]:2222 ${key} some comment
fw01.example.net ecdsa-sha2-nistp256 AAAA
192.0.2.3 ${key}
[2001:db8::1]:2222 ${key}
*.example.net,!fw04.example.net ${key}
@revoked fw05 ${key}
@cert-authority *.example.org ${key}
|1|c2FsdA==|aGFzaA== ${key}
$(reboot) ${key}
fw06
`;
  expect(hostsFromKnownHosts(text)).toEqual({
    hosts: ['fw01.example.net', 'fw02.example.net:2222', '192.0.2.3', '[2001:db8::1]:2222'],
    hashed: 1,
  });
});

test('hosts of known_hosts make a file; names that are all hashed are told', async () => {
  knownHosts = 'fw01 ssh-rsa AAAA\n[fw02]:2222 ssh-rsa AAAA\n';
  expect(await run({hosts: ['root@fw03'], fromKnownHosts: true})).toMatchObject({hosts: 3});
  expect(hostsOf(readFileSync(path(), 'utf8'))).toMatchObject([
    {name: 'fw03', user: 'root'},
    {name: 'fw01'},
    {name: 'fw02', port: 2222},
  ]);
  knownHosts = '|1|c2FsdA==|aGFzaA== ssh-rsa AAAA\n';
  await expect(run({fromKnownHosts: true, force: true})).rejects.toThrow(/hashed \(1 lines\)/);
});

test.each([
  [
    'hosts.ini',
    '[edge]\nfw[01:02] ansible_user=ops ansible_become=yes ansible_become_method=doas\n[core]\nfw01\nlone ansible_host=192.0.2.9 ansible_port=2222\n',
  ],
  [
    'hosts.yaml',
    'all:\n  children:\n    edge:\n      hosts: {fw01: {}, fw02: {}}\n      vars: {ansible_user: ops, ansible_become: true, ansible_become_method: doas}\n    core:\n      hosts: {fw01: {}, lone: {ansible_host: 192.0.2.9, ansible_port: 2222}}\n',
  ],
])(
  'an Ansible inventory (%s) gives hosts in their groups, and executes nothing',
  async (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text);

    expect(await run({fromAnsible: file, zerocopy: 'off'})).toMatchObject({hosts: 3});

    const hosts = hostsOf(readFileSync(path(), 'utf8'));
    expect([...hosts].sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      {name: 'fw01', user: 'ops', become: 'doas'},
      {name: 'fw02', user: 'ops', become: 'doas'},
      {name: 'lone', address: '192.0.2.9', port: 2222, become: 'none'},
    ]);
    const groups = Object.fromEntries(hosts.map((host) => [host.name, [...host.groups].sort()]));
    expect(groups).toMatchObject({fw01: ['all', 'core', 'edge'], lone: ['all', 'core']});
  },
);

test('three questions make the policy; a wrong answer is told in words, and flags answer them', async () => {
  const policyOf = () => hostsOf(readFileSync(path(), 'utf8'))[0]?.policy;
  await run(
    {hosts: ['fw1']},
    person('', 'none', 'off', 'suricata, zeek', 'Sat 02:00-04:00', false),
  );
  expect(policyOf()).toMatchObject({
    zerocopy: 'off',
    keep: ['suricata', 'zeek'],
    window: 'Sat 02:00-04:00',
  });
  await run({hosts: ['fw1'], keep: ['ntopng'], window: 'daily 01:00-02:00', force: true});
  expect(policyOf()).toMatchObject({
    zerocopy: 'auto',
    keep: ['ntopng'],
    window: 'daily 01:00-02:00',
  });
  const problems: (string | undefined)[] = [];
  const picky: InitInterview = {
    ...person(),
    choose: (_message, choices) => Promise.resolve(choices[0]?.value),
    text: (message, initial, problem) => {
      if (message.startsWith('Services'))
        problems.push(problem('pflog, suricat'), problem('pflog, suricata'));
      if (message.startsWith('When'))
        problems.push(problem('Saturday'), problem('Sat 02:00-04:00'));
      return Promise.resolve(initial);
    },
    confirm: () => Promise.resolve(false),
  };
  await run({hosts: ['fw1'], force: true}, picky);
  expect(problems).toEqual([
    expect.stringContaining('There is no service "suricat". Did you mean "suricata"?'),
    undefined,
    expect.stringContaining('not a span of time'),
    undefined,
  ]);
});

test('programs nobody described come with an entry the reader takes, and harmless commands', () => {
  const stranger = (program: string, pid: number) => ({
    rule: 'ZBUF-011',
    slug: 'captures-are-known',
    severity: 'info' as const,
    verdict: 'fail' as const,
    summary: '',
    matters: '',
    because: [],
    fix: '',
    program,
    pid,
  });
  const host = (findings: readonly ReturnType<typeof stranger>[]) => ({
    host: 'fw04',
    address: 'fw04',
    posture: 'broken' as const,
    groups: [],
    running: 1,
    boot: 1,
    practice: false,
    durationMs: 1,
    findings,
  });
  const text = strangersText([
    host([stranger('flowtapd', 2713), stranger('flowtapd', 2711), stranger("x'$(reboot)\n", 7)]),
  ]);
  expect(text.match(/truss -f/g)).toHaveLength(2);
  expect(text).toContain('ktrace -i -f /tmp/zbufctl-trace.out -p 2713');
  expect(text).not.toMatch(/^reboot|\n\)/m);
  expect(text).toContain("'x'\\''$(reboot)\\x0a'");
  const services = text.slice(text.indexOf('  services:'));
  const read = readText(`hosts: [fw1]\npolicy:\n${services}\n`);
  expect(read.ok ? [] : read.complaints).toEqual([]);
  expect(services).toContain('{id: flowtapd, command: flowtapd, pattern: fork-child-captures');
  expect(strangersText([host([])])).toBe('');
});
