import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {argument, prose, usageMacros} from '../../src/build/mdoc.js';
import {readManifest} from '../../src/io/package/manifest.js';

const PAGES = ['zbufctl.8', 'zbufctl.yaml.5'] as const;
const page = (name: string): string => join('dist', 'man', name);

/** What mandoc(1) says, without what it misses on a system that is not FreeBSD. */
function lint(file: string): string {
  const {stdout, stderr} = spawnSync('mandoc', ['-T', 'lint', '-W', 'style', file], {
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => !/referenced manual not found|outdated mandoc\.db|^$/.test(line))
    .join('\n');
}

test.each(PAGES)('mandoc -T lint has nothing against %s', (name) => {
  expect(lint(page(name))).toBe('');
});

/** As a terminal shows it, in one line, so that nothing depends on where it is broken. */
function shown(name: string): string {
  const {stdout} = spawnSync('mandoc', ['-T', 'ascii', page(name)], {encoding: 'utf8'});

  return stdout.replace(/.\u0008/g, '').replace(/\s+/g, ' ');
}

interface Known {
  readonly commands: Readonly<
    Record<
      string,
      {
        readonly flags: Readonly<
          Record<string, {env?: string; hidden?: boolean; allowNo?: boolean}>
        >;
      }
    >
  >;
}

test('zbufctl(8) has every command with its flags and every variable, and all exit codes', () => {
  const text = shown('zbufctl.8');
  for (const [id, {flags}] of Object.entries((readManifest() as Known).commands)) {
    expect(text).toContain(`zbufctl ${id.replaceAll(':', ' ')} `);
    for (const [name, {env, hidden, allowNo}] of Object.entries(flags)) {
      if (hidden === true) continue;
      expect(text).toContain(allowNo === true ? `--[no-]${name}` : `--${name}`);
      if (env !== undefined) expect(text).toContain(env);
    }
  }
  expect(text).toMatch(/EXIT STATUS .* 0 Nothing to report\. .* 7 Apply failed and a host is left/);
});

test('zbufctl.yaml(5) has every key of the schema, and the words a key may have', () => {
  const text = shown('zbufctl.yaml.5');
  const schema = readFileSync('src/inventory/zbufctl.schema.json', 'utf8');
  const keys = [...schema.matchAll(/"(\w+)": \{\s*"(?:type|enum|anyOf|description|\$ref)"/g)];
  const skipped = new Set(['items', 'additionalProperties', 'propertyNames', 'properties']);
  // Mappings of their own below a service; the page names the list they are in.
  const below = new Set(['given', 'absent', 'when', 'note']);
  const names = keys
    .map(([, key = '']) => key)
    .filter((key) => !skipped.has(key) && !below.has(key));
  expect(names.length).toBeGreaterThan(40);
  for (const name of names) expect(text).toContain(name);
  expect(text).toContain('off, on, auto');
});

test.each([
  ['a sentence a line', 'One. Two e.g. here. Three', ['One.', 'Two e.g. here.', 'Three']],
  ['no escapes, no macros', "a\\b .Nm\n'x", ["a\\eb .Nm 'x"]],
  ['a line that would be a macro', '.bashrc is read', ['\\&.bashrc is read']],
  ['the system by its macro', 'On FreeBSD, and FreeBSD', ['On', '.Fx ,', 'and', '.Fx']],
  ['not inside a word', 'see FreeBSD-SA and /FreeBSD', ['see FreeBSD-SA and /FreeBSD']],
])('prose: %s', (_what, text, lines) => {
  expect(prose(text)).toEqual(lines);
});

test.each([
  ['Nm', '\\&Nm'],
  ['two words', '"two words"'],
  ['say "a"', '"say \\(dqa\\(dq"'],
  ['|', '\\&|'],
  ['', '""'],
])('argument %j', (text, expected) => {
  expect(argument(text)).toBe(expected);
});

test('usage: choices, values and nesting as macros that render as they were', () => {
  const parts = [
    '[HOST...]',
    '[--local | [-i FILE...] [-g NAME]]',
    '[-o FORMAT[:FILE]...]',
    '--key FILE',
    '[--[no-]color]',
  ];
  const source = [
    '.Dd May 1, 2026',
    '.Dt X 8',
    '.Os',
    '.Sh NAME',
    '.Nm x',
    '.Nd y',
    '.Sh SYNOPSIS',
    '.Nm',
    ...usageMacros(parts),
    '',
  ];
  const {stdout} = spawnSync('mandoc', ['-T', 'ascii'], {
    input: source.join('\n'),
    encoding: 'utf8',
  });

  const text = stdout.replace(/.\u0008/g, '').replace(/\s+/g, ' ');
  expect(text).toContain(`SYNOPSIS x ${parts.join(' ')}`);
});
