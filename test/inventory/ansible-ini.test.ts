import {expect, test} from 'vitest';

import {complaintsOf, hostsOf, namesOf, readText, warningsOf} from './read.js';

test('groups, children, variables, ranges, quotes and comments of an INI inventory are read as Ansible reads them', () => {
  const hosts = hostsOf(
    `# the fleet
lone.example.net
; another comment
[edge]
fw[01:02].example.net ansible_user="root" ansible_port=2222   # inline
fw3 ansible_host=192.0.2.3 ansible_ssh_private_key_file=keys/id http_port=80
[core]
[2001:db8::1]:2200
core1:2201 ansible_ssh_user=op

[site:children]
edge
core

[site:vars]
ansible_user = site
ansible_become=yes
ansible_become_method=doas
[edge:vars]
ansible_ssh_common_args='-C -o ProxyJump="root@bastion:22" -o ControlPersist=60s'
`,
    'hosts',
  );

  expect(
    hosts.map(({name, address, user, port, groups}) => [
      name,
      address,
      user,
      port,
      groups.join(' '),
    ]),
  ).toEqual([
    ['lone.example.net', 'lone.example.net', undefined, undefined, 'all'],
    ['fw01.example.net', 'fw01.example.net', 'root', 2222, 'all site edge'],
    ['fw02.example.net', 'fw02.example.net', 'root', 2222, 'all site edge'],
    ['fw3', '192.0.2.3', 'site', undefined, 'all site edge'],
    ['2001:db8::1', '2001:db8::1', 'site', 2200, 'all site core'],
    ['core1', 'core1', 'op', 2201, 'all site core'],
  ]);
  expect(hosts.map(({become}) => become)).toEqual(['none', 'doas', 'doas', 'doas', 'doas', 'doas']);
  expect(hosts[3]).toMatchObject({
    identityFiles: ['/etc/fleet/keys/id'],
    proxyJump: ['root@bastion:22'],
    origin: {file: '/etc/fleet/hosts', line: 6},
  });
  expect(hosts[4]?.proxyJump).toBeUndefined();
});

test('whether and how to become are inherited apart from each other', () => {
  const hosts = hostsOf(
    '[a]\nx ansible_become=true\ny\n[a:vars]\nansible_become_method=su\n[b]\nz ansible_become=1\n',
    'hosts.ini',
  );

  expect(hosts.map(({become}) => become)).toEqual(['su', 'none', 'sudo']);
});

test.each([
  ["'-J b1,b2'", ['b1', 'b2']],
  ['-Jb1', ['b1']],
  ["'-o ProxyJump=b1'", ['b1']],
  ["'-oProxyJump=root@b1'", ['root@b1']],
  [`'-o "ProxyJump b1"'`, ['b1']],
  ["'-q -o ProxyJump=none'", []],
  ["'-o ServerAliveInterval=5'", undefined],
])('the jump hosts of ansible_ssh_common_args=%s are found', (args, jumps) => {
  const result = readText(`fw1 ansible_ssh_common_args=${args}\n`, 'hosts.ini');

  expect(result.warnings).toEqual([]);
  expect(hostsOf(`fw1 ansible_ssh_common_args=${args}\n`, 'hosts.ini')[0]?.proxyJump).toEqual(
    jumps,
  );
});

test('keys and known_hosts files in ssh arguments are used, and what is ignored is named', () => {
  const text = `fw1 ansible_ssh_extra_args='-i ~/k -o UserKnownHostsFile=kh -o StrictHostKeyChecking=no -F cfg'\n`;

  expect(hostsOf(text, 'hosts.ini')[0]).toMatchObject({
    identityFiles: ['/home/op/k'],
    knownHosts: ['/etc/fleet/kh'],
  });
  expect(warningsOf(text, 'hosts.ini')).toEqual([
    '1: ansible_ssh_extra_args: "stricthostkeychecking" is ignored',
    '1: ansible_ssh_extra_args: the option -F is ignored',
  ]);
});

test('passwords and vault values are ignored with a warning and found nowhere in the result', () => {
  const text = `fw1 ansible_password=hunter2 ansible_become_pass='hunter2 x'
fw2 db_key="$ANSIBLE_VAULT;1.1;AES256"
[all:vars]
ansible_ssh_pass = hunter2
`;
  const result = readText(text, 'hosts.ini');

  expect(JSON.stringify(result)).not.toContain('hunter2');
  expect(warningsOf(text, 'hosts.ini')).toEqual([
    '1: ansible_password is ignored',
    '1: ansible_become_pass is ignored',
    '2: "db_key" is encrypted with ansible-vault and ignored',
    '4: ansible_ssh_pass is ignored',
  ]);
});

test('hosts that are not reached over SSH are left out, by name', () => {
  const text =
    'localhost ansible_connection=local\nwin1 ansible_connection=winrm\nfw1 ansible_connection=smart\n';

  expect(namesOf(text, 'hosts.ini')).toEqual(['fw1']);
  expect(warningsOf(text, 'hosts.ini')).toEqual([
    '1: "localhost" is left out: its ansible_connection is "local", not SSH',
    '2: "win1" is left out: its ansible_connection is "winrm", not SSH',
  ]);
});

test('plugins may be named with their collection, and a # ends a host line wherever it stands', () => {
  const hosts = hostsOf(
    `[all:vars]
ansible_become=true
ansible_become_method=community.general.doas
[edge]
a ansible_connection=ansible.builtin.paramiko_ssh
b ansible_become_method=ansible.builtin.su ansible_user=ops#ansible_port=2222
c colour="o#s"#later
`,
    'hosts.ini',
  );

  expect(hosts.map(({name, become, user, port}) => ({name, become, user, port}))).toEqual([
    {name: 'a', become: 'doas', user: undefined, port: undefined},
    {name: 'b', become: 'su', user: 'ops', port: undefined},
    {name: 'c', become: 'doas', user: undefined, port: undefined},
  ]);
});

test('every mistake is told, with its line and without what may be a secret', () => {
  expect(
    complaintsOf(
      `[edge]
fw[01-02]
fw1 ansible_port=99999 ansible_user=-x
fw2 ansible_become=perhaps ansible_become_method=pfexec ansible_become_user=www
fw3 ansible_password=hunter2 hunter3
fw4 ansible_host={{ ip }}
fw5 ansible_ssh_common_args='-o ProxyCommand="nc %h %p"'
fw6 ansible_user="root
fw[1:2] ansible_host=192.0.2.1
root@fw7
fw8:port
[edge:children]
[edge:hosts]
anything
[e d]
ignored
[ghost:vars]
ansible_port=22
port 22
[all:vars]
ansible_host=192.0.2.1
[top:children]
missing
edge
`,
      'hosts.ini',
    ),
  ).toEqual([
    '2: the host "fw[01-02]" has the range [01-02]',
    '3: ansible_port is "99999", not a number from 1 to 65535',
    '3: ansible_user is "-x", which is not a user name',
    '4: ansible_become is "perhaps", neither true nor false',
    '4: ansible_become_method is "pfexec", which zbufctl does not know',
    '4: ansible_become_user is "www"',
    '5: word 3 is not key=value',
    '6: word 3 is not key=value',
    '6: word 4 is not key=value',
    '6: ansible_host is a template; zbufctl evaluates none',
    '7: ansible_ssh_common_args has a ProxyCommand, which zbufctl does not run',
    '8: a quote is never closed',
    '9: 2 hosts share one ansible_host',
    '10: the host "root@fw7" has a user in it',
    '11: "fw8:port" has a port that is not 1 to 65535',
    '13: the section "edge:hosts" is of no known kind',
    '15: the section [e d]: "e d" is not a group name',
    '17: variables for the group "ghost", which is not defined',
    '19: no key = value',
    '21: ansible_host for a whole group',
    '23: the group "top" has the child "missing", which is not defined',
  ]);
});

test('a cycle of children is a complaint', () => {
  expect(complaintsOf('[a]\nfw1\n[a:children]\nb\n[b:children]\na\n', 'hosts.ini')).toEqual([
    '6: groups contain each other in a circle: "b" > "a" > "b"',
  ]);
});

test('values of [group:vars] keep quotes inside and lose comments behind', () => {
  const text = `[edge]
fw1
[edge:vars]
ansible_user='root'   # login
ansible_port=2222 # sshd
ansible_ssh_private_key_file=~/k
`;

  expect(hostsOf(text, 'hosts.ini')[0]).toMatchObject({
    user: 'root',
    port: 2222,
    identityFiles: ['/home/op/k'],
  });
});
