import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import type {Manifest} from '../../../src/cli/completion/wanted.js';
import {wantedAt} from '../../../src/cli/completion/wanted.js';
import {REPORT_ONLY_FORMATS, RUN_FORMATS} from '../../../src/report/format-names.js';
import {freshFolder, zbufctlAgain} from '../../e2e/cli.js';

const flag = (type: string, more: object = {}) => ({type, ...more});

const MANIFEST: Manifest = {
  commands: {
    audit: {
      id: 'audit',
      args: {host: {}},
      flags: {
        json: flag('boolean'),
        color: flag('boolean', {allowNo: true}),
        quiet: flag('boolean', {char: 'q'}),
        secret: flag('boolean', {hidden: true}),
        output: flag('option', {char: 'o', multiple: true, helpValue: 'FORMAT[:FILE]'}),
        inventory: flag('option', {char: 'i', multiple: true, helpValue: 'FILE'}),
        group: flag('option', {char: 'g', multiple: true, helpValue: 'NAME'}),
        'fail-on': flag('option', {options: ['critical', 'high']}),
        sign: flag('option', {helpValue: 'KEY|agent'}),
        out: flag('option', {helpValue: 'DIR'}),
      },
    },
    runs: {id: 'runs', args: {}, flags: {}},
    'runs:show': {id: 'runs:show', args: {run: {}}, flags: {}},
    completion: {id: 'completion', args: {shell: {options: ['bash', 'zsh']}}, flags: {}},
    'lab:up': {id: 'lab:up', args: {}, flags: {}},
    rollback: {id: 'rollback', args: {run: {}, host: {}}, flags: {}},
    inner: {id: 'inner', hidden: true, args: {}, flags: {}},
  },
};

/** What is wanted in short: what stands, own words, and what is looked up. */
function wanted(line: string): string {
  const {before, words, lookUp} = wantedAt(MANIFEST, line.split(' '));
  return [before, words.map(({word}) => word).join(' '), lookUp.join(' ')]
    .filter((part) => part !== '')
    .join(' | ');
}

const FLAGS =
  '--json --color --no-color --quiet --output --inventory --group --fail-on --sign --out';

test.each([
  ['', 'audit completion lab rollback runs'],
  ['a', 'audit completion lab rollback runs'],
  ['help ', 'audit completion lab rollback runs'],
  ['help runs ', 'show'],
  ['lab ', 'up'],
  ['nonsense ', 'audit completion lab rollback runs'],
  ['runs ', 'show'],
  ['runs show ', 'runs'],
  ['completion ', 'bash zsh'],
  ['audit ', 'hosts'],
  ['audit fw01 ', 'hosts'],
  ['audit -', `${FLAGS} --help`],
  [
    'audit --json --fail-on high -q -',
    '--color --no-color --output --inventory --group --sign --out --help',
  ],
  [
    'audit --no-color -',
    '--json --quiet --output --inventory --group --fail-on --sign --out --help',
  ],
  ['audit -- -', 'hosts'],
  ['audit --fail-on ', 'critical high'],
  ['audit --fail-on=', '--fail-on= | critical high'],
  ['audit --json=', `${FLAGS} --help`],
  ['audit -g ', 'groups'],
  ['audit -qg ', 'groups'],
  ['audit -g edge,', 'edge, | groups'],
  ['audit --group=edge,co', '--group=edge, | groups'],
  ['audit -o ', [...RUN_FORMATS, ...REPORT_ONLY_FORMATS].join(' ')],
  ['audit -o html:', 'html: | files'],
  ['audit -i ', 'files'],
  ['audit --out ', 'folders'],
  ['audit --sign ', 'agent | files'],
  ['audit -i x ', 'hosts'],
  ['rollback ', 'runs'],
  ['rollback latest ', 'hosts'],
  ['rollback latest fw01 ', 'hosts'],
])('zbufctl %s', (line, expected) => {
  expect(wanted(line)).toBe(expected);
});

test('what was given before says where to look', () => {
  const {given} = wantedAt(MANIFEST, 'audit -ia.yaml --inventory=b.yaml -i c.yaml f'.split(' '));
  expect(given).toEqual({inventory: ['a.yaml', 'b.yaml', 'c.yaml']});
});

test('nothing a shell would take for more than a word is offered, and what cannot be read is no error', async () => {
  const folder = freshFolder();
  const file = join(folder, 'hosts.ini');
  writeFileSync(file, '[edge]\nfw01\n');
  writeFileSync(join(folder, '$(reboot).yaml'), '');
  const ask = async (...words: string[]) =>
    zbufctlAgain(['__complete', ...words], {cwd: folder, env: {ZBUFCTL_INVENTORY: file}});

  expect((await ask('audit', 'fw')).stdout).toBe('words\n\nfw01\t\n');
  const missing = await ask('audit', '-i', '/nowhere', '');
  expect([missing.code, missing.stdout, missing.stderr]).toEqual([0, 'words\n\n', '']);
  const line = {ZBUFCTL_INVENTORY: file, COMMAND_LINE: 'zbufctl audit -i '};
  const listed = await zbufctlAgain(['__complete', '--line'], {cwd: folder, env: line});
  expect(listed.stdout).toBe('hosts.ini\n');
});
