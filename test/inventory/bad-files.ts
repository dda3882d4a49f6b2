/** A zbufctl.yaml with mistakes, all of which must be told, each with its line. */
export interface BadFile {
  readonly what: string;
  readonly text: string;
  /** Every complaint, in the order of the lines: its line, and a part of its text. */
  readonly complaints: readonly (readonly [line: number, part: string])[];
  /** Part of the fix of the first complaint. */
  readonly fix: string;
  /** Whether the JSON Schema sees that the file is bad; `not-yaml`: an editor says so before. */
  readonly schema: 'sees' | 'blind' | 'not-yaml';
}

const bad = (
  what: string,
  text: string,
  complaints: BadFile['complaints'],
  fix: string,
  schema: BadFile['schema'] = 'sees',
): BadFile => ({what, text, complaints, fix, schema});

export const BAD_FILES: readonly BadFile[] = [
  bad(
    'a misspelled key at the top',
    'gruops: {}\nhosts: [fw1]\n',
    [[1, 'unknown key "gruops"']],
    'Did you mean "groups"?',
  ),
  bad(
    'a retention nobody can be sure about',
    'hosts: [fw1]\nretention: {keep: 12m, atLeast: 0}\n',
    [
      [2, 'retention.keep: "12m" is not a number of days'],
      [2, 'retention.atLeast is 0, not a number from 1 to 10000'],
    ],
    'Write a number of days, e.g. 365d.',
  ),
  bad(
    'a retention without a time',
    'hosts: [fw1]\nretention: {atLeast: 3}\n',
    [[2, 'retention has no keep']],
    'Add keep.',
  ),
  bad(
    'misspelled keys everywhere',
    `
hosts:
  - {nam: fw1}
groups:
  edge:
    host: [fw2]
    vars: {usr: root}
    policy: {zerocpy: off}
`,
    [
      [3, 'unknown key "nam" in hosts[1]'],
      [3, 'hosts[1] has no name'],
      [6, 'unknown key "host" in groups.edge'],
      [7, 'unknown key "usr" in groups.edge.vars'],
      [8, 'unknown key "zerocpy" in groups.edge.policy'],
    ],
    'Did you mean "name"?',
  ),
  bad(
    'variables and policy keys in the wrong place',
    'hosts: [fw1]\nuser: root\nzerocopy: off\n',
    [
      [2, 'unknown key "user"'],
      [3, 'unknown key "zerocopy"'],
    ],
    'vars: {user: ...}',
  ),
  bad(
    "Ansible's names for variables",
    'hosts: [{name: fw1, ansible_host: 192.0.2.1}]\n',
    [[1, 'unknown key "ansible_host"']],
    'It is called address here.',
  ),
  bad(
    'a password',
    'hosts: [{name: fw1, password: hunter2}]\n',
    [[1, 'unknown key "password"']],
    'zbufctl keeps no passwords',
  ),

  bad(
    'zerocopy: true',
    'hosts: [fw1]\npolicy: {zerocopy: true}\n',
    [[2, 'policy.zerocopy is "true", which YAML reads as yes or no']],
    'Write zerocopy: on.',
  ),
  bad(
    'zerocopy: false',
    'hosts: [fw1]\npolicy: {zerocopy: false}\n',
    [[2, 'policy.zerocopy is "false"']],
    'Write zerocopy: off.',
  ),
  bad(
    'zerocopy: no',
    'hosts: [fw1]\npolicy: {zerocopy: no}\n',
    [[2, 'policy.zerocopy is the text "no"']],
    'Write zerocopy: off.',
  ),
  bad(
    'zerocopy: 1',
    'hosts: [fw1]\npolicy: {zerocopy: 1}\n',
    [[2, 'which YAML reads as a number']],
    'Write zerocopy: on.',
  ),
  bad(
    'zerocopy: Off',
    'hosts: [fw1]\npolicy: {zerocopy: Off}\n',
    [[2, 'policy.zerocopy is the text "Off"']],
    'Write zerocopy: off.',
  ),
  bad(
    'a policy without a value',
    'hosts: [fw1]\npolicy:\n',
    [[2, 'policy is empty, not a policy']],
    'zerocopy',
  ),
  bad(
    'a policy that is a word',
    'hosts: [fw1]\npolicy: off\n',
    [[2, 'policy is the text "off"']],
    'zerocopy',
  ),

  bad(
    'a number as a host',
    'hosts:\n  - 10\n  - 1e3\n  - 1.5\n',
    [
      [2, 'hosts[1] is "10", which YAML reads as a number'],
      [3, 'hosts[2] is "1e3", which YAML reads as a number'],
      [4, 'hosts[3] is "1.5", which YAML reads as a number'],
    ],
    'Quote it: "10".',
  ),
  bad(
    'true, null and a list as hosts',
    'hosts: [true, null, ~, [fw1]]\n',
    [
      [1, 'hosts[1] is "true", which YAML reads as yes or no'],
      [1, 'hosts[2] is "null", which YAML reads as nothing'],
      [1, 'hosts[3] is "~", which YAML reads as nothing'],
      [1, 'hosts[4] is a list'],
    ],
    'Quote it: "true".',
  ),
  bad(
    'a name that is a number',
    'hosts: [{name: 1e3}]\n',
    [[1, 'hosts[1].name is "1e3"']],
    'Quote it',
  ),
  bad(
    'a user that is a number',
    'hosts: [fw1]\nvars: {user: 1000}\n',
    [[2, 'vars.user is "1000"']],
    'Quote it: "1000".',
  ),
  bad(
    'hosts that are a word',
    'hosts: fw1\n',
    [[1, 'hosts is the text "fw1", not a list']],
    'Write [fw1].',
  ),
  bad(
    'hosts that are a mapping',
    'hosts: {fw1: {port: 22}}\n',
    [[1, 'hosts is a mapping, not a list']],
    'Write [one, two]',
  ),
  bad(
    'a group that is a list',
    'groups: {edge: [fw1]}\n',
    [[1, 'groups.edge is a list, not a group']],
    'hosts, vars',
  ),
  bad(
    'groups that are a list',
    'groups: [{name: edge}]\n',
    [[1, 'groups is a list, not a mapping']],
    'Write groups',
  ),
  bad(
    'a group without anything',
    'groups:\n  edge:\nhosts: [fw1]\n',
    [[2, 'groups.edge is empty']],
    'hosts, vars',
  ),

  bad(
    'ports that are none',
    `
hosts:
  - {name: a, port: 0}
  - {name: b, port: 65536}
  - {name: c, port: -1}
  - {name: d, port: 22.5}
  - {name: e, port: "22"}
  - {name: f, port: ssh}
  - {name: g, port: .inf}
  - {name: h, port: [22]}
`,
    [
      [3, 'hosts[1].port is 0'],
      [4, 'hosts[2].port is 65536'],
      [5, 'hosts[3].port is -1'],
      [6, 'hosts[4].port is 22.5'],
      [7, 'hosts[5].port is the text "22"'],
      [8, 'hosts[6].port is the text "ssh"'],
      [9, 'hosts[7].port is .inf'],
      [10, 'hosts[8].port is a list'],
    ],
    'from 1 to 65535',
  ),
  bad(
    'ports that other readers take for other numbers',
    'hosts:\n  - {name: a, port: 022}\n  - {name: b, port: 0x16}\n  - {name: c, port: 2.2e1}\n',
    [
      [2, 'hosts[1].port is written "022"'],
      [3, 'hosts[2].port is written "0x16"'],
      [4, 'hosts[3].port is written "2.2e1"'],
    ],
    'Write 22.',
    'blind',
  ),
  bad(
    'become: true',
    'hosts: [fw1]\nvars: {become: true}\n',
    [[2, 'vars.become is "true"']],
    'Write become: sudo.',
  ),
  bad(
    'an unknown become',
    'hosts: [fw1]\nvars: {become: sduo}\n',
    [[2, 'vars.become is the text "sduo"']],
    'Write become: sudo.',
  ),
  bad(
    'a user that is an option',
    'hosts: [fw1]\nvars: {user: -oProxyCommand=x}\n',
    [[2, 'is not a user name']],
    'Write a user name',
  ),

  bad(
    'names that are none',
    `
hosts:
  - -fw1
  - "fw 1"
  - fw..x
  - "fw*"
  - root@fw1
  - fw1:2222
  - "fw1;rm"
  - "fẃ1"
  - ""
  - ${'x'.repeat(254)}
`,
    [
      [3, '"-fw1" starts with -'],
      [4, '"fw 1" has characters no host name has'],
      [5, '"fw..x" has an empty part'],
      [6, '"fw*" has a wildcard'],
      [7, '"root@fw1" has a user in it'],
      [8, '"fw1:2222" has a port in it'],
      [9, '"fw1;rm" has characters'],
      [10, 'is not ASCII'],
      [11, '"" is empty'],
      [12, 'has 254 characters'],
    ],
    'Host names start with a letter or digit.',
  ),
  bad(
    'addresses that are none',
    `
hosts:
  - {name: a, address: 192.0.2.300}
  - {name: b, address: 192.0.2.010}
  - {name: c, address: "[2001:db8::1]"}
  - {name: d, address: "2001:db8::1::2"}
  - {name: e, address: -x}
  - "10.1"
`,
    [
      [3, '"192.0.2.300" looks like an IPv4 address but is none'],
      [4, '"192.0.2.010" looks like an IPv4 address but is none'],
      [5, '"[2001:db8::1]" is in brackets'],
      [6, 'has a colon but is no IPv6 address'],
      [7, '"-x" starts with -'],
      [8, 'the host "10.1" looks like an IPv4 address but is none'],
    ],
    'four numbers',
  ),
  bad(
    'ranges that are none',
    `
hosts:
  - "fw[01-"
  - "fw01-40]"
  - "fw[]"
  - "fw[40-01]"
  - "fw[1-040]"
  - "fw[a-3]"
  - "fw[a-F]"
  - "fw[01:40]"
  - "fw[1-9:0]"
  - "fw[[1-2]]"
`,
    [
      [3, 'has a bracket without its partner'],
      [4, 'has a bracket without its partner'],
      [5, 'has the range [], which is none'],
      [6, 'which runs backwards'],
      [7, 'with ends of different width'],
      [8, 'between different kinds'],
      [9, 'between different kinds'],
      [10, 'has the range [01:40]'],
      [11, 'with a step below 1'],
      [12, 'has a bracket without its partner'],
    ],
    'fw[01-40]',
    'blind',
  ),
  bad(
    'a list in the place of a range',
    'hosts: ["fw[1,2]"]\n',
    [[1, 'has the range [1,2], which is none']],
    'fw[01-40]',
  ),
  bad(
    'a range of too many hosts',
    'hosts: ["fw[1-9999999]", "a[1-300]b[1-300]"]\n',
    [
      [1, 'stands for more than 65536 hosts'],
      [1, '"a[1-300]b[1-300]" stands for more than 65536 hosts'],
    ],
    'smaller',
    'blind',
  ),
  bad(
    'ranges that add up to too many hosts',
    'hosts: ["a[1-60000]", "b[1-60000]"]\n',
    [[1, 'grows beyond 100000 hosts']],
    'smaller',
    'blind',
  ),
  bad(
    'a range with one address',
    'hosts: [{name: "fw[1-2]", address: 192.0.2.1}]\n',
    [[1, '2 hosts share the address']],
    'one by one',
    'blind',
  ),

  bad(
    'one name for two machines',
    'hosts:\n  - {name: fw1, address: 192.0.2.1}\n  - fw1\n  - {name: fw1, address: 192.0.2.2}\n',
    [[4, 'the host "fw1" has another address here than on line 2']],
    'two names',
    'blind',
  ),
  bad(
    'one name for two ports',
    'hosts:\n  - {name: fw1, port: 1}\n  - {name: fw1, port: 2}\n',
    [[3, 'the host "fw1" has another port here than on line 2']],
    'two names',
    'blind',
  ),
  bad(
    'groups in a circle',
    `
groups:
  a: {children: [b], hosts: [fw1]}
  b: {children: [c]}
  c: {children: [a]}
  d: {children: [d]}
`,
    [
      [4, 'groups contain each other in a circle: "b" > "c" > "a" > "b"'],
      [6, 'groups contain each other in a circle: "d" > "d"'],
    ],
    'Remove one of these children.',
    'blind',
  ),
  bad(
    'a child that is not defined',
    'groups:\n  edge: {hosts: [fw1]}\n  top: {children: [egde, core]}\n',
    [
      [3, 'the child "egde", which is not defined'],
      [3, 'the child "core", which is not defined'],
    ],
    'Did you mean "edge"?',
    'blind',
  ),
  bad(
    'reserved group names',
    'groups:\n  all: {hosts: [fw1]}\n  top: {children: [all, ungrouped]}\n',
    [
      [2, '"all" is a reserved group name'],
      [3, 'groups.top.children[1]: "all" is a reserved group name'],
      [3, 'groups.top.children[2]: "ungrouped" is a reserved group name'],
      [3, 'the child "all"'],
      [3, 'the child "ungrouped", which is not defined'],
    ],
    'top level',
  ),
  bad(
    'group names that are none',
    'groups: {"-a": {hosts: [fw1]}, "b c": {}, "": {}}\n',
    [
      [1, '"-a" is not a group name'],
      [1, '"b c" is not a group name'],
      [1, '"" is not a group name'],
    ],
    'Use letters',
  ),
  bad(
    'a jump host behind itself',
    'vars: {proxyJump: bastion}\nhosts:\n  - fw1\n  - bastion\n',
    [[4, 'the host "bastion" would be reached through itself']],
    'proxyJump: none',
    'blind',
  ),
  bad(
    'jump hosts in a circle',
    'hosts:\n  - {name: a, proxyJump: b}\n  - {name: b, proxyJump: root@a}\n',
    [[2, '"a" > "b" > "a"']],
    'proxyJump: none',
    'blind',
  ),
  bad(
    'jump hosts that are none',
    'hosts: [fw1]\nvars: {proxyJump: [-x, "b:0", "a@b@c"]}\n',
    [
      [2, '"-x" starts with -'],
      [2, '"b:0" has a port that is not'],
    ],
    'letter',
  ),
  bad(
    'none among jump hosts',
    'hosts: [fw1]\nvars: {proxyJump: [none, b]}\n',
    [[2, "proxyJump has 'none' among other hosts"]],
    'either',
    'blind',
  ),
  bad(
    'paths that are none',
    'hosts: [fw1]\nvars: {identityFile: ~bob/key, knownHosts: ["$HOME/known", "%d/x"]}\n',
    [
      [2, "identityFile is in another user's home"],
      [2, 'knownHosts has a variable in it'],
    ],
    'whole path',
    'blind',
  ),
  bad(
    'an empty path and an empty list',
    'hosts: [fw1]\nvars: {identityFile: "", knownHosts: []}\n',
    [
      [2, 'vars.identityFile: "" is not a path'],
      [2, 'vars.knownHosts is an empty list'],
    ],
    'Write a path',
  ),

  bad(
    'services with mistakes',
    `
hosts: [fw1]
policy:
  services:
    - {id: Flow}
    - {command: x}
    - {id: a, pattern: unverified, otherSide: dies}
    - {id: b, comand: x}
    - {id: c, variants: [{pattern: none}, {given: n, pattern: none}]}
    - just-a-name
`,
    [
      [5, 'policy.services[1].id: "Flow" is not an id'],
      [6, 'policy.services[2] has no id'],
      [7, 'policy.services[3].pattern is the text "unverified"'],
      [7, 'policy.services[3].otherSide is the text "dies"'],
      [8, 'unknown key "comand" in policy.services[4]'],
      [9, 'policy.services[5].variants[1] has no given or absent or when'],
      [9, 'policy.services[5].variants[2].given: "n" is not options'],
      [10, 'policy.services[6] is the text "just-a-name", not a service'],
    ],
    'Write an id',
  ),
  bad(
    'waivers with mistakes',
    `
hosts: [fw1]
policy:
  waivers:
    - {rule: ZBUF-3, hosts: [fw1], reason: r, approver: a, ticket: t, start: 01/02/2027, expiry: 2027-06-30}
    - {rule: ZBUF-003, reason: " ", approver: a, ticket: 17, start: 2027-01-01}
`,
    [
      [5, 'policy.waivers[1].rule: "ZBUF-3" is not the id of a rule'],
      [5, 'policy.waivers[1].start: "01/02/2027" is not a day'],
      [6, 'policy.waivers[2].reason: " " is not a sentence'],
      [6, 'policy.waivers[2].ticket is "17"'],
      [6, 'policy.waivers[2] has no expiry'],
      [6, 'policy.waivers[2] has no hosts or groups'],
    ],
    'ZBUF-003',
  ),
  bad(
    'a day that does not exist',
    'hosts: [fw1]\npolicy:\n  waivers:\n    - {rule: ZBUF-003, hosts: [fw1], reason: r, approver: a, ticket: t, start: 2027-02-30, expiry: 2027-06-30}\n',
    [[4, 'is not a day of the calendar']],
    'YYYY-MM-DD',
    'blind',
  ),

  bad(
    'a key twice',
    'hosts: [fw1]\ngroups:\n  edge: {hosts: [fw2]}\n  edge: {hosts: [fw3]}\nhosts: [fw4]\n',
    [
      [4, 'the key "edge" stands here again; the first is on line 3'],
      [5, 'the key "hosts" stands here again; the first is on line 1'],
    ],
    'Keep one.',
    'not-yaml',
  ),
  bad(
    'keys that are no text',
    'hosts: [fw1]\ngroups:\n  10: {}\n  true: {}\n  : {}\n  ? [a]\n  : {}\n',
    [
      [3, 'the key "10" is not text'],
      [4, 'the key "true" is not text'],
      [5, 'an empty key'],
      [6, 'a list is used as a key'],
    ],
    'Quote it: "10".',
    'sees',
  ),
  bad(
    'a merge key',
    'x: &x {user: root}\nhosts: [fw1]\nvars:\n  <<: *x\n',
    [
      [1, 'unknown key "x"'],
      [4, 'unknown key "<<"'],
    ],
    'Known here',
  ),
  bad(
    'tags',
    'hosts: [fw1]\nvars: {user: !secret x}\ngroups: !!set {a}\n',
    [
      [2, 'vars.user has the tag "!secret"'],
      [3, 'the tag "tag:yaml.org,2002:set" means nothing here'],
      [3, 'groups.a is empty'],
    ],
    'Remove the tag.',
    'blind',
  ),
  bad(
    'aliases to nowhere and to themselves',
    'hosts: [*x, &y [*y]]\n',
    [
      [1, '*x refers to an anchor that does not stand above it'],
      [1, '*y stands inside the value it refers to'],
      [1, 'hosts[1] is empty'],
      [1, 'hosts[2] is a list'],
    ],
    '&x',
    'not-yaml',
  ),
  bad(
    'a tab',
    'groups:\n\tedge: {hosts: [fw1]}\n',
    [[2, 'a tab is used for indentation']],
    'spaces',
    'not-yaml',
  ),
  bad(
    'a range without quotes inside brackets',
    'hosts: [fw[01-40].example.net]\n',
    [
      [1, 'a comma, a colon or a quote is missing'],
      [1, 'something stands where YAML expects nothing'],
    ],
    '"fw[01-40].example.net"',
    'not-yaml',
  ),
  bad(
    'a bracket that is never closed',
    'hosts: [fw1\ngroups: {}\n',
    [[2, 'the indentation, or a closing bracket, is wrong']],
    'Align',
    'not-yaml',
  ),
  bad(
    'two documents',
    'hosts: [fw1]\n---\nhosts: [fw2]\n',
    [[2, 'a second YAML document starts here']],
    '---',
    'not-yaml',
  ),
  bad(
    'YAML 1.1 by directive',
    '%YAML 1.1\n---\nhosts: [fw1]\npolicy: {zerocopy: off}\n',
    [[1, 'asks for YAML 1.1']],
    'Remove the %YAML line',
    'not-yaml',
  ),
  bad('nothing', '', [[0, 'is empty']], 'hosts: [fw1', 'not-yaml'),
  bad('blanks', ' \n\n', [[0, 'is empty']], 'hosts: [fw1', 'not-yaml'),
  bad(
    'comments alone',
    '# hosts: [fw1]\n',
    [[0, 'holds nothing but comments']],
    'hosts: [fw1',
    'not-yaml',
  ),
  bad(
    'no host',
    'hosts: []\ngroups: {edge: {hosts: []}}\n',
    [[0, 'has no host in it']],
    'hosts: [fw1',
    'blind',
  ),
  bad('a list at the top', '- fw1\n- fw2\n', [[1, 'is a list at its top level']], 'Write hosts:'),
  bad('a word', 'fw1\n', [[1, 'is plain text at its top level']], 'Write hosts:'),
];
