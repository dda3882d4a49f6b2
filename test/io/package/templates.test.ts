import {readdirSync, readFileSync} from 'node:fs';

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
