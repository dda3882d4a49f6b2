import {expect, test} from 'vitest';

import {chooseHosts} from '../../src/app/choose-hosts.js';
import {selectHosts} from '../../src/inventory/index.js';
import type {Inventory} from '../../src/model/host.js';
import {OperatorError} from '../../src/model/operator-error.js';

import {inventoryOf, readText} from './read.js';

const FLEET = inventoryOf(
  readText(
    `
vars: {become: sudo, knownHosts: known}
policy: {zerocopy: off}
groups:
  edge: {hosts: ["fw[01-12]"]}
  core: {hosts: [core1, {name: both, port: 2222}]}
  dmz: {hosts: [both]}
hosts: [lone]
`,
  ),
);
const NOTHING: Inventory = {hosts: [], files: []};

const select = (hosts: readonly string[], groups: readonly string[] = [], inventory = FLEET) =>
  selectHosts(inventory, {hosts, groups});
const names = (...args: Parameters<typeof select>): readonly string[] => {
  const result = select(...args);
  return result.ok ? result.hosts.map(({name}) => name) : [];
};
const complaints = (...args: Parameters<typeof select>): readonly string[] => {
  const result = select(...args);
  return result.ok ? [] : result.complaints.map(({message, fix}) => `${message} | ${fix}`);
};

test('without words every host is selected, in the order of the inventory', () => {
  expect(names([])).toEqual(FLEET.hosts.map(({name}) => name));
});

test.each([
  [['fw02'], ['fw02']],
  [
    ['core1', 'fw02', 'fw02'],
    ['fw02', 'core1'],
  ],
  [['fw1*'], ['fw10', 'fw11', 'fw12']],
  [['*1'], ['fw01', 'fw11', 'core1']],
  [
    ['fw[02-04]', 'lone'],
    ['lone', 'fw02', 'fw03', 'fw04'],
  ],
])('%j selects %j', (words, selected) => {
  expect(names(words)).toEqual(selected);
});

test('groups select their hosts, several groups the hosts of either, and words narrow them', () => {
  expect(names([], ['core'])).toEqual(['core1', 'both']);
  expect(names([], ['dmz', 'core'])).toEqual(['core1', 'both']);
  expect(names([], ['all'])).toHaveLength(FLEET.hosts.length);
  expect(names(['fw0*'], ['edge'])).toHaveLength(9);
});

test('user@ and :port on a known name change that host and keep everything else', () => {
  const result = select(['op@both', 'root@fw01:2200']);

  expect(result.ok ? result.hosts : []).toMatchObject([
    {name: 'fw01', user: 'root', port: 2200, groups: ['all', 'edge']},
    {name: 'both', user: 'op', port: 2222, groups: ['all', 'core', 'dmz']},
  ]);
});

test('user@host and host:port that are in no inventory are hosts of their own, with what all gives', () => {
  const result = select([
    'root@new.example.net',
    '192.0.2.7:2222',
    'op@[2001:db8::1]:2200',
    'fw01',
  ]);

  expect(result.ok ? result.hosts.slice(1) : []).toMatchObject([
    {
      name: 'new.example.net',
      address: 'new.example.net',
      user: 'root',
      become: 'sudo',
      policy: {zerocopy: 'off'},
    },
    {name: '192.0.2.7:2222', address: '192.0.2.7', port: 2222, knownHosts: ['/etc/fleet/known']},
    {name: '[2001:db8::1]:2200', address: '2001:db8::1', user: 'op', port: 2200, groups: ['all']},
  ]);
});

test('without an inventory a bare name is enough', () => {
  expect(select(['fw1.example.net'], [], NOTHING)).toEqual({
    ok: true,
    hosts: [
      {
        name: 'fw1.example.net',
        address: 'fw1.example.net',
        become: 'none',
        identityFiles: [],
        knownHosts: [],
        policy: {},
        groups: ['all'],
        origin: {file: 'command line', line: 0},
      },
    ],
  });
});

test('everything that selects nothing is told, with near misses', () => {
  expect(
    complaints(['fw13', 'fv02', 'db*', 'fw[11-19]', 'bad name', '-x', 'h:0'], ['egde']),
  ).toEqual([
    'no host is in the group "egde" | Did you mean "edge"?',
    expect.stringMatching(
      /^no host is called "fw13" \| Did you mean "fw03" or .*write USER@fw13\.$/,
    ),
    expect.stringContaining('no host is called "fv02" | Did you mean "fw02"'),
    expect.stringContaining('no host matches "db*" | Hosts: "lone", "fw01"'),
    expect.stringContaining('no host is called "fw13", nor by 6 more names of that range'),
    expect.stringContaining('"bad name" has characters no host name has'),
    expect.stringContaining('"-x" starts with -'),
    expect.stringContaining('"h:0" has a port that is not 1 to 65535'),
  ]);
});

test('a host outside the groups is told where it is, and one of no inventory is in no group', () => {
  expect(complaints(['core1', 'root@new', 'core*'], ['edge'])).toEqual([
    '"core1" is not in the group "edge" | It is in: "all", "core".',
    '"root@new" is in no inventory, so it is not in the group "edge" | Leave -g out.',
    'hosts match "core*", but none in the group "edge" | Leave -g out, or name another group.',
  ]);
});

test('nothing to select from is a complaint, not an empty selection', () => {
  expect(complaints([], [], NOTHING)).toEqual([
    'no host is selected | Name a host, or give an inventory with hosts.',
  ]);
});

test('on the command line it is one error with exit code 2 that lists them all', () => {
  const run = (): unknown => chooseHosts(FLEET, {hosts: ['fw99', 'db*'], groups: []});

  expect(run).toThrow(OperatorError);
  expect(run).toThrow(/fw99[\s\S]*db\*/);
  expect(chooseHosts(FLEET, {hosts: ['lone'], groups: []})).toHaveLength(1);
});
