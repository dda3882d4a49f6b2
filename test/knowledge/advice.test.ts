import {expect, test} from 'vitest';

import {explain} from '../../src/app/explain.js';
import {RECOMMENDATIONS} from '../../src/knowledge/advice.js';
import {RELEASES} from '../../src/knowledge/releases.js';

import {SERVICES, service} from './sources.js';

const textOf = (word: string): string => {
  const found = explain(word, SERVICES);
  if (found.kind !== 'found') throw new Error(`${word} is not explained`);
  return found.text;
};

test.each(['net.bpf.zerocopy_enable', 'ZBUF-002'])(
  '%s names who recommends 1, and what to answer',
  (word) => {
    for (const {who, where} of RECOMMENDATIONS) {
      expect(textOf(word)).toContain(who);
      expect(textOf(word)).toContain(where);
    }
    expect(textOf(word)).toContain('What to answer');
  },
);

test.each(['releases', 'net.bpf.zerocopy_enable'])(
  '%s tells of every release how it is known',
  (word) => {
    for (const {name, affected, knownBy} of RELEASES)
      expect(textOf(word)).toMatch(new RegExp(`^${name} +${affected} +${knownBy}`, 'm'));
  },
);

test('what is not known has no mark, and what has one names its source', () => {
  for (const release of RELEASES) {
    expect([release.name, release.knownBy === '-']).toEqual([
      release.name,
      release.affected === 'not known',
    ]);
    if (release.knownBy !== '-') expect(release.source).not.toBe('-');
  }
});

test('the loggers of the appliances are known and safe; what was not read is never a pass', () => {
  expect(service('filterlog')).toMatchObject({pattern: 'fork-before-open', verified: true});
  expect(service('hostwatch')).toMatchObject({pattern: 'fork-before-open', verified: true});
  for (const id of ['eastpect', 'dhcprelya', 'ndp-proxy-go'])
    expect(service(id)).toMatchObject({pattern: 'unverified', verified: false});
  for (const known of SERVICES.filter((s) => s.verified))
    expect(known.evidence.length).toBeGreaterThan(0);
});

test('variables of a pflog instance follow its device', () => {
  expect(
    service('pflogd')
      .variants.map((v) => v.when)
      .join('\n'),
  ).toContain('<device>_flags');
});
