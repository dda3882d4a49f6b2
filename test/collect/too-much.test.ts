import {expect, test} from 'vitest';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {LIMITS} from '../../src/collect/limits.js';

const META = {host: 'fw', address: 'fw', collectedAt: '2026-11-24T08:15:00.000Z'};
const MAP = '  PID              START                END PRT    RES   PRES REF SHD FLAG  TP PATH';

function answer(sections: readonly (readonly [string, readonly string[]])[]): Buffer {
  const text = sections.map(
    ([name, lines]) => `@ ${name}\n${lines.map((l) => `|${l}\n`).join('')}= 0\n`,
  );
  return Buffer.from(`zbufctl-evidence 1\n${text.join('')}end ${sections.length}\n`);
}

// Every text is looked through for secrets in the one thread that confirms all hosts.
test.each<[string, string, number, number]>([
  ['long values', 'rc /etc/rc.conf 9', 40, LIMITS.freeText / 40],
  ['many short lines', 'config /etc/sysctl.conf 9', LIMITS.freeLines, 1],
])(
  '%s: what is more than can be looked through in time is refused, and not what is less',
  (_, name, lines, length) => {
    const of = (count: number): Buffer =>
      answer([[name, Array.from({length: count}, () => 'x'.repeat(length))]]);

    expect(parseCollectorOutput(of(lines), META).ok).toBe(true);
    expect(parseCollectorOutput(of(lines + 1), META)).toMatchObject({
      ok: false,
      error: {kind: 'flooded'},
    });
  },
);

test('mappings beyond the limit cost the maps that come last', () => {
  const of = (pid: number): readonly [string, readonly string[]] => [
    `map ${pid}`,
    [
      MAP,
      ...Array.from({length: 999}, (_, i) => `${pid} 0x${i}000 0x${i}800 rw- 1 1 1 0 CN--- sw `),
    ],
  ];
  const count = LIMITS.allMappings / 1000 + 1;
  const parsed = parseCollectorOutput(
    answer([['uid', ['0']], ...Array.from({length: count}, (_, i) => of(100 + i))]),
    META,
  );
  if (!parsed.ok) throw new Error(parsed.error.message);
  const states = Object.values(parsed.value.memoryMaps).map(({state}) => state);

  expect(states).toEqual([...Array.from({length: count - 1}, () => 'read'), 'unreadable']);
});
