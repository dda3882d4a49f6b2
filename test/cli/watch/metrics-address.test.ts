import {expect, test} from 'vitest';

import {metricsAddress} from '../../../src/cli/watch/metrics-address.js';
import {parseDuration} from '../../../src/text/duration.js';

test.each([
  ['9742', '127.0.0.1', 9742],
  ['127.0.0.1:0', '127.0.0.1', 0],
  ['127.8.0.9:9742', '127.8.0.9', 9742],
  ['localhost:9742', '127.0.0.1', 9742],
  ['[::1]:9742', '::1', 9742],
])('--metrics %s', (text, host, port) => {
  expect(metricsAddress(text)).toEqual({host, port});
});

test.each(['0.0.0.0:9742', '[::]:9742', '192.0.2.9:80', 'example.net:80', ':80', '::1:80'])(
  '--metrics %s is refused: not a loopback address',
  (text) => {
    expect(() => metricsAddress(text)).toThrow(/loopback|not an address/);
  },
);

test.each(['', 'x', '70000', '127.0.0.1', '127.0.0.1:', '-1'])(
  '--metrics "%s" is refused: no port',
  (text) => {
    expect(() => metricsAddress(text)).toThrow('is not an address and a port');
  },
);

test.each([
  ['90s', 90],
  ['10m', 600],
  ['8h', 28_800],
  ['2d', 172_800],
  ['0s', undefined],
  ['10', undefined],
  ['m', undefined],
  ['1h30m', undefined],
])('a time of %s', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});
