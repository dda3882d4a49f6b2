import {expect, test} from 'vitest';

import {POLICY_KEYS, waiverShape} from '../../src/inventory/policy-shape.js';
import {serviceShape} from '../../src/inventory/service-shape.js';
import {readWaivers} from '../../src/inventory/waiver-reader.js';
import {mergeServices} from '../../src/knowledge/merge-services.js';

/** The keys a reader names when it meets one it does not know. */
function keysNamedBy(
  complaints: readonly {readonly message: string; readonly fix: string}[],
): readonly string[] {
  const fix = complaints.find(({message}) => message.includes('unknown key'))?.fix ?? '';
  const list = /(?:Known keys: |Use only )(.*)\.$/.exec(fix)?.[1] ?? '';
  return list.split(', ').sort();
}

test('the file reader and the knowledge base know the same keys of a service', () => {
  const {complaints} = mergeServices([], [{id: 'a', command: 'a', pattern: 'none', nonsense: 1}]);

  expect(keysNamedBy(complaints)).toEqual(Object.keys(serviceShape.keys).sort());
});

test('the file reader and the waiver reader know the same keys of a waiver', () => {
  const {complaints} = readWaivers([{nonsense: 1}], {file: 'zbufctl.yaml', rules: []});

  expect(keysNamedBy(complaints)).toEqual(Object.keys(waiverShape.keys).sort());
});

test('a policy has the keys this version documents', () => {
  expect(Object.keys(POLICY_KEYS)).toEqual(
    expect.arrayContaining(['zerocopy', 'services', 'waivers']),
  );
});
