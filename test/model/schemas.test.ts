import {expect, test} from 'vitest';

import {Comparison, modelOf, typeNamed} from './type-of-schema.js';

/** What stands is critical or high; the model has the type of all findings. */
const graveOnly = (path: string): readonly string[] =>
  ['medium', 'low', 'info'].map(
    (word) => `${path}.standing[].severity: the word ${word} in the model only`,
  );

/**
 * What each published schema describes: a definition of it, and the type of the model that says the
 * same.
 */
const DOCUMENTS: readonly {
  readonly schema: string;
  readonly at?: string;
  readonly file: string;
  readonly type: string;
  /** Where they differ on purpose, and why. */
  readonly but?: readonly string[];
}[] = [
  {
    schema: 'collect/evidence',
    file: 'src/model/evidence.ts',
    type: 'Evidence',
    but: [
      // Put in when it is judged.
      '.modes.value.objects[]: the member ours in the model only',
    ],
  },
  {schema: 'plan/plan', file: 'src/model/plan.ts', type: 'Plan', but: graveOnly('.hosts[]')},
  {schema: 'report/audit-run', file: 'src/model/audit-run.ts', type: 'AuditRun'},
  {
    schema: 'report/apply-run',
    file: 'src/model/apply-run.ts',
    type: 'ApplyRun',
    but: graveOnly('.hosts[]'),
  },
  {schema: 'report/doctor', file: 'src/model/check.ts', type: 'DoctorReport'},
  {schema: 'report/report', at: '/$defs/report', file: 'src/model/report.ts', type: 'Report'},
  {
    schema: 'report/runs',
    at: '/$defs/pruneRecord',
    file: 'src/model/prune.ts',
    type: 'PruneRecord',
  },
  {schema: 'report/runs', at: '/$defs/chain', file: 'src/model/stored-run.ts', type: 'RunChain'},
  {schema: 'report/runs', at: '/$defs/diff', file: 'src/report/runs/run-diff.ts', type: 'RunDiff'},
  {schema: 'probe/probe', file: 'src/model/probe.ts', type: 'ProbeRun'},
  {
    schema: 'probe/probe',
    at: '/$defs/nativeReport',
    file: 'src/model/probe.ts',
    type: 'NativeReport',
  },
];

const program = modelOf(DOCUMENTS.map(({file}) => file));

test.each(DOCUMENTS)('$schema says what $type does', ({schema, at = '', file, type, but = []}) => {
  const comparison = new Comparison(program, `src/${schema}.schema.json`);
  expect(comparison.complaints(typeNamed(program, file, type), at)).toEqual(but);
});

test('the comparison notices members, words and demands that only one of them has', () => {
  const comparison = new Comparison(program, 'src/report/runs.schema.json');
  const complaints = comparison.complaints(
    typeNamed(program, 'src/model/prune.ts', 'PruneRecord'),
    '/$defs/chain',
  );
  expect(complaints).toContain(': the member retention in the model only');
  expect(complaints).toContain(': the member links in the schema only');
  expect(complaints).toContain('.schema: the word zbufctl.prune/1 in the model only');
  expect(complaints).not.toContain(': the member run in the model only');
});
