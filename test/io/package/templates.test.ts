import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {
  loadChangeTemplate,
  loadCollectTemplate,
  loadTemplate,
} from '../../../src/io/package/templates.js';

test('a template is the file in templates/, as it is', () => {
  expect(loadTemplate('probe.sh')).toBe(readFileSync('templates/probe.sh', 'utf8'));
});

test.each([
  ['collect', loadCollectTemplate()],
  ['change', loadChangeTemplate()],
])(
  'every part in templates/%s is joined once, the first with the header, the last calls main',
  (folder, text) => {
    const parts = readdirSync(`templates/${folder}`).map((name) =>
      readFileSync(`templates/${folder}/${name}`, 'utf8'),
    );
    for (const part of parts) expect(text.split(part)).toHaveLength(2);
    expect(text).toHaveLength(parts.join('\n').length);
    expect(text.startsWith(`#!/bin/sh\n#\n# ${folder}.sh `)).toBe(true);
    expect(text.endsWith('main "$@" </dev/null; exit\n')).toBe(true);
  },
);

test('a name that is no template is refused, above all a path', () => {
  for (const name of ['../package.json', 'lab/sh/os.sh', '/etc/passwd', 'probe', 'nothing-here.sh'])
    expect(() => loadTemplate(name)).toThrow();
});

test('templates are found from the compiled program, too, in whatever directory it is started', () => {
  const root = mkdtempSync(join(tmpdir(), 'zbufctl-package-'));
  try {
    cpSync('package.json', join(root, 'package.json'));
    cpSync('templates/collect', join(root, 'templates/collect'), {recursive: true});
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

    const program = `import {loadCollectTemplate} from '${join(root, 'dist/src/io/package/templates.js')}'; process.stdout.write(loadCollectTemplate());`;
    const {stdout} = spawnSync('node', ['--input-type=module', '-e', program], {
      cwd: '/',
      encoding: 'utf8',
    });

    expect(stdout).toBe(loadCollectTemplate());
  } finally {
    rmSync(root, {recursive: true, force: true});
  }
});
