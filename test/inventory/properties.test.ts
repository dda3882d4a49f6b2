import fc from 'fast-check';
import {expect, test} from 'vitest';
import {stringify} from 'yaml';

import {parseInventory, renderInventory, selectHosts} from '../../src/inventory/index.js';
import type {InventoryAnswers} from '../../src/inventory/index.js';
import type {Host} from '../../src/model/host.js';
import type {InventoryResult} from '../../src/model/inventory-input.js';

import {BAD_FILES} from './bad-files.js';
import {hostsOf} from './read.js';
import {often} from '../tools/sampled.js';

const NAMES = ['zbufctl.yaml', 'hosts.yaml', 'hosts.ini', 'hosts', 'fleet.txt', 'hosts.json'];
const RUNS = {numRuns: often(500)};

const read = (text: string, name: string): InventoryResult =>
  parseInventory([{path: `/etc/fleet/${name}`, text}], {homeDirectory: '/home/op'});

/** What everybody behind the reader relies on, whatever was in the file. */
function holds(result: InventoryResult): void {
  if (!result.ok) {
    expect(result.complaints.length).toBeGreaterThan(0);
    for (const {line, message, fix, file} of result.complaints) {
      expect(Number.isInteger(line) && line >= 0).toBe(true);
      expect(file).not.toBe('');
      expect(message).not.toBe('');
      expect(fix).not.toBe('');

      expect(message + fix).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
    }
    return;
  }
  expect(result.inventory.hosts.length).toBeGreaterThan(0);
  for (const host of result.inventory.hosts) isSound(host);
  expect(new Set(result.inventory.hosts.map(({name}) => name)).size).toBe(
    result.inventory.hosts.length,
  );
}

function isSound(host: Host): void {
  expect(host.name).toMatch(/^[A-Za-z0-9_:[][A-Za-z0-9_.:%[\]-]*$/);
  expect(host.address).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/);
  expect(['none', 'sudo', 'doas', 'su']).toContain(host.become);
  expect(
    host.port === undefined || (Number.isInteger(host.port) && host.port > 0 && host.port < 65536),
  ).toBe(true);
  expect(host.user ?? 'x').toMatch(/^[^-\s][^\s]*$/);
  for (const path of [...host.identityFiles, ...host.knownHosts]) expect(path).toMatch(/^\//);
  for (const jump of host.proxyJump ?? []) expect(jump).toMatch(/^[^-\s]\S*$/);
  expect([undefined, 'off', 'on', 'auto']).toContain(host.policy.zerocopy);
  expect(host.groups[0]).toBe('all');
}

const name = fc.constantFrom(...NAMES);

test('bytes of any kind, decoded as the file reader does, give an inventory or complaints', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 300}), name, (bytes, file) => {
      holds(read(new TextDecoder().decode(bytes), file));
    }),
    RUNS,
  );
});

test('text of any kind does, too', () => {
  const line = fc.oneof(
    fc.string({unit: 'grapheme', maxLength: 30}),
    fc.string({
      unit: fc.constantFrom(...'[]{}:,-#&*!|>%@`\'"? \n\tab01=~<'.split('')),
      maxLength: 40,
    }),
  );
  fc.assert(
    fc.property(fc.array(line, {maxLength: 12}), name, (lines, file) => {
      holds(read(lines.join('\n'), file));
    }),
    RUNS,
  );
});

const WORDS = [
  'hosts',
  'groups',
  'vars',
  'policy',
  'children',
  'all',
  'name',
  'address',
  'port',
  'user',
  'become',
  'zerocopy',
  'services',
  'waivers',
  'identityFile',
  'proxyJump',
  'ansible_host',
  'ansible_user',
  'ansible_ssh_common_args',
  '__proto__',
  'constructor',
  'toString',
  '<<',
  'edge',
];
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    fc.constantFrom(
      'fw1',
      'fw[01-03]',
      'off',
      'true',
      'none',
      'sudo',
      '',
      '~',
      'root',
      'edge',
      '-x',
      '-J b1 -o "x',
    ),
    fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.double(), fc.string({maxLength: 8})),
    fc.array(tie('node'), {maxLength: 4}),
    fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string({maxLength: 6})), tie('node'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
}));

test('YAML of any structure gives an inventory or complaints', () => {
  const top = fc.dictionary(fc.constantFrom(...WORDS.slice(0, 6), 'edge'), value.node, {
    minKeys: 1,
    maxKeys: 5,
  });
  fc.assert(
    fc.property(top, name, (tree, file) => {
      holds(read(stringify(tree), file));
    }),
    RUNS,
  );
});

const VALID = [
  `groups:
  edge:
    vars: {user: root, port: 22, become: none, identityFile: ~/.ssh/id_ed25519, proxyJump: bastion}
    hosts: ["fw[01-05].example.net", {name: fw99, address: 192.0.2.9, port: 2222}]
    policy: {zerocopy: auto}
  site: {children: [edge], vars: &v {user: op}}
policy: {zerocopy: off}
`,
  `[edge]
fw[01:05] ansible_user=root ansible_port=22 ansible_become=yes
fw9 ansible_host=192.0.2.9 ansible_ssh_common_args='-J b1 -o ControlPersist=60s'
[site:children]
edge
[site:vars]
ansible_become_method=doas
`,
  'all:\n  children:\n    edge:\n      hosts:\n        fw[01:05]: {ansible_user: root}\n        fw9:\n      vars: {ansible_port: 22}\n',
  'fw1\nroot@fw2:2222 # x\n[2001:db8::1]:22\nfw[1-3]\n',
];

test('a valid file with bytes changed, dropped, doubled or put elsewhere gives an inventory or complaints', () => {
  const edit = fc.record({
    at: fc.nat(),
    length: fc.nat(12),
    what: fc.oneof(
      fc.constantFrom('', '\t', '\n', '[', ']', ': ', '- ', '"', '*v', '&v ', '0', '-', '\0'),
      fc.string({maxLength: 4}),
    ),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...VALID),
      fc.array(edit, {minLength: 1, maxLength: 4}),
      name,
      (text, edits, file) => {
        let mutated = text;
        for (const {at, length, what} of edits) {
          const from = at % (mutated.length + 1);
          mutated = mutated.slice(0, from) + what + mutated.slice(from + length);
        }
        holds(read(mutated, file));
      },
    ),
    RUNS,
  );
});

test('two bad files one behind the other are still bad', () => {
  fc.assert(
    fc.property(fc.constantFrom(...BAD_FILES), fc.constantFrom(...BAD_FILES), (a, b) => {
      const result = parseInventory(
        [
          {path: '/a/zbufctl.yaml', text: a.text},
          {path: '/b/zbufctl.yaml', text: b.text},
        ],
        {homeDirectory: '/home/op'},
      );
      expect(result.ok).toBe(false);
      holds(result);
    }),
    {numRuns: 60},
  );
});

const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);

test('a range is as long as it says, keeps its width, and names every host once', () => {
  fc.assert(
    fc.property(
      label,
      fc.nat(999),
      fc.nat(300),
      fc.integer({min: 1, max: 9}),
      fc.integer({min: 0, max: 5}),
      (host, from, more, step, pad) => {
        const width = Math.max(String(from + more).length, pad);
        const ends = [from, from + more].map((end) => String(end).padStart(width, '0'));
        const names = hostsOf(`hosts: ["${host}[${ends.join('-')}:${step}].x"]\n`).map(
          (each) => each.name,
        );

        expect(names).toHaveLength(Math.floor(more / step) + 1);
        expect(new Set(names).size).toBe(names.length);
        expect(names.every((each) => each.length === host.length + width + 2)).toBe(true);
        expect(names[0]).toBe(`${host}${ends[0] ?? ''}.x`);
      },
    ),
    {numRuns: often(200)},
  );
});

test('what init writes is read back as it was answered', () => {
  const answers: fc.Arbitrary<InventoryAnswers> = fc.record(
    {
      hosts: fc.uniqueArray(
        fc.oneof(
          label,
          fc.constantFrom(
            'on',
            'null',
            'true',
            '1e3',
            'y',
            '2001:db8::1',
            'fw[01-02].x',
            '0x1f.net',
          ),
        ),
        {minLength: 1, maxLength: 6},
      ),
      group: fc.oneof(label, fc.constantFrom('on', '1e3', 'null', '10')),
      user: fc.oneof(label, fc.constantFrom('1000', 'true', 'no', 'a\\b', 'x+y@z')),
      port: fc.integer({min: 1, max: 65535}),
      become: fc.constantFrom('none', 'sudo', 'doas', 'su'),
      identityFile: fc.constantFrom('~/.ssh/id', 'a b', "it's", '#x', '/k'),
      proxyJump: fc.constantFrom('b_1', 'root@b_1:22', 'b_1,b_2'),
      zerocopy: fc.constantFrom('off', 'on', 'auto'),
    },
    {requiredKeys: ['hosts', 'become', 'zerocopy']},
  );
  fc.assert(
    fc.property(answers, (given) => {
      fc.pre(given.group !== 'all' && given.group !== 'ungrouped');
      const hosts = hostsOf(renderInventory(given));

      expect(hosts).toHaveLength(
        given.hosts.flatMap((host) => (host.includes('[') ? [1, 2] : [1])).length,
      );
      for (const host of hosts) {
        expect([host.user, host.port, host.become]).toEqual([given.user, given.port, given.become]);
        expect(host.groups).toEqual(given.group === undefined ? ['all'] : ['all', given.group]);
        expect(host.policy).toEqual({zerocopy: given.zerocopy});
        expect(host.proxyJump).toEqual(given.proxyJump?.split(','));
        expect(host.identityFiles).toHaveLength(given.identityFile === undefined ? 0 : 1);
      }
    }),
    RUNS,
  );
});

test('whatever the command line says, a selection is of sound hosts or has complaints', () => {
  const inventory = {hosts: hostsOf(VALID[0] ?? ''), files: []};
  const word = fc.oneof(
    fc.string({maxLength: 20}),
    fc.string({unit: fc.constantFrom(...'fw01@:*[]-.%x '.split('')), maxLength: 12}),
    fc.constantFrom('fw01.example.net', 'fw*', 'fw[01-03].example.net', 'root@fw99'),
  );
  fc.assert(
    fc.property(
      fc.array(word, {maxLength: 4}),
      fc.subarray(['edge', 'site', 'all', 'none']),
      (hosts, groups) => {
        const result = selectHosts(inventory, {hosts, groups});

        if (result.ok) {
          expect(result.hosts.length).toBeGreaterThan(0);
          result.hosts.forEach(isSound);
        } else expect(result.complaints.length).toBeGreaterThan(0);
      },
    ),
    {numRuns: often(500)},
  );
});
