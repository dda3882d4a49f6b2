import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {keptHosts, waiversOfKept} from '../../../src/cli/audit/kept-hosts.js';
import type {Host, Inventory} from '../../../src/model/host.js';
import {canonicalJson} from '../../../src/text/canonical-json.js';
import {tempDir} from '../../io/store/temp-dir.js';
import {makeEvidence} from '../../world.js';

const waiver = (ticket: string) => ({
  rule: 'ZBUF-005',
  hosts: ['*'],
  reason: 'r',
  approver: 'a',
  ticket,
  start: '2026-01-01',
  expiry: '2027-01-01',
});

const hostOf = (name: string, ...tickets: readonly string[]): Host => ({
  name,
  address: name,
  groups: ['all'],
  become: 'none',
  identityFiles: [],
  knownHosts: [],
  policy: tickets.length === 0 ? {} : {waivers: tickets.map(waiver)},
  origin: {file: 'zbufctl.yaml', line: 1},
});

const inventoryOf = (...hosts: readonly Host[]): Inventory => ({hosts}) as unknown as Inventory;

const fileOf = (...hosts: readonly string[]): string => {
  const file = join(tempDir(), 'fleet.ndjson');
  writeFileSync(file, hosts.map((host) => `${canonicalJson(makeEvidence({host}))}\n`).join(''));
  return file;
};

test.each([
  // Of a host that is not judged, a waiver covers nothing here, whomever it names.
  ['one host of two', ['a'], [], ['A']],
  ['both', ['a', 'b'], [], ['A', 'B']],
  ['both there, one named', ['a', 'b'], ['b'], ['B']],
  ['a host nobody knows', ['c'], [], []],
])('waivers count of the hosts that are judged: %s', async (_, there, named, expected) => {
  const inventory = inventoryOf(hostOf('a', 'A'), hostOf('b', 'B'));
  const found = await waiversOfKept([fileOf(...there)], keptHosts(named, inventory), inventory);
  expect(found.map(({ticket}) => ticket)).toEqual(expected);
});

test('nothing is read for it where all hosts have the same; a pipe cannot be read twice', async () => {
  const none = inventoryOf(hostOf('a'), hostOf('b'));
  expect(await waiversOfKept(['/dev/null/no'], keptHosts([], none), none)).toEqual([]);
  const two = inventoryOf(hostOf('a', 'A'), hostOf('b', 'B'));
  await expect(waiversOfKept(['/dev/null'], keptHosts([], two), two)).rejects.toThrow(
    '/dev/null can be read only once',
  );
});
