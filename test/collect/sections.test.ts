import {expect, test} from 'vitest';

import {SECTIONS} from '../../src/collect/sections.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';

test('every section that is parsed is one the collector prints', () => {
  const words = new Set(
    loadCollectTemplate()
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#'))
      .flatMap((line) => line.split(/[^\w-]+/)),
  );
  expect(Object.keys(SECTIONS).filter((name) => !words.has(name))).toEqual([]);
});
