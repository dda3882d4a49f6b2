import {readFileSync} from 'node:fs';

import {Ajv2020} from 'ajv/dist/2020.js';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parse} from 'yaml';

import type {Finding} from '../../../src/model/finding.js';
import type {Controls} from '../../../src/model/report.js';
import {controlResults} from '../../../src/report/compliance/control-results.js';
import {extendControls, parseControls} from '../../../src/report/compliance/controls.js';
import {RULES} from '../../../src/rules/index.js';
import {WAIVER_RULES} from '../../../src/rules/waivers.js';
import {makeFinding} from '../../world.js';
import {assets, controls} from './fixed-report.js';

const {schema, text} = assets.controls;
const everyRule = [...RULES, ...WAIVER_RULES].map(({id}) => id);
const extend = (value: unknown) => extendControls(controls(), value, 'zbufctl.yaml', schema);

test('controls.yaml keeps to its schema and is the file the tool reads', () => {
  const validate = new Ajv2020({strict: true, strictRequired: false, allErrors: true}).compile(
    schema,
  );
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  expect(text).toBe(readFileSync('src/report/controls.yaml', 'utf8'));
});

test('every rule is mapped to a control of each framework, with a sentence why', () => {
  const {frameworks, mappings} = controls();
  expect(frameworks.map((f) => f.id)).toEqual(['nist-800-53-r5', 'cis-v8', 'pci-dss-4']);
  for (const rule of everyRule)
    for (const {id} of frameworks)
      expect(
        mappings.filter((m) => m.rule === rule && m.framework === id).length,
        `${rule} in ${id}`,
      ).toBeGreaterThan(0);
  for (const {why} of mappings) expect(why).toMatch(/^[A-Z].{20,}\.$/);
  expect(mappings.filter((m) => !everyRule.includes(m.rule))).toEqual([]);
});

test('every framework has sources, and every control that is titled is used', () => {
  const {frameworks, mappings} = controls();
  for (const {id, sources, controls: titles} of frameworks) {
    expect(sources.length).toBeGreaterThan(0);
    const used = new Set(mappings.filter((m) => m.framework === id).map((m) => m.control));
    expect(
      Object.keys(titles).filter((control) => !used.has(control)),
      id,
    ).toEqual([]);
  }
});

test('a policy adds a framework, corrects a sentence and removes a mapping', () => {
  const {controls: extended, complaints} = extend({
    frameworks: {
      'house-rules': {
        title: 'House rules',
        sources: ['https://example.net/r'],
        controls: {'N-1': 'Logs'},
      },
    },
    rules: {
      'ZBUF-001': [
        {framework: 'house-rules', control: 'N-1', why: 'We promised our customers complete logs.'},
        {framework: 'nist-800-53-r5', control: 'AU-5', why: 'Our own words.'},
        {framework: 'nist-800-53-r5', control: 'SI-4', omit: true},
      ],
    },
  });
  expect(complaints).toEqual([]);
  const about = extended.mappings.filter((m) => m.rule === 'ZBUF-001');
  expect(about.find((m) => m.framework === 'house-rules')?.control).toBe('N-1');
  expect(about.find((m) => m.control === 'AU-5')?.why).toBe('Our own words.');
  expect(about.some((m) => m.control === 'SI-4')).toBe(false);
  expect(extended.mappings.length).toBe(controls().mappings.length);
});

test('what a policy says wrongly about controls is told and none of it is taken', () => {
  const bad = [
    {rules: {'ZBUF-001': [{framework: 'nist', control: 'AU-5', why: 'x'}]}},
    {rules: {'ZBUF-001': [{framework: 'nist-800-53-r5', control: 'AU-99', why: 'x'}]}},
    {rules: {'ZBUF-001': [{framework: 'nist-800-53-r5', control: 'AU-5'}]}},
    {rules: {'no-rule': []}},
    {frameworks: {x: {sources: ['http://plain.example']}}},
    {extra: 1},
    7,
  ];
  for (const value of bad) {
    const read = extend(value);
    expect(read.complaints.length, JSON.stringify(value)).toBeGreaterThan(0);
    expect(read.controls).toEqual(controls());
  }
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const read = extend(value);
      expect(read.complaints.length > 0 || read.controls.frameworks.length >= 3).toBe(true);
    }),
    {numRuns: 30},
  );
});

test('a broken controls file is told with its line', () => {
  const read = parseControls('schema: zbufctl.controls/1\nrules: {\n', 'controls.yaml', schema);
  expect(read.complaints[0]).toMatchObject({
    file: 'controls.yaml',
    line: expect.any(Number) as number,
  });
  expect(read.complaints[0]!.line).toBeGreaterThan(1);
  const extra = parseControls('schema: zbufctl.controls/2\n', 'controls.yaml', schema);
  expect(extra.complaints).toHaveLength(1);
});

const one: Controls = {
  frameworks: [{id: 'f', title: 'F', sources: [], controls: {C: 'Control'}}],
  mappings: [
    {rule: 'ZBUF-001', framework: 'f', control: 'C', why: 'w'},
    {rule: 'ZBUF-002', framework: 'f', control: 'C', why: 'w'},
  ],
};
const standing = (findings: readonly Finding[], missing = 0) =>
  controlResults(one, [], findings, missing)[0]!.controls[0]!.standing;
const pass = makeFinding({rule: 'ZBUF-001', verdict: 'pass'});
const failed = makeFinding({rule: 'ZBUF-002'});
const waived = makeFinding({rule: 'ZBUF-002', waived: 'accepted'});
const unknown = makeFinding({rule: 'ZBUF-001', verdict: 'unknown'});
const nothing = makeFinding({rule: 'ZBUF-001', verdict: 'not-applicable'});

test('a control passes when something passes, nothing fails, nothing is unknown and every host was looked at', () => {
  expect(standing([pass])).toBe('pass');
  expect(standing([pass, nothing])).toBe('pass');
  expect(standing([pass], 1)).toBe('unknown');
  expect(standing([pass, unknown])).toBe('unknown');
  expect(standing([pass, waived])).toBe('waived');
  expect(standing([pass, waived, unknown])).toBe('unknown');
  expect(standing([pass, unknown, failed])).toBe('fail');
  expect(standing([nothing])).toBe('not-assessed');
  expect(standing([], 3)).toBe('not-assessed');
  expect(standing([makeFinding({rule: 'ZBUF-003'})])).toBe('not-assessed');
});
