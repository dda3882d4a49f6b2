import {expect, test, vi} from 'vitest';

import {loadSchema} from '../../src/io/package/schemas.js';
import {oncePer} from '../../src/text/once-per.js';

test.each([['a value', 1] as const, ['nothing', undefined] as const])(
  'of one schema %s is made once, however often it is loaded',
  (_, made) => {
    const make = vi.fn(() => made);
    const of = oncePer(make);
    for (const name of ['plan/plan', 'plan/plan', 'collect/evidence', 'plan/plan'])
      expect(of(loadSchema(name))).toBe(made);
    expect(make).toHaveBeenCalledTimes(2);
  },
);
