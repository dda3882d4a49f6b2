import {afterEach, describe, expect, test} from 'vitest';

import {afterFork, bufferMappings} from '../../src/lab/memory-map.js';
import {measuredMap} from '../../src/lab/release-tables.js';
import {SCENARIOS, SCENARIO_NAMES, defaultMix, requestHosts} from '../../src/lab/scenarios.js';

import type {PracticeRoot} from './practice-root.js';
import {machineOf, practiceRoot} from './practice-root.js';
import {someOf} from '../tools/sampled.js';

const roots: PracticeRoot[] = [];
const open = (...args: Parameters<typeof machineOf>): PracticeRoot => {
  const root = practiceRoot(machineOf(...args));
  roots.push(root);
  return root;
};
afterEach(() => {
  for (const root of roots.splice(0)) root.remove();
});

interface Sample {
  readonly matched: number;
  readonly dropped: number;
  readonly store: number;
  readonly hold: number;
}

/** So many looks at the only descriptor of a host. */
function samples(host: PracticeRoot, looks: number): readonly Sample[] {
  const script = Array.from({length: looks}, () => 'netstat -B --libxo json').join('\n');
  return host
    .sh(script)
    .out.trim()
    .split('\n')
    .map((line) => {
      const document = JSON.parse(line) as {
        'bpf-statistics': {'bpf-entry': readonly Record<string, number>[]};
      };
      const entry = document['bpf-statistics']['bpf-entry'][0] ?? {};
      return {
        matched: entry['filter-packets'] ?? -1,
        dropped: entry['dropped-packets'] ?? -1,
        store: entry['store-buffer-length'] ?? -1,
        hold: entry['hold-buffer-length'] ?? -1,
      };
    });
}

const pairs = (all: readonly Sample[]): readonly (readonly [Sample, Sample])[] =>
  all.slice(1).map((after, i) => [all[i]!, after]);

describe('between two looks (facts: fork-truth-table.md)', () => {
  test.each(['stalled-pflogd', 'tcpdump-casper-stalled', 'in-house-stalled'] as const)(
    '%s: packets arrive, the held buffer does not move, and nothing is dropped before both buffers are full',
    (scenario) => {
      for (const [before, after] of pairs(samples(open(scenario), 5))) {
        expect(after.matched).toBeGreaterThan(before.matched);
        expect(after.hold).toBe(before.hold);
        expect(after.hold).toBeGreaterThan(0);
        expect(after.store).toBeGreaterThan(before.store);
        expect(after.dropped).toBe(0);
      }
    },
  );

  test('a stalled capture drops once both buffers are full, and never stores more than a buffer', () => {
    const late = samples(open('in-house-stalled'), 40).at(-1)!;
    expect(late.dropped).toBeGreaterThan(0);
    expect(late.store).toBeLessThanOrEqual(64 * 4096);
  });

  test.each(['tcpdump-zerocopy', 'in-house-healthy', 'daemonized-healthy'] as const)(
    '%s: packets arrive and the buffers rotate',
    (scenario) => {
      for (const [before, after] of pairs(samples(open(scenario), 6))) {
        expect(after.matched).toBeGreaterThan(before.matched);
        expect(after.hold === 0 || after.hold !== before.hold).toBe(true);
      }
    },
  );

  test('healthy: nothing is held, and read(2) moves the file offset', () => {
    const host = open('healthy');
    expect(samples(host, 3).map((s) => s.hold)).toEqual([0, 0, 0]);
    const offset = (): number =>
      Number(/ 3365 .* 3 +(\d+) -   \/dev\/bpf/.exec(host.sh('procstat -f 3365').out)?.[1]);
    const before = offset();
    host.sh('netstat -B');
    expect(offset()).toBeGreaterThan(before);
  });

  test('stalled-pflogd-idle: nothing moves at all', () => {
    const all = samples(open('stalled-pflogd-idle'), 3);
    expect(new Set(all.map((s) => JSON.stringify(s))).size).toBe(1);
  });
});

describe('memory maps after a fork', () => {
  test('the fork model turns the buffers of tcpdump into what was measured on a stalled pflogd', () => {
    const shape = (name: string): string[] =>
      measuredMap('13.2', name)
        .filter((m) => m.resident === 128 && m.type === 'df')
        .map((m) => `${m.privateResident} ${m.references} ${m.flags}`);
    const modelled = (side: 'reader' | 'helper'): string[] =>
      afterFork(measuredMap('13.2', 'tcpdump-zerocopy'), side)
        .filter((m) => m.resident === 128 && m.type === 'df')
        .map((m) => `${m.privateResident} ${m.references} ${m.flags}`);

    expect(modelled('reader')).toEqual(shape('pflogd-stalled-running'));
    expect(modelled('helper')).toEqual(shape('pflogd-stalled-priv'));
  });

  test('every writable anonymous mapping is copy-on-write afterwards, on both releases', () => {
    for (const release of ['13.2', '15.1'] as const) {
      for (const m of afterFork(measuredMap(release, 'tcpdump-zerocopy'), 'reader')) {
        if (m.protection === 'rw-' && (m.type === 'df' || m.type === 'sw'))
          expect(m.flags).toMatch(/^C/);
      }
    }
  });

  test('a daemon that forked before it opened has its buffers without the flag', () => {
    const map = open('in-house-healthy').sh('procstat -v 2713').out;
    expect(map).toMatch(/rw- {2}192 {2}192 {3}1 {3}0 ----- sw $/m);
    expect(map).toMatch(/rw- .* C---- sw $/m);
  });

  test('buffers are apart on 13.2 and one mapping on 15.1', () => {
    expect(bufferMappings('df', 64, 0x1000n)).toHaveLength(2);
    expect(bufferMappings('sw', 64, 0x1000n)).toMatchObject([{resident: 128}]);
  });
});

describe('every scenario', () => {
  test.each(someOf(SCENARIO_NAMES, 3))('%s can be built in each release it names', (name) => {
    for (const release of SCENARIOS[name].releases) {
      const host = open(name, release);
      const said = host.sh('uname -r; hostname').out;
      expect(said).toContain(name === 'not-freebsd' ? 'amd64' : release);
    }
  });
});

describe('the default mix', () => {
  test('shows twelve different scenarios first, and is the same every time', () => {
    expect(new Set(defaultMix(12)).size).toBe(12);
    expect(defaultMix(300)).toEqual(defaultMix(300));
    expect(defaultMix(300).slice(0, 12)).toEqual(defaultMix(12));
  });

  test('is mostly well after that, and asks nobody for a password', () => {
    const rest = defaultMix(312).slice(12);
    expect(rest.filter((name) => name === 'healthy').length).toBe(150);
    expect(rest.every((name) => SCENARIOS[name].access?.authentication !== 'password')).toBe(true);
    expect(rest).not.toContain('sudo-password');
    expect(rest).toContain('in-house-stalled');
  });

  test('takes named scenarios in turn, and a release where the scenario has it', () => {
    expect(requestHosts(3, ['drift', 'opnsense'], '15.1')).toEqual([
      {name: 'fw01', scenario: 'drift', release: '15.1'},
      {name: 'fw02', scenario: 'opnsense', release: '15.1'},
      {name: 'fw03', scenario: 'drift', release: '15.1'},
    ]);
    expect(requestHosts(undefined, ['jail', 'cut'])).toHaveLength(2);
    expect(requestHosts(undefined, [])).toHaveLength(12);
    expect(requestHosts(100, [])[0]?.name).toBe('fw001');
  });
});
