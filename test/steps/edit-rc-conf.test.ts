import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import fc from 'fast-check';
import {afterAll, expect, test} from 'vitest';

import {literal} from '../../src/collect/facts/rc-files.js';
import type {RcLines} from '../../src/model/step.js';
import type {RcFileSeen} from '../../src/steps/edit-rc-conf.js';
import {predictRcEdit} from '../../src/steps/edit-rc-conf.js';
import {rcValueProblem} from '../../src/freebsd/rc-value.js';
import {machineOf, practiceRoot} from '../lab/practice-root.js';
import {often} from '../tools/sampled.js';

/** What the collector brings of a file. */
function seen(text: string): RcFileSeen {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const assignments = lines.flatMap((line, i) => {
    const [, name, value] = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{line: i + 1, name, ...literal(value), text: line}];
  });
  return {
    assignments,
    lines: lines.length,
    ...(text !== '' && !text.endsWith('\n') && {unended: true as const}),
  };
}

/** The whole file once the predicted difference is made. */
function withEdit(text: string, edit: RcLines): string {
  const lines = (text === '' || text.endsWith('\n') ? text : `${text}\n`).split('\n').slice(0, -1);
  expect(lines.slice(edit.at - 1, edit.at - 1 + edit.before.length)).toEqual(edit.before);
  lines.splice(edit.at - 1, edit.before.length, ...edit.after);
  return `${lines.join('\n')}\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'zbufctl-rc-'));
const host = practiceRoot(machineOf('healthy'));
afterAll(() => {
  host.remove();
  rmSync(folder, {recursive: true, force: true});
});

function edits(at: number, before: string, after: string): RcLines {
  return {at, before: [before], after: [after]};
}

/** What the real /bin/sh has in each variable after it read these files. */
function sourced(texts: readonly string[], variables: readonly string[]): readonly string[] {
  const files = texts.map((text, i) => {
    const path = join(folder, `rc.${i}`);
    writeFileSync(path, text);
    return path;
  });
  const show = variables.map((v) => `printf '%s\\0' "\${${v}-<unset>}"`).join('\n');
  const script = files
    .map((path) => `( . ${path}\n${show}\n) 2>/dev/null || printf 'bad\\0'`)
    .join('\n');
  const out = execFileSync('/bin/sh', ['-c', script], {encoding: 'utf8'});
  return out.split('\0').slice(0, -1);
}

const VARIABLE = 'pflog_flags';
const word = fc.constantFrom('', 'YES', 'NO', '-s 256', 'x', '-f /var/log/a.b', 'a#b');
const quoted = fc.tuple(fc.constantFrom('"', "'"), word).map(([q, w]) => q + w + q);
const bare = fc.constantFrom('', 'YES', 'x', '-s');
const tail = fc.constantFrom('', ' ', ' # why="x"', ';', " ; # it's so", "\t# don't");
const own = fc
  .tuple(fc.constantFrom('', ' ', '\t'), fc.oneof(quoted, bare), tail)
  .map(([indent, value, end]) => `${indent}${VARIABLE}=${value}${end}`);
const odd = fc.constantFrom(
  `${VARIABLE}="a"b`,
  `${VARIABLE}=$x`,
  `a=1; ${VARIABLE}=2`,
  `export ${VARIABLE}="e"`,
  `${VARIABLE}=a;b=2`,
  `b=1 \\`,
);
const other = fc.constantFrom(
  '',
  '# comment',
  'pf_enable="YES"',
  `#${VARIABLE}="x"`,
  'x_pflog_flags=1',
  "b='q'",
  'c=d;',
);
const fileOf = (...kinds: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.oneof(...kinds), {maxLength: 7}), fc.boolean())
    .map(([lines, last]) => lines.join('\n') + (last && lines.length > 0 ? '\n' : ''));
const value = fc.oneof(word, fc.stringMatching(/^[-A-Za-z0-9 ./:,=#;&|<>(){}*?!~%@[\]^_+]{0,12}$/));

test('sh reads the wanted value afterwards, from every file the prediction does not refuse', () => {
  const cases = fc.sample(fc.tuple(fileOf(own, other, odd), value), {numRuns: 400, seed: 7});
  const texts = cases.map(([text]) => text);
  const before = sourced(texts, [VARIABLE]);
  const made = cases.flatMap(([text, v], i) => {
    const last = seen(text).assignments.findLast(({name}) => name === VARIABLE);
    // A plan goes on only where the last line for the variable is what sh makes of the whole file.
    if (last?.literal === false || before[i] !== (last?.value ?? '<unset>')) return [];
    const edit = predictRcEdit(seen(text), VARIABLE, v);
    return edit.ok && edit.value !== undefined
      ? [{text, v, after: withEdit(text, edit.value)}]
      : [];
  });
  expect(made.length).toBeGreaterThan(150);

  const after = sourced(
    made.map((m) => m.after),
    [VARIABLE],
  );
  made.forEach((m, i) => {
    expect({text: m.text, sees: after[i]}).toEqual({text: m.text, sees: m.v});
  });
});

test('a file of plain lines is never refused, and only its last line for the variable changes', () => {
  fc.assert(
    fc.property(fileOf(own, other), value, (text, v) => {
      const edit = predictRcEdit(seen(text), VARIABLE, v);
      if (!edit.ok || edit.value === undefined) throw new Error('refused');
      const {before, after} = edit.value;
      const again = predictRcEdit(seen(withEdit(text, edit.value)), VARIABLE, v);
      expect(again).toMatchObject({
        ok: true,
        value: {before: [after.at(-1)], after: [after.at(-1)]},
      });
      if (before.length === after.length) {
        expect(after[0]?.split('=')[0]).toBe(before[0]?.split('=')[0]);
      } else expect(after).toEqual([...before, `${VARIABLE}="${v}"`]);
    }),
    {numRuns: often(400)},
  );
});

const CRLF = 'pf_enable="YES"\r\npflog_flags="-s 116"\r\n';

test.each<[what: string, before: string, lines: RcLines]>([
  [
    'its quotes',
    "a=1\npflog_flags='a' # why\n",
    edits(2, "pflog_flags='a' # why", "pflog_flags='new' # why"),
  ],
  [
    'the last one',
    'pflog_flags=1\npflog_flags="2"\n',
    edits(2, 'pflog_flags="2"', 'pflog_flags="new"'),
  ],
  ['a bare word', 'pflog_flags=NO\nz=1\n', edits(1, 'pflog_flags=NO', 'pflog_flags="new"')],
  [
    'a bare word and a semicolon',
    'pflog_flags=NO;\n',
    edits(1, 'pflog_flags=NO;', 'pflog_flags="new"'),
  ],
  [
    'what is exported',
    "  export pflog_flags='a'\n",
    {at: 2, before: [], after: ['pflog_flags="new"']},
  ],
  [
    'what is exported, without a newline at the end',
    "a=1\n  export pflog_flags='a'",
    {
      at: 2,
      before: ["  export pflog_flags='a'"],
      after: ["  export pflog_flags='a'", 'pflog_flags="new"'],
      unended: 'before',
    },
  ],
  [
    'no newline at the end',
    '\tpflog_flags="a"',
    {...edits(1, '\tpflog_flags="a"', '\tpflog_flags="new"'), unended: 'before'},
  ],
  [
    'a last line that was not collected',
    'a=1\n# x',
    {at: 3, before: [], after: ['pflog_flags="new"']},
  ],
  ['nothing', '', {at: 1, before: [], after: ['pflog_flags="new"']}],
])('the difference shows %s as it is, and is what the practice sysrc makes', (_, before, lines) => {
  expect(predictRcEdit(seen(before), VARIABLE, 'new')).toEqual({ok: true, value: lines});
  // The host ends the last line before sysrc gets the file.
  writeFileSync(
    join(host.root, 'etc/rc.test'),
    before === '' || before.endsWith('\n') ? before : `${before}\n`,
  );
  expect(host.sh('sysrc -f "$ZBUFCTL_ROOT/etc/rc.test" pflog_flags=new').code).toBe(0);
  expect(readFileSync(join(host.root, 'etc/rc.test'), 'utf8')).toBe(withEdit(before, lines));
});

test('a carriage return is part of the value, for the collector and for the practice sysrc', () => {
  expect(seen(CRLF).assignments.map((a) => a.value)).toEqual(['YES\r', '-s 116\r']);
  writeFileSync(join(host.root, 'etc/rc.test'), CRLF);
  expect(host.sh('sysrc -f "$ZBUFCTL_ROOT/etc/rc.test" -n pf_enable').out).toBe('YES\r\n');
  // It keeps it, so no plan sets such a line.
  host.sh('sysrc -f "$ZBUFCTL_ROOT/etc/rc.test" pflog_flags=new');
  expect(host.sh('sysrc -f "$ZBUFCTL_ROOT/etc/rc.test" -n pflog_flags').out).toBe('new\r\n');
});

test.each([
  [`${VARIABLE}="a"b\n`],
  [`${VARIABLE}=1\nexport ${VARIABLE}=3\n`],
  [`${VARIABLE}=$x\n`],
])('what sysrc would get wrong is refused: %j', (text) => {
  expect(predictRcEdit(seen(text), VARIABLE, 'new').ok).toBe(false);
});

test('without the lines there is no difference, and a change all the same', () => {
  const {assignments} = seen('pflog_flags="a"\n');
  const old = assignments.map(({text: _, ...a}) => a);
  expect(predictRcEdit({assignments: old}, VARIABLE, 'new')).toEqual({ok: true, value: undefined});
});

test.each([['a"b'], ["it's"], ['`id`'], ['$(id)'], ['a\\b'], ['two\nlines'], ['\u001b[31m']])(
  'the value %j is refused',
  (bad) => {
    expect(rcValueProblem(bad)).toBeDefined();
  },
);

test('a value of more than 1000 characters is refused', () => {
  expect(rcValueProblem('x'.repeat(1001))).toContain('longer');
});
