import {describe, expect, test} from 'vitest';

import {parsePacketTest} from '../../src/collect/packet-test.js';

const HEAD = '|  Pid  Netif  Flags      Recv      Drop     Match Sblen Hblen Command';
const row = (count: number): string =>
  `|  900 pflog0 p--s--- ${String(count).padStart(9)}         0 ${count}     0     0 pflogd`;
const answer = (sent = ' pflog0'): string =>
  ['packets 1', `sent${sent}`, HEAD, row(5), 'again', HEAD, row(6), 'end', ''].join('\n');

test('both looks, and where a packet was sent', () => {
  const looks = parsePacketTest(Buffer.from(answer()));
  expect(looks).toMatchObject({
    ok: true,
    value: {before: [{matched: 5}], after: [{matched: 6}], sent: ['pflog0']},
  });
  expect(parsePacketTest(Buffer.from(answer(' -')))).toMatchObject({value: {sent: []}});
});

describe('anything odd is no answer', () => {
  test('cut anywhere', () => {
    const whole = answer();
    for (let length = 0; length < whole.length - 1; length += 1)
      expect(parsePacketTest(Buffer.from(whole.slice(0, length))).ok, `${length} bytes`).toBe(
        false,
      );
  });

  test.each([
    ['an interface nobody asked for', answer(' em0')],
    ['a line that is not netstat', answer().replace('again', 'hello\nagain')],
    ['a row that is none', answer().replace('p--s---', 'p--s--- x')],
    ['the order', answer().replace('packets 1', 'again\npackets 1')],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(parsePacketTest(Buffer.from(text)).ok).toBe(false);
  });
});
