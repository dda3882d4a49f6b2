import {expect, test} from 'vitest';

import {POLICY_KEYS} from '../../src/inventory/policy-shape.js';
import {serviceShape} from '../../src/inventory/service-shape.js';
import {mergeServices} from '../../src/knowledge/merge-services.js';
import type {Policy} from '../../src/model/policy.js';

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

/** A member of the model's type without a shape would be read by nobody, and does not compile. */
POLICY_KEYS satisfies Record<keyof Policy, unknown>;

test('a policy has the keys this version documents', () => {
  expect(Object.keys(POLICY_KEYS)).toEqual(
    expect.arrayContaining(['zerocopy', 'services', 'waivers']),
  );
});
