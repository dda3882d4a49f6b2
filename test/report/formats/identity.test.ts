import fc from 'fast-check';
import {v5} from 'uuid';
import {expect, test} from 'vitest';

import {uuidOf} from '../../../src/report/formats/identity.js';

test('ids are those of RFC 9562, version 5, as a library makes them', () => {
  const part = fc.oneof(fc.string({unit: 'binary'}), fc.integer());
  fc.assert(
    fc.property(fc.string(), fc.array(part, {maxLength: 3}), (kind, parts) => {
      expect(uuidOf(kind, ...parts)).toBe(
        v5(JSON.stringify([kind, ...parts]), '6f0b7c1e-2f0d-4c53-9c53-0f6f2b8a6d41'),
      );
    }),
  );
});
