import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';

import ts from 'typescript';
import {onTestFinished} from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Makes a TypeScript file of a test, and what it imports from this repository, ready for a child
 * process, without a build: returns the path of the JavaScript, which is removed when the test
 * ends. No types are checked.
 */
export function compileForChild(entry: string): string {
  mkdirSync(join(ROOT, 'test/artifacts'), {recursive: true});
  // Inside the repository, so that node finds package.json and node_modules above it.
  const out = mkdtempSync(join(ROOT, 'test/artifacts/child-'));
  onTestFinished(() => {
    rmSync(out, {recursive: true, force: true});
  });
  const seen = new Set<string>();
  const compile = (source: string): void => {
    if (seen.has(source)) return;
    seen.add(source);
    const {outputText} = ts.transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    const target = join(out, relative(ROOT, source).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), {recursive: true});
    writeFileSync(target, outputText);
    for (const [, specifier = ''] of outputText.matchAll(/\bfrom\s+'(\.[^']+)\.js'/g))
      compile(resolve(dirname(source), `${specifier}.ts`));
  };
  compile(resolve(entry));
  return join(out, relative(ROOT, resolve(entry)).replace(/\.ts$/, '.js'));
}
