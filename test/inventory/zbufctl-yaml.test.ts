import {expect, test} from 'vitest';

import {parseInventory} from '../../src/inventory/index.js';

import {complaintsOf, hostsOf, inventoryOf, namesOf, readText} from './read.js';

const CONTRACT = `groups:
  edge:
    vars: {user: root, port: 22, become: none, identityFile: ~/.ssh/id_ed25519, knownHosts: ~/.ssh/known_hosts, proxyJump: bastion}
    hosts: ["fw[01-40].example.net", {name: fw99, address: 192.0.2.9, port: 2222}]
    policy: {zerocopy: auto}          # a group's policy overrides the one below
policy: {zerocopy: off}               # off | on | auto
`;

test("the contract's example gives forty-one hosts with everything on them", () => {
  const {hosts, defaults, files} = inventoryOf(readText(CONTRACT));

  expect(hosts).toHaveLength(41);
  expect(hosts[0]).toEqual({
    name: 'fw01.example.net',
    address: 'fw01.example.net',
    user: 'root',
    port: 22,
    become: 'none',
    identityFiles: ['/home/op/.ssh/id_ed25519'],
    knownHosts: ['/home/op/.ssh/known_hosts'],
    proxyJump: ['bastion'],
    groups: ['all', 'edge'],
    policy: {zerocopy: 'auto'},
    origin: {file: '/etc/fleet/zbufctl.yaml', line: 4},
  });
  expect(hosts[39]?.name).toBe('fw40.example.net');
  expect(hosts[40]).toMatchObject({name: 'fw99', address: '192.0.2.9', port: 2222, user: 'root'});
  expect(defaults).toEqual({
    become: 'none',
    identityFiles: [],
    knownHosts: [],
    policy: {zerocopy: 'off'},
  });
  expect(files).toEqual(['/etc/fleet/zbufctl.yaml']);
});

test('the shortest inventory is a list of hosts, which are in all', () => {
  expect(hostsOf('hosts: [fw1]\n')).toEqual([
    {
      name: 'fw1',
      address: 'fw1',
      become: 'none',
      identityFiles: [],
      knownHosts: [],
      groups: ['all'],
      policy: {},
      origin: {file: '/etc/fleet/zbufctl.yaml', line: 1},
    },
  ]);
});

test('off, on and no are words in YAML 1.2, quoted or not', () => {
  for (const word of ['off', 'on', 'auto', '"off"', "'on'"])
    expect(hostsOf(`hosts: [fw1]\npolicy: {zerocopy: ${word}}\n`)[0]?.policy).toEqual({
      zerocopy: word.replace(/["']/g, ''),
    });
});

test.each([
  ['fw[01-03]', ['fw01', 'fw02', 'fw03']],
  ['fw[8-11]', ['fw8', 'fw9', 'fw10', 'fw11']],
  ['fw[08-11]', ['fw08', 'fw09', 'fw10', 'fw11']],
  ['fw[098-100].x', ['fw098.x', 'fw099.x', 'fw100.x']],
  ['fw[0-6:3]', ['fw0', 'fw3', 'fw6']],
  ['fw[01-40:20]', ['fw01', 'fw21']],
  ['fw[1-5:10]', ['fw1']],
  ['fw[7-7]', ['fw7']],
  ['rack[a-c]', ['racka', 'rackb', 'rackc']],
  ['rack[A-C:2]', ['rackA', 'rackC']],
  ['r[a-b]n[1-2].x', ['ran1.x', 'ran2.x', 'rbn1.x', 'rbn2.x']],
  ['[1-2][x-y]', ['1x', '1y', '2x', '2y']],
  ['10.0.[0-1].[1-2]', ['10.0.0.1', '10.0.0.2', '10.0.1.1', '10.0.1.2']],
])('the range %s is spelled out', (range, names) => {
  expect(namesOf(`hosts: ["${range}"]\n`)).toEqual(names);
});

test('variables and policies come from all, then parent groups, then child groups, then the host', () => {
  const hosts = hostsOf(`
vars: {user: from-all, port: 1, become: su}
policy: {zerocopy: off, services: [{id: a}]}
groups:
  zz-parent:
    children: [aa-child]
    vars: {user: from-parent, port: 2}
    policy: {zerocopy: on}
  aa-child:
    vars: {user: from-child}
    policy: {services: [{id: b}]}
    hosts:
      - plain
      - {name: own, user: from-host, policy: {zerocopy: auto}}
`);

  expect(hosts[0]).toMatchObject({
    groups: ['all', 'zz-parent', 'aa-child'],
    user: 'from-child',
    port: 2,
    become: 'su',
    policy: {zerocopy: 'on', services: [{id: 'b'}]},
  });
  expect(hosts[1]).toMatchObject({
    user: 'from-host',
    port: 2,
    policy: {zerocopy: 'auto', services: [{id: 'b'}]},
  });
});

test('the longest way from all decides the depth of a group, and at one depth the later in the alphabet wins', () => {
  const hosts = hostsOf(`
groups:
  top: {children: [mid, deep], vars: {user: top}}
  mid: {children: [deep], vars: {user: mid, port: 5}}
  deep: {hosts: [fw1], vars: {user: deep}}
  alpha: {hosts: [fw1, fw2], vars: {user: alpha, port: 6, become: doas}}
  beta: {hosts: [fw2], vars: {user: beta}}
`);

  expect(hosts[0]).toMatchObject({
    groups: ['all', 'alpha', 'top', 'mid', 'deep'],
    user: 'deep',
    port: 5,
    become: 'doas',
  });
  expect(hosts[1]).toMatchObject({groups: ['all', 'alpha', 'beta'], user: 'beta', port: 6});
});

test('a host in several places is one host with what all of them say', () => {
  const hosts = hostsOf(`
hosts: [fw1, "fw[1-2]"]
groups:
  a: {hosts: [{name: fw1, port: 2222}]}
  b: {hosts: [fw1]}
`);

  expect(hosts.map(({name, port, groups}) => [name, port, groups])).toEqual([
    ['fw1', 2222, ['all', 'a', 'b']],
    ['fw2', undefined, ['all']],
  ]);
});

test('become: none on a host takes back what a group says', () => {
  expect(hostsOf('vars: {become: sudo}\nhosts: [{name: fw1, become: none}]\n')[0]?.become).toBe(
    'none',
  );
});

test('paths are relative to the file, ~ is the home directory, and lists keep their order', () => {
  const [host] = hostsOf(`
vars: {identityFile: [keys/a, ../b, ~/c, /d/./e], knownHosts: known}
hosts: [fw1]
`);

  expect(host?.identityFiles).toEqual(['/etc/fleet/keys/a', '/etc/b', '/home/op/c', '/d/e']);
  expect(host?.knownHosts).toEqual(['/etc/fleet/known']);
});

test.each([
  ['bastion', ['bastion']],
  ['root@b1.example.net:2222', ['root@b1.example.net:2222']],
  ['"b1,root@b2:22"', ['b1', 'root@b2:22']],
  ['[b1, "[2001:db8::1]:22"]', ['b1', '[2001:db8::1]:22']],
  ['none', []],
])('proxyJump %s is read', (written, jumps) => {
  expect(hostsOf(`hosts: [{name: fw1, proxyJump: ${written}}]\n`)[0]?.proxyJump).toEqual(jumps);
});

test("a host may take back a group's jump host", () => {
  const hosts = hostsOf('vars: {proxyJump: b}\nhosts: [{name: b, proxyJump: none}, fw1]\n');

  expect(hosts.map((host) => host.proxyJump)).toEqual([[], ['b']]);
});

test('IPv6 addresses are names and addresses', () => {
  const hosts = hostsOf('hosts: ["2001:db8::1", {name: fw1, address: "fe80::1%em0"}]\n');

  expect(hosts.map(({name, address}) => [name, address])).toEqual([
    ['2001:db8::1', '2001:db8::1'],
    ['fw1', 'fe80::1%em0'],
  ]);
});

test('anchors and aliases work', () => {
  const hosts = hostsOf(`
groups:
  a: {vars: &ours {user: root, port: 2222}, hosts: [fw1]}
  b: {vars: *ours, hosts: [fw2]}
`);

  expect(hosts.map(({user, port}) => [user, port])).toEqual([
    ['root', 2222],
    ['root', 2222],
  ]);
});

test('documented policy keys are kept verbatim, with every key of a member', () => {
  const [host] = hostsOf(`
hosts: [fw1]
policy:
  services:
    - {id: flowmirror, command: flowmirrord, pattern: fork-child-captures, otherSide: lives-on,
       variants: [{given: ["-f", "-C|-G"], pattern: none}]}
  waivers:
    - {rule: ZBUF-003, hosts: ["fw*"], reason: r, approver: a, ticket: t, start: 2027-01-01, expiry: 2027-06-30}
`);

  expect(host?.policy).toEqual({
    services: [
      {
        id: 'flowmirror',
        command: 'flowmirrord',
        pattern: 'fork-child-captures',
        otherSide: 'lives-on',
        variants: [{given: ['-f', '-C|-G'], pattern: 'none'}],
      },
    ],
    waivers: [
      {
        rule: 'ZBUF-003',
        hosts: ['fw*'],
        reason: 'r',
        approver: 'a',
        ticket: 't',
        start: '2027-01-01',
        expiry: '2027-06-30',
      },
    ],
  });
});

test('several files make one inventory; in the same group the later file wins', () => {
  const result = parseInventory(
    [
      {path: '/a/hosts', text: '[edge]\nfw1 ansible_user=one\n[edge:vars]\nansible_port=1\n'},
      {
        path: '/b/zbufctl.yaml',
        text: 'groups: {edge: {vars: {port: 2}, policy: {zerocopy: off}}}\n',
      },
    ],
    {homeDirectory: '/home/op'},
  );

  expect(inventoryOf(result).files).toEqual(['/a/hosts', '/b/zbufctl.yaml']);
  expect(inventoryOf(result).hosts).toMatchObject([
    {name: 'fw1', user: 'one', port: 2, policy: {zerocopy: 'off'}},
  ]);
});

test('an empty inventory is fine where hosts are not needed, and its policy is kept', () => {
  const result = readText('policy: {zerocopy: off}\n', 'zbufctl.yaml', {mayBeEmpty: true});

  expect(inventoryOf(result)).toMatchObject({hosts: [], defaults: {policy: {zerocopy: 'off'}}});
  expect(complaintsOf('policy: {zerocopy: off}\n')).toEqual(['0: has no host in it']);
});

test('a retention is the controller’s, not of hosts; of several files the last one that has it counts', () => {
  const of = (...texts: readonly string[]) =>
    inventoryOf(
      parseInventory(
        texts.map((text, i) => ({path: `/etc/fleet/${i}/zbufctl.yaml`, text})),
        {homeDirectory: '/home/op'},
      ),
    );

  expect(of('hosts: [fw1]\n').retention).toBeUndefined();
  expect(of('hosts: [fw1]\nretention: {keep: 90d}\n').retention).toEqual({
    keepDays: 90,
    atLeast: 10,
  });
  const three = of(
    'hosts: [a]\nretention: {keep: 9d}\n',
    'retention: {keep: 7d, atLeast: 2}\n',
    'hosts: [b]\n',
  );
  expect(three.retention).toEqual({keepDays: 7, atLeast: 2});
  expect(three.hosts.map(({policy}) => policy)).toEqual([{}, {}]);
});
