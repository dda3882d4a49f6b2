import {expect, test} from 'vitest';

import {complaintsOf, hostsOf, inventoryOf, readText} from './read.js';

const INVENTORY = `
policy: {zerocopy: on, services: [{id: kept}]}
groups:
  edge: {hosts: [fw1], policy: {zerocopy: auto}}
  core: {hosts: [{name: fw2, policy: {zerocopy: auto}}]}
`;
const file = (text: string) => ({path: '/etc/fleet/policy.yaml', text});

test("a file with a policy's keys overrides every policy of the inventory, key by key", () => {
  const policyFile = file('zerocopy: off\n');
  const inventory = inventoryOf(readText(INVENTORY, undefined, {policyFile}));

  expect(inventory.hosts.map(({policy}) => policy)).toEqual([
    {zerocopy: 'off', services: [{id: 'kept'}]},
    {zerocopy: 'off', services: [{id: 'kept'}]},
  ]);
  expect(inventory.defaults?.policy).toEqual({zerocopy: 'off', services: [{id: 'kept'}]});
});

test('so does one with the key policy, and policies of its groups lie over that', () => {
  const policyFile = file('policy: {zerocopy: off}\ngroups: {core: {policy: {zerocopy: auto}}}\n');

  expect(hostsOf(INVENTORY, undefined, {policyFile}).map(({policy}) => policy.zerocopy)).toEqual([
    'off',
    'auto',
  ]);
});

test('the policy of a group nobody is in is told', () => {
  const policyFile = file('groups: {egde: {policy: {zerocopy: auto}}}\n');
  const {warnings} = readText(INVENTORY, undefined, {policyFile});

  expect(warnings).toMatchObject([{file: '/etc/fleet/policy.yaml', line: 1}]);
  expect(warnings[0]?.fix).toContain('Did you mean "edge"?');
});

test.each([
  [
    'zerocopy: true\n',
    '1: zerocopy is "true", which YAML reads as yes or no, not one of off, on, auto',
  ],
  ['hosts: [fw9]\n', '0: has no policy in it'],
  ['policy: {zerocopy: off}\nzerocopy: off\n', '2: unknown key "zerocopy"'],
  ['', '0: holds nothing but comments and blank lines'],
  ['zerocopy: [', '1: not YAML: the indentation, or a closing bracket, is wrong'],
  ['- off\n', '1: the file is a list, not a policy'],
])('the policy file %j is complained about', (text, complaint) => {
  const found = complaintsOf(INVENTORY, undefined, {policyFile: file(text)});

  expect(found).toHaveLength(1);
  expect(found[0]).toContain(complaint);
});

test('the fallback counts only for an inventory without any policy, and is told', () => {
  const fallbackPolicyFile = {
    path: '/etc/fleet/zbufctl.yaml',
    text: 'policy: {zerocopy: off}\nhosts: [other]\ngroups: {gone: {policy: {zerocopy: on}}}\n',
  };
  const without = readText('[edge]\nfw1\n', 'hosts', {fallbackPolicyFile});
  const withOne = readText(INVENTORY, 'other.yaml', {fallbackPolicyFile});

  expect(inventoryOf(without).hosts).toMatchObject([{name: 'fw1', policy: {zerocopy: 'off'}}]);
  expect(without.warnings).toMatchObject([
    {file: '/etc/fleet/zbufctl.yaml', message: 'the policy is taken from here'},
  ]);
  expect(inventoryOf(withOne).hosts[0]?.policy.zerocopy).toBe('auto');
  expect(withOne.warnings).toEqual([]);
});
