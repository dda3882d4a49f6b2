import {expect, test} from 'vitest';

import {complaintsOf, hostsOf, readText, warningsOf} from './read.js';

test('a YAML inventory of Ansible is read with its groups, ranges and variables', () => {
  const hosts = hostsOf(
    `all:
  hosts:
    lone:
  vars:
    ansible_user: root
    ansible_become: true
    something: [1, {two: 3}]
  children:
    site:
      vars: {ansible_port: 2222}
      children:
        edge:
          hosts:
            fw[01:02].example.net:
            fw3:
              ansible_host: 192.0.2.3
              ansible_become: no
        core:
edge:
  hosts: fw4
`,
    'hosts.yml',
  );

  expect(
    hosts.map(({name, address, user, port, become, groups}) => [
      name,
      address,
      user,
      port,
      become,
      groups.join(' '),
    ]),
  ).toEqual([
    ['lone', 'lone', 'root', undefined, 'sudo', 'all'],
    ['fw01.example.net', 'fw01.example.net', 'root', 2222, 'sudo', 'all site edge'],
    ['fw02.example.net', 'fw02.example.net', 'root', 2222, 'sudo', 'all site edge'],
    ['fw3', '192.0.2.3', 'root', 2222, 'none', 'all site edge'],
    ['fw4', 'fw4', 'root', 2222, 'sudo', 'all site edge'],
  ]);
  expect(hosts[3]?.origin).toEqual({file: '/etc/fleet/hosts.yml', line: 15});
});

test('what ansible-inventory --list --yaml writes, and JSON in that form, are read', () => {
  const json = JSON.stringify({
    all: {children: {edge: {hosts: {fw1: {ansible_port: 22}}}, ungrouped: {hosts: {fw2: {}}}}},
  });

  expect(hostsOf(json, 'hosts.json').map(({name, groups}) => [name, groups])).toEqual([
    ['fw1', ['all', 'edge']],
    ['fw2', ['all', 'ungrouped']],
  ]);
});

test('vault values are refused where they are needed and ignored elsewhere, never kept', () => {
  const secret = '3631363238';
  const text = `all:
  vars:
    ansible_become_password: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      ${secret}
    api_token: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      ${secret}
  hosts:
    fw1:
`;

  expect(warningsOf(text, 'hosts.yml')).toEqual([
    '3: ansible_become_password is ignored',
    '6: "api_token" is encrypted with ansible-vault and ignored',
  ]);
  expect(JSON.stringify(readText(text, 'hosts.yml'))).not.toContain(secret);
  expect(complaintsOf(text.replace('api_token', 'ansible_user'), 'hosts.yml')).toEqual([
    '6: ansible_user is encrypted with ansible-vault',
  ]);
});

test('every mistake is told, with its line', () => {
  expect(
    complaintsOf(
      `all:
  children:
    edge:
      hosts: [fw1]
      childs: {}
    core:
      hosts:
        fw[01-02]:
        -x:
        10:
        fw2: text
        fw3: {ansible_port: ssh, ansible_user: [root]}
      vars: {ansible_host: 192.0.2.1}
      children: [edge]
    "b c": {}
    a:
      children:
        b: {children: {a: }}
`,
      'hosts.yaml',
    ),
  ).toEqual([
    '4: hosts of the group "edge" is a list, not a mapping',
    '5: unknown key "childs" in the group "edge"',
    '6: ansible_host for a whole group',
    '8: the host "fw[01-02]" has the range [01-02]',
    '9: the host "-x" starts with -',
    '10: the key "10" is not text',
    '11: the host "fw2" is the text "text", not a mapping',
    '12: ansible_port is "ssh", not a number from 1 to 65535',
    '12: ansible_user is not a single value',
    '14: the children of "core" is a list, not a mapping',
    '15: the group "b c" is not a group name',
    '18: groups contain each other in a circle: "b" > "a" > "b"',
  ]);
});
