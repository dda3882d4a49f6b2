import {expect, test} from 'vitest';

import {hostsOf} from './read.js';

const HOSTS = 10_000;
const lines = (line: (i: number) => string): string =>
  Array.from({length: HOSTS}, (_, i) => line(i)).join('');
const address = (i: number): string => `10.0.${Math.floor(i / 256)}.${i % 256}`;

/** Processor time in milliseconds, which other programs on the machine do not lengthen much. */
function spent(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
}

// On an idle machine each takes a fraction of its budget; what would break it is something
// quadratic.
test.each([
  ['a range', 'zbufctl.yaml', 'hosts: ["fw[00001-10000].example.net"]\n', 1000],
  ['names', 'zbufctl.yaml', `hosts:\n${lines((i) => `  - fw${i}.example.net\n`)}`, 2000],
  [
    'mappings',
    'zbufctl.yaml',
    `hosts:\n${lines((i) => `  - {name: fw${i}, address: ${address(i)}, port: 22}\n`)}`,
    6000,
  ],
  [
    'a thousand groups, forty deep',
    'zbufctl.yaml',
    `groups:\n${Array.from({length: 1000}, (_, i) => `  g${i}: {hosts: ["h${i}[0-9]"], children: [${i % 40 < 39 && i < 999 ? `g${i + 1}` : ''}]}\n`).join('')}`,
    2000,
  ],
  [
    'an Ansible inventory',
    'hosts.ini',
    `[edge]\n${lines((i) => `fw${i} ansible_host=${address(i)}\n`)}`,
    1000,
  ],
  ['a list', 'fleet.txt', lines((i) => `root@${address(i)}:22\n`), 1000],
])('ten thousand hosts written as %s are read in little time', (_what, name, text, budget) => {
  let count = 0;
  let best = Infinity;

  // A busy machine may spoil one run, not each of three.
  for (let run = 0; run < 3 && best > budget; run++) {
    const milliseconds = spent(() => {
      count = hostsOf(text, name).length;
    });
    best = Math.min(best, milliseconds);
  }

  expect(count).toBe(HOSTS);
  expect(best).toBeLessThan(budget);
});
