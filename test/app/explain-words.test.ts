import {expect, test} from 'vitest';

import {explain} from '../../src/app/explain.js';
import {FORK_PATTERNS, OTHER_SIDES} from '../../src/knowledge/phrases.js';
import {HOST_RESULTS} from '../../src/model/apply-run.js';
import {FAILURE_KINDS} from '../../src/model/failure.js';
import {POSTURES, VERDICTS} from '../../src/model/finding.js';
import {MODES} from '../../src/model/mode.js';
import {PLANNED_STATES} from '../../src/model/plan.js';
import {STEP_KINDS} from '../../src/model/step.js';
import {RULES} from '../../src/rules/index.js';
import {WAIVER_RULES} from '../../src/rules/waivers.js';

test.each([
  ...POSTURES,
  ...VERDICTS,
  ...FAILURE_KINDS,
  ...PLANNED_STATES,
  ...HOST_RESULTS,
  ...STEP_KINDS,
  ...FORK_PATTERNS,
  ...OTHER_SIDES,
  ...[...RULES, ...WAIVER_RULES].flatMap(({id, slug}) => [id, slug]),
  ...MODES,
  ...['postures', 'failures', 'results', 'steps', 'fork-patterns', 'modes', 'PR-163370'],
])('explain knows %s', (word) => {
  if (word === 'none') return; // a word of everyday language
  const found = explain(word, []);
  expect(found.kind).toBe('found');
  if (found.kind === 'found') expect(found.text.trim().length).toBeGreaterThan(word.length + 10);
});

test('a word nobody prints is told what it may have meant', () => {
  expect(explain('brocken', [])).toEqual({
    kind: 'not-found',
    near: expect.arrayContaining(['broken']) as string[],
  });
});
