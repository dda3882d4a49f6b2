import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import fc from 'fast-check';
import {afterAll, expect, test} from 'vitest';

import {predictRcConf} from '../../src/steps/edit-rc-conf.js';

const folder = mkdtempSync(join(tmpdir(), 'zbufctl-rc-'));
afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
});

/** What the real /bin/sh has in each variable after it read these files. */
function sourced(texts: readonly string[], variables: readonly string[]): readonly string[] {
  const files = texts.map((text, i) => {
    const path = join(folder, `rc.${i}`);
    writeFileSync(path, text);
    return path;
  });
  const show = variables.map((v) => `printf '%s\\0' "\${${v}-<unset>}"`).join('\n');
  const script = files.map((path) => `( . ${path}\n${show}\n) 2>/dev/null || printf 'bad\\0'`).join('\n');
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
  `text="first`,
  `last"`,
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
  const made = cases.flatMap(([text, v]) => {
    const result = predictRcConf(text, VARIABLE, v);
    return result.ok ? [{text, v, after: result.value}] : [];
  });
  expect(made.length).toBeGreaterThan(150);

  const seen = sourced(
    made.map((m) => m.after),
    [VARIABLE],
  );
  made.forEach((m, i) => {
    expect({text: m.text, sees: seen[i]}).toEqual({text: m.text, sees: m.v});
  });
});

test('a file of plain lines is never refused; nothing but one value, or a last line, is different', () => {
  fc.assert(
    fc.property(fileOf(own, other), value, (text, v) => {
      const result = predictRcConf(text, VARIABLE, v);
      expect(result.ok).toBe(true);
      if (!result.ok) return;
      const after = result.value;
      expect(predictRcConf(after, VARIABLE, v)).toEqual({ok: true, value: after});
      const [a, b] = [text.split('\n'), after.split('\n')];
      const last = a.findLastIndex((line) => new RegExp(`^\\s*${VARIABLE}=`).test(line));
      if (last === -1) {
        const gap = text === '' || text.endsWith('\n') ? '' : '\n';
        expect(after).toBe(`${text}${gap}${VARIABLE}="${v}"\n`);
        return;
      }
      expect(b).toHaveLength(a.length);
      a.forEach((line, i) => {
        if (i !== last) expect(b[i]).toBe(line);
      });
      const tailOf = (line: string): string => /(\s*;?\s*(\s#.*)?)$/.exec(line)?.[0] ?? '';
      expect(tailOf(b[last] ?? '').length).toBeGreaterThanOrEqual(0);
      expect((b[last] ?? '').split('=')[0]).toBe((a[last] ?? '').split('=')[0]);
    }),
    {numRuns: 400},
  );
});

test.each([['a"b'], ["it's"], ['`id`'], ['$(id)'], ['a\\b'], ['two\nlines'], ['\u001b[31m']])(
  'the value %j is refused',
  (bad) => {
    expect(predictRcConf('', VARIABLE, bad).ok).toBe(false);
  },
);

test('a value of more than 1000 characters is refused', () => {
  expect(predictRcConf('', VARIABLE, 'x'.repeat(1001)).ok).toBe(false);
});

test.each([
  ['its quotes', `${VARIABLE}='a' # why`, `${VARIABLE}='new' # why`],
  ['the last one', `${VARIABLE}=1\n${VARIABLE}="2"\n`, `${VARIABLE}=1\n${VARIABLE}="new"\n`],
  ['a bare word', `${VARIABLE}=NO\nz=1`, `${VARIABLE}="new"\nz=1`],
])('keeps %s', (_, before, after) => {
  expect(predictRcConf(before, VARIABLE, 'new')).toEqual({ok: true, value: after});
});

test.each([
  [`${VARIABLE}="a"b\n`],
  [`${VARIABLE}=1\nx=2; ${VARIABLE}=3\n`],
  [`t="\n${VARIABLE}=1\n"\n`],
  [`t="never closed\n`],
])('what sysrc would get wrong is refused: %j', (text) => {
  expect(predictRcConf(text, VARIABLE, 'new').ok).toBe(false);
});
