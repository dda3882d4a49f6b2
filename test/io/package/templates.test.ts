import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {loadTemplate} from '../../../src/io/package/templates.js';

test('a template is the file in templates/, as it is', () => {
  expect(loadTemplate('collect.sh')).toBe(readFileSync('templates/collect.sh', 'utf8'));
});

test('a name that is no template is refused, above all a path', () => {
  for (const name of ['../package.json', 'lab/sh/os.sh', '/etc/passwd', 'collect', 'nothing-here.sh'])
    expect(() => loadTemplate(name)).toThrow();
});

test('templates are found from the compiled program, too, in whatever directory it is started', () => {
  const root = mkdtempSync(join(tmpdir(), 'zbufctl-package-'));
  try {
    cpSync('package.json', join(root, 'package.json'));
    cpSync('templates/collect.sh', join(root, 'templates/collect.sh'));
    mkdirSync(join(root, 'dist/src'), {recursive: true});
    const compile = [
      '--ignoreConfig',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--skipLibCheck',
      '--types',
      'node',
    ];
    const compiled = spawnSync(
      'node',
      [
        'node_modules/typescript/bin/tsc',
        ...compile,
        '--rootDir',
        '.',
        '--outDir',
        join(root, 'dist'),
        'src/io/package/templates.ts',
      ],
      {encoding: 'utf8'},
    );
    expect(compiled.stdout).toBe('');

    const program = `import {loadTemplate} from '${join(root, 'dist/src/io/package/templates.js')}'; process.stdout.write(loadTemplate('collect.sh'));`;
    const {stdout} = spawnSync('node', ['--input-type=module', '-e', program], {cwd: '/', encoding: 'utf8'});

    expect(stdout).toBe(readFileSync('templates/collect.sh', 'utf8'));
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
});
