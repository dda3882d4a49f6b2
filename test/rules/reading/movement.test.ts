import {expect, test} from 'vitest';

import type {Descriptor} from '../../../src/model/evidence.js';
import {movement} from '../../../src/rules/reading/movement.js';

const descriptor = (
  matched: number,
  storeLength: number,
  holdLength: number,
  dropped = 0,
): Descriptor => ({
  pid: 1,
  interfaceName: 'em0',
  command: 'x',
  received: matched,
  matched,
  dropped,
  storeLength,
  holdLength,
  promiscuous: false,
  locked: false,
});

test.each([
  ['nothing is held: empty', descriptor(80, 0, 0), descriptor(160, 40, 0), 'empty'],
  ['the held buffer changed: moving', descriptor(80, 10, 3116), descriptor(90, 10, 3200), 'moving'],
  ['the store was emptied: moving', descriptor(80, 400, 3116), descriptor(90, 20, 3116), 'moving'],
  [
    'packets arrive, hold stays, store grows: frozen',
    descriptor(240, 24316, 12156),
    descriptor(250, 25000, 12156),
    'frozen',
  ],
  [
    'both full, drops rise: frozen',
    descriptor(900, 524000, 524000, 5),
    descriptor(950, 524000, 524000, 55),
    'frozen',
  ],
  [
    'no packets, both buffers lie there: stuck',
    descriptor(240, 24316, 12156),
    descriptor(240, 24316, 12156),
    'stuck',
  ],
  [
    'no packets, one buffer out: resting',
    descriptor(120, 0, 3116),
    descriptor(120, 0, 3116),
    'resting',
  ],
  [
    'no packets, but a rotation happened: moving',
    descriptor(120, 300, 0),
    descriptor(120, 0, 300),
    'moving',
  ],
])('%s', (_title, before, after, expected) => {
  expect(movement({before, after})).toBe(expected);
});
