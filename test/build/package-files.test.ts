import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterEach, beforeEach, expect, test} from 'vitest';

import {licencesText, readLicences} from '../../src/build/licences.js';
import {reproducibleSbom} from '../../src/build/sbom.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zbufctl-licences-'));
});
afterEach(() => {
  rmSync(root, {recursive: true, force: true});
});

const install = (name: string, files: Readonly<Record<string, string>>): void => {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, {recursive: true});
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
};

test('an SBOM made twice is the same, and another one has another serial number', () => {
  const made = (moment: string, serial: string, components: readonly string[]): string =>
    JSON.stringify({
      $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      serialNumber: `urn:uuid:${serial}`,
      version: 1,
      metadata: {timestamp: moment, component: {name: 'zbufctl'}},
      components,
    });
  const first = reproducibleSbom(made('2026-11-27T03:11:06.014Z', '466827d0', ['a']));
  expect(reproducibleSbom(made('2027-01-01T00:00:00.000Z', '00000000', ['a']))).toBe(first);
  expect(reproducibleSbom(made('2026-11-27T03:11:06.014Z', '466827d0', ['b']))).not.toBe(first);

  const {serialNumber, metadata} = JSON.parse(first) as {
    readonly serialNumber: string;
    readonly metadata: object;
  };
  // What the CycloneDX 1.5 schema asks of a serial number.
  expect(serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(metadata).toEqual({component: {name: 'zbufctl'}});
});

test('licences: the same text once, an older package.json, and no text of what one system has', () => {
  install('a', {'package.json': '{}', 'LICENSE.md': 'Do what you like.\r\n'});
  install('b', {'package.json': '{}', license: 'Do what you like.\n'});
  install('old', {
    'package.json': '{"licenses": [{"type": "MIT"}, {"type": "ISC"}]}',
    NOTICE: 'Old.',
    'licences-of-others.js': 'not a licence',
  });
  install('native', {'package.json': '{}', LICENSE: 'Only where it was built.'});
  const text = licencesText(
    readLicences(root, {
      packages: {
        '': {version: '0.1.0'},
        'node_modules/a': {version: '1.0.0', license: 'MIT'},
        'node_modules/b': {version: '2.0.0', license: 'MIT'},
        'node_modules/old': {version: '3.0.0'},
        'node_modules/native': {version: '4.0.0', license: 'MIT', optional: true, os: ['linux']},
        'node_modules/absent': {version: '5.0.0', license: 'MIT', optional: true, os: ['freebsd']},
      },
    }),
  );
  const blocks = text.split(`${'-'.repeat(72)}\n\n`).slice(1);
  expect(blocks).toHaveLength(3);
  expect(blocks[0]).toBe('a 1.0.0 (MIT)\nb 2.0.0 (MIT)\n\nDo what you like.\n\n');
  expect(blocks[1]).toBe('old 3.0.0 (MIT OR ISC)\n\nOld.\n\n');
  expect(blocks[2]).toMatch(/^absent 5\.0\.0 \(MIT\)\nnative 4\.0\.0 \(MIT\)\n\nNo licence text/);
});

test.each([
  [{version: '1.0.0', license: 'MIT'}, 'node_modules/gone is missing: run npm ci'],
  [{version: '1.0.0'}, 'node_modules/bare: no licence'],
] as const)('a package everybody gets has to be there, with a licence: %o', (locked, complaint) => {
  install('bare', {'package.json': '{}'});
  const place = complaint.split(/[ :]/)[0] ?? '';
  expect(() => readLicences(root, {packages: {[place]: locked}})).toThrow(complaint);
});
