import {expect, test} from 'vitest';

import {complaintsOf, hostsOf, namesOf, readText} from './read.js';

test('a plain list has one host a line, with user, port, IPv6, ranges and comments', () => {
  const hosts = hostsOf(
    `# the fleet
fw1.example.net
root@fw2.example.net:2222   # the second
[2001:db8::1]:2200
2001:db8::2
op@fw[08-10]
rack[a:b]:22
`,
    'fleet.txt',
  );

  expect(hosts.map(({name, address, user, port}) => [name, address, user, port])).toEqual([
    ['fw1.example.net', 'fw1.example.net', undefined, undefined],
    ['fw2.example.net:2222', 'fw2.example.net', 'root', 2222],
    ['[2001:db8::1]:2200', '2001:db8::1', undefined, 2200],
    ['2001:db8::2', '2001:db8::2', undefined, undefined],
    ['fw08', 'fw08', 'op', undefined],
    ['fw09', 'fw09', 'op', undefined],
    ['fw10', 'fw10', 'op', undefined],
    ['racka:22', 'racka', undefined, 22],
    ['rackb:22', 'rackb', undefined, 22],
  ]);
});

test('every mistake of a plain list is told', () => {
  expect(
    complaintsOf(
      'fw1 fw2\n192.0.2.1 fw1.example.net\nfw3:0\n-fw4\nfw5/x\n@fw6\nfw[1-\n300.0.0.1\nfw7:\n',
      'fleet',
    ),
  ).toEqual([
    expect.stringContaining('0: is read as a list of hosts, one per line, because'),
    '1: "fw1" is followed by more words',
    '2: "192.0.2.1" is followed by more words',
    '3: "fw3:0" has a port that is not 1 to 65535',
    '4: the host "-fw4" starts with -',
    '5: the host "fw5/x" has characters no host name has',
    '6: "@fw6" has a user name that cannot be',
    '7: the host "fw[1-" has a bracket without its partner',
    '8: the host "300.0.0.1" looks like an IPv4 address but is none',
    '9: "fw7:" has a port that is not 1 to 65535',
  ]);
});

test.each([
  ['fleet', 'fw1\nfw2\n', ['fw1', 'fw2']],
  ['hosts', '[edge]\nfw1\n', ['fw1']],
  ['hosts', 'lone\n\n[edge]\nfw1\n', ['lone', 'fw1']],
  ['hosts', 'fw1 ansible_port=22\n', ['fw1']],
  ['hosts', '---\nall: {hosts: {fw1: }}\n', ['fw1']],
  ['inventory', 'all:\n  hosts:\n    fw1:\n', ['fw1']],
  ['inventory', 'edge:\n  hosts:\n    fw1:\n', ['fw1']],
  ['inventory', 'hosts:\n  - fw1\n', ['fw1']],
  ['inventory', '{"hosts": ["fw1"]}\n', ['fw1']],
  ['fleet.yaml', 'groups: {edge: {hosts: [fw1]}}\n', ['fw1']],
  ['fleet.yaml', 'edge: {hosts: {fw1: }}\n', ['fw1']],
  ['zbufctl.yml', 'hosts: [fw1]\n', ['fw1']],
  ['hosts.ini', 'fw1\n', ['fw1']],
])('%s with %j is recognised', (name, text, names) => {
  expect(namesOf(text, name)).toEqual(names);
});

test.each([
  [
    'inventory',
    '#!/usr/bin/env python3\nprint("{}")\n',
    1,
    'is a script (a dynamic inventory)',
    'ansible-inventory',
  ],
  ['inventory.py', 'print("{}")\n', 1, 'is a script', 'ansible-inventory'],
  [
    'aws_ec2.yml',
    'plugin: amazon.aws.aws_ec2\nregions: []\n',
    1,
    'is the configuration of an Ansible inventory plugin',
    'ansible-inventory',
  ],
  [
    'j2.yml',
    'plugin: community.general.proxmox\nurl: https://pve.example.net\ngroups:\n  fw: "\'firewall\' in tags"\n',
    1,
    'inventory plugin (plugin: "community.general.proxmox")',
    'ansible-inventory -i FILE --list --yaml',
  ],
  [
    'out.json',
    '{"_meta": {"hostvars": {}}, "edge": {"hosts": ["fw1"]}}\n',
    1,
    'output of a dynamic inventory script',
    '--yaml',
  ],
  ['hosts.toml', '[edge.hosts]\nfw1 = {}\n', 1, 'is a TOML file', 'ansible-inventory'],
  [
    'hosts.yml',
    '$ANSIBLE_VAULT;1.1;AES256\n3631\n',
    1,
    'is encrypted with ansible-vault',
    'without secrets',
  ],
  ['config', '# mine\nHost fw1\n  User root\n', 2, 'looks like an ssh_config', 'zbufctl init'],
  [
    'mixed.yaml',
    'groups: {}\nall: {hosts: {fw1: }}\n',
    1,
    'has both groups (line 1, a key of zbufctl.yaml) and all (line 2',
    'Keep one form',
  ],
])('%s with %j is refused by name', (name, text, line, message, fix) => {
  const result = readText(text, name);

  expect(result.ok ? [] : result.complaints).toMatchObject([{line}]);
  const [complaint] = result.ok ? [] : result.complaints;
  expect(complaint?.message).toContain(message);
  expect(complaint?.fix).toContain(fix);
});

test('where the content decided, complaints begin with what the file was taken for and why', () => {
  expect(complaintsOf('edge:\n  hosts: [fw1]\n', 'fleet.yaml')).toEqual([
    '0: is read as an Ansible inventory (YAML), because line 1 is a group as Ansible writes it',
    '2: hosts of the group "edge" is a list, not a mapping',
  ]);
  expect(complaintsOf('fw1 ansible_port=0\n', 'hosts')).toEqual([
    '0: is read as an Ansible inventory (INI), because line 1 assigns a variable',
    '1: ansible_port is "0", not a number from 1 to 65535',
  ]);
  expect(complaintsOf('all: {hosts: {fw1: }}\n')).toEqual(['1: unknown key "all"']);
});
