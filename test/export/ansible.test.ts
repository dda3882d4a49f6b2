import {expect, test} from 'vitest';
import {parse} from 'yaml';

import {ansibleCollection, policyGroups} from '../../src/export/ansible.js';
import {loadAnsibleTemplates} from '../../src/io/package/ansible-templates.js';
import type {Host} from '../../src/model/host.js';
import type {Policy} from '../../src/model/policy.js';

const host = (name: string, policy: Policy): Host => ({
  name,
  address: name,
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  groups: ['all'],
  policy,
  origin: {file: '', line: 0},
});

const PARTS = {version: '1.2.3', collector: 'collect', check: 'all', checks: []};

test.each([
  [{canary: 1, batch: '25%', maxFailures: '0'}, [1, '25%'], 1, 0],
  [{canary: 0, batch: '5', maxFailures: '10%'}, [5], 0, '10%'],
])('waves and budget are those that were asked for: %j', (waves, serial, canary, failures) => {
  const files = ansibleCollection(loadAnsibleTemplates(), {...PARTS, ...waves});
  const read = (path: string): unknown => parse(files.get(path) ?? '');
  for (const name of ['apply', 'rollback'])
    expect(read(`playbooks/${name}.yml`)).toMatchObject([{serial, gather_facts: false}]);
  expect(read('roles/waves/defaults/main.yml')).toMatchObject({
    zbufctl_canary: canary,
    zbufctl_max_failures: failures,
  });
  expect(read('galaxy.yml')).toMatchObject({name: 'freebsd', version: '1.2.3'});
  const left = [...files].filter(([, text]) => /\bEXPORT_[A-Z]/.test(text)).map(([path]) => path);
  expect(left).toEqual([]);
});

test('each policy has its check, and a host of another policy gets its own', () => {
  const [off, on] = [{zerocopy: 'off'}, {zerocopy: 'on'}] as const;
  const hosts = [host('fw01', off), host('fw02', on), host('fw03', on)];
  const groups = policyGroups(hosts, host('any', off));
  expect(groups.map((group) => group.hosts)).toEqual([['fw02', 'fw03']]);
  const files = ansibleCollection(new Map(), {
    ...PARTS,
    canary: 1,
    batch: '25%',
    maxFailures: '0',
    checks: groups.map((group) => ({hosts: group.hosts, script: 'on'})),
  });
  expect(Object.fromEntries(files)).toEqual({
    'files/collect': 'collect',
    'files/check': 'all',
    'files/check-1': 'on',
    'files/checks.json': expect.stringContaining('"fw03": "check-1"') as string,
  });
});
