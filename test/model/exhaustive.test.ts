import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';

import ts from 'typescript';
import {expect, test} from 'vitest';

/**
 * A word more in one of the lists, and where the work is then not finished. One compilation has
 * them all, so that this costs one; each word must be missed in files of its own. What a host
 * refuses with is compared with its script instead (test/change/unknown-kind.test.ts).
 */
const ADDED: readonly {
  readonly word: string;
  readonly file: string;
  /** What stands there, and what instead. */
  readonly from: string;
  readonly to: string;
  /** Some of the files that must complain. */
  readonly missed: readonly string[];
}[] = [
  {
    word: 'a step',
    file: 'src/model/step.ts',
    from: 'export type Step =\n',
    to: "export interface MadeUp {readonly kind: 'made-up-step'}\nexport type Step = MadeUp |\n",
    missed: [
      'src/text/describe-step.ts',
      'src/text/describe-doing.ts',
      'src/steps/change-steps.ts',
      'src/report/compliance/changes.ts',
      'src/plan/host-outcome.ts',
    ],
  },
  {
    word: 'a kind of step',
    file: 'src/model/step.ts',
    from: 'export const STEP_KINDS = [',
    to: "export const STEP_KINDS = [\n  'made-up-kind',",
    missed: ['src/model/step.ts'],
  },
  {
    word: 'an outcome',
    file: 'src/model/step.ts',
    from: 'export const OUTCOMES = [',
    to: "export const OUTCOMES = [\n  'made-up-outcome',",
    missed: ['src/report/apply/apply-table.ts'],
  },
  {
    word: 'a result of a host',
    file: 'src/model/apply-run.ts',
    from: 'export const HOST_RESULTS = [',
    to: "export const HOST_RESULTS = [\n  'made-up-result',",
    missed: ['src/cli/change/exit-code-of-apply.ts', 'src/cli/change/fleet-troubles.ts'],
  },
  {
    word: 'a failure',
    file: 'src/model/failure.ts',
    from: 'export const FAILURE_KINDS = [',
    to: "export const FAILURE_KINDS = [\n  'made-up-failure',",
    missed: ['src/app/audit.ts'],
  },
  {
    word: 'a severity',
    file: 'src/model/finding.ts',
    from: 'export const SEVERITIES = [',
    to: "export const SEVERITIES = ['made-up-severity', ",
    missed: [
      'src/model/finding.ts',
      'src/report/terminal/paint.ts',
      'src/report/formats/sarif.ts',
      'src/report/formats/hdf.ts',
    ],
  },
  {
    word: 'a way to become root',
    file: 'src/model/host.ts',
    from: 'export const BECOME = [',
    to: "export const BECOME = ['made-up-become', ",
    missed: ['src/app/init.ts', 'src/io/ssh/run/elevation.ts'],
  },
  {
    word: 'a format',
    file: 'src/report/format-names.ts',
    from: 'export const RUN_FORMATS = [',
    to: "export const RUN_FORMATS = ['made-up-format', ",
    missed: ['src/report/renderers.ts'],
  },
  {
    word: 'a format of reports',
    file: 'src/report/format-names.ts',
    from: 'export const REPORT_ONLY_FORMATS = [',
    to: "export const REPORT_ONLY_FORMATS = ['made-up-report-format', ",
    missed: ['src/report/report-renderers.ts'],
  },
];

/** What the compiler has to say of the files, with those texts in place of some of them. */
function complaints(
  files: readonly string[],
  changed: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const config = ts.getParsedCommandLineOfConfigFile(
    'tsconfig.json',
    {noEmit: true, incremental: false},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  if (config === undefined) throw new Error('no tsconfig.json');
  const {tsBuildInfoFile: _, ...options} = config.options;
  const host = ts.createCompilerHost(options);
  const read = host.readFile.bind(host);
  host.readFile = (name) => changed.get(resolve(name)) ?? read(name);
  const program = ts.createProgram([...files], options, host);
  const said = (name: string): string =>
    program
      .getSemanticDiagnostics(program.getSourceFile(name))
      .map(({messageText}) => ts.flattenDiagnosticMessageText(messageText, '\n'))
      .join('\n');
  return new Map(files.map((name) => [name, said(name)]));
}

test('a word more in any list does not compile until the work is finished', () => {
  const changed = new Map<string, string>();
  for (const {word, file, from, to} of ADDED) {
    const text = changed.get(resolve(file)) ?? readFileSync(file, 'utf8');
    expect(text.split(from), word).toHaveLength(2);
    changed.set(resolve(file), text.replace(from, to));
  }
  const files = [...new Set(ADDED.flatMap(({missed}) => missed))];
  const said = complaints(files, changed);
  for (const {word, missed, to} of ADDED) {
    const name = /MadeUp|made-up[a-z-]*/.exec(to)?.[0] ?? '';
    const it = new RegExp(name === 'MadeUp' ? 'MadeUp|made-up-step' : `"${name}"|'${name}'`);
    for (const file of missed) expect(said.get(file) ?? '', `${word} in ${file}`).toMatch(it);
  }
});
