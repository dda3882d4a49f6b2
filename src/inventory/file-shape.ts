import {BECOME} from '../model/host.js';

import {expandRange} from './expand-range.js';
import type {Defect} from './host-names.js';
import {
  addressDefect,
  GROUP_NAME,
  HOST_NAME,
  HOST_PATTERN,
  hostNameDefect,
  isDefect,
  readDestination,
  USER_NAME,
} from './host-names.js';
import {notifyShape} from './notify-shape.js';
import {policyShape} from './policy-shape.js';
import {retentionShape} from './retention-shape.js';
import type {RecordShape, Shape, TextShape} from './shape.js';
import {list} from './shape.js';

/** Connection variables, in `vars` and on hosts. */
export const VARIABLE_KEYS = {
  user: {
    kind: 'text',
    doc: 'Who to log in as; without it what ssh_config says, else the user that runs zbufctl.',
    what: 'a user name',
    pattern: USER_NAME,
  },
  port: {
    kind: 'integer',
    doc: 'TCP port of sshd; without it what ssh_config says, else 22.',
    min: 1,
    max: 65535,
  },
  become: {
    kind: 'word',
    doc: 'How to become root after logging in; none: stay who we are.',
    words: BECOME,
    habits: {
      true: 'sudo',
      yes: 'sudo',
      on: 'sudo',
      false: 'none',
      no: 'none',
      off: 'none',
      root: 'sudo',
    },
  },
  identityFile: paths('Private keys to offer.'),
  knownHosts: paths('Files the host key must be in; without it those of ssh(1).'),
  proxyJump: {
    kind: 'one-or-list',
    doc: "Hosts to go through, in order: [user@]host[:port] or names of the inventory; 'none': straight.",
    of: {
      kind: 'text',
      what: 'a jump host, [user@]host[:port]',
      pattern: /^[A-Za-z0-9_.[:].*$/,
      defect: jumpDefect,
    },
  },
  practice: {
    kind: 'word',
    doc: 'A simulated host of zbufctl lab; reports say so even when it does not answer.',
    words: ['yes', 'no'],
    habits: {true: 'yes', on: 'yes', false: 'no', off: 'no'},
  },
} as const satisfies Readonly<Record<string, Shape>>;

function paths(doc: string): Shape {
  const what = 'a path, relative to this file; ~ is the home directory';
  return {kind: 'one-or-list', doc, of: {kind: 'text', what}};
}

function jumpDefect(text: string): Defect | undefined {
  for (const hop of text.split(',')) {
    const read = readDestination(hop.trim());
    if (isDefect(read)) return read;
  }
  return undefined;
}

/** Group names with a meaning of their own. */
const RESERVED: Readonly<Record<string, string>> = {
  all: 'Every host is in all: write its hosts, vars and policy at the top level of the file.',
  ungrouped: 'Hosts under the top-level hosts key are in no group.',
};

/** Why no group may be called that. */
export function groupNameDefect(name: string): Defect | undefined {
  const reserved = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined;
  if (reserved !== undefined) return {message: 'is a reserved group name', fix: reserved};
  return GROUP_NAME.test(name)
    ? undefined
    : {
        message: 'is not a group name',
        fix: 'Use letters, digits, dots, dashes and underscores; start with a letter or digit.',
      };
}

/** The same for Ansible's files, in which all and ungrouped are groups like others. */
export const ansibleGroupDefect = (name: string): Defect | undefined =>
  Object.hasOwn(RESERVED, name) ? undefined : groupNameDefect(name);

const groupName: TextShape = {
  kind: 'text',
  what: 'a group name',
  pattern: new RegExp(`^(?!(?:all|ungrouped)$)${GROUP_NAME.source.slice(1)}`),
  defect: groupNameDefect,
};

const hostPattern: TextShape = {
  kind: 'text',
  what: 'a host name',
  doc: 'A host name or a range of them: fw[01-40].example.net, fw[01-40:2], rack[a-f].',
  pattern: HOST_PATTERN,
  defect: (text) => {
    const expanded = expandRange(text, '-');
    if ('message' in expanded)
      return hostNameDefect(text.replace(/\[[^\]]*\]|[[\]]/g, '0')) ?? expanded;
    // A range differs in letters and digits only, so its first name stands for all.
    return hostNameDefect(expanded.first);
  },
};

export const hostShape: Shape = {
  kind: 'text-or-record',
  text: hostPattern,
  record: {
    kind: 'record',
    what: 'a host',
    doc: 'A host with settings of its own; the name may be a range.',
    keys: {
      name: hostPattern,
      address: {
        kind: 'text',
        doc: 'What to connect to, when it is not the name: a DNS name, an IPv4 or IPv6 address.',
        what: 'a DNS name or an address',
        pattern: HOST_NAME,
        defect: addressDefect,
      },
      ...VARIABLE_KEYS,
      policy: policyShape,
    },
    required: ['name'],
    hint: (key) =>
      key === 'vars' ? 'Write user, port and the like directly on the host.' : ansibleHint(key),
  },
};

const hosts = list(hostShape, 'Hosts: names, ranges, or mappings with a name.');
const vars: RecordShape = {
  kind: 'record',
  what: 'a mapping of variables',
  doc: 'How to reach the hosts; the closest group wins, a host itself before all groups.',
  keys: VARIABLE_KEYS,
  hint: ansibleHint,
};

const groupShape: RecordShape = {
  kind: 'record',
  what: 'a group',
  keys: {
    hosts,
    vars,
    policy: policyShape,
    children: list(groupName, 'Groups of this file whose hosts are in this group, too.'),
  },
  hint: misplacedHint,
};

/** zbufctl.yaml as a whole. */
export const fileShape: RecordShape = {
  kind: 'record',
  what: 'a mapping',
  doc: 'Inventory and policy of zbufctl.',
  keys: {
    hosts: {...hosts, doc: 'Hosts in no group.'},
    groups: {kind: 'map', doc: 'Groups by name.', key: groupName, of: groupShape},
    vars: {...vars, doc: 'Variables of every host.'},
    policy: policyShape,
    retention: retentionShape,
    notify: notifyShape,
  },
  hint: misplacedHint,
};

/** Variables belong under vars, policy keys under policy. */
function misplacedHint(key: string): string | undefined {
  if (key === 'all')
    return 'If this is an Ansible inventory, give the file another name than zbufctl.yaml.';
  if (Object.hasOwn(VARIABLE_KEYS, key)) return `Write it under vars: vars: {${key}: ...}.`;
  if (Object.hasOwn(policyShape.keys, key)) return `Write it under policy: policy: {${key}: ...}.`;
  return undefined;
}

/** Keys of Ansible's that have a name here. */
const FROM_ANSIBLE: Readonly<Record<string, string>> = {
  ansible_host: 'address',
  ansible_port: 'port',
  ansible_user: 'user',
  ansible_become: 'become',
  ansible_become_method: 'become',
  ansible_ssh_private_key_file: 'identityFile',
  host: 'address',
  hostname: 'address',
  ip: 'address',
  addr: 'address',
  username: 'user',
  key: 'identityFile',
  keyFile: 'identityFile',
  jump: 'proxyJump',
  bastion: 'proxyJump',
};

function ansibleHint(key: string): string | undefined {
  const ours = Object.hasOwn(FROM_ANSIBLE, key) ? FROM_ANSIBLE[key] : undefined;
  return ours === undefined ? undefined : `It is called ${ours} here.`;
}
