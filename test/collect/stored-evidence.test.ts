import {expect, test} from 'vitest';

import {readEvidence} from '../../src/collect/stored-evidence.js';
import {loadSchema} from '../../src/io/package/schemas.js';
import {makeEvidence} from '../world.js';

const about = {name: 'fw01', readAt: '2026-11-24T08:15:00Z'};
const holding = (object: object): Buffer =>
  Buffer.from(
    JSON.stringify({
      ...makeEvidence(),
      modes: {
        state: 'read',
        value: {
          objects: [object],
          setId: [],
          narrow: [],
          veriexec: {state: 'absent'},
          mounts: [],
        },
      },
    }),
  );

test('a stored document does not say which objects are ours: that is decided when it is judged', () => {
  const object = {path: '/usr/local/lib/x.so', sha256: {state: 'read', value: 'aa'}};
  const schema = loadSchema('collect/evidence');
  expect(readEvidence(holding(object), about, schema)).toMatchObject({ok: true});
  expect(readEvidence(holding({...object, ours: 'private'}), about, schema)).toMatchObject({
    ok: false,
    error: {message: expect.stringMatching(/breaks the schema at \/modes/) as string},
  });
});
