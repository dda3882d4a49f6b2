import {expect, test} from 'vitest';

import {exportInspec, importInspec} from '../../src/inventory/inspec-waivers.js';
import {waiversOf} from '../../src/inventory/waiver-reader.js';
import type {Waiver} from '../../src/model/waiver.js';
import {hostsOf} from './read.js';

const waiver = (changes: Partial<Waiver>): Waiver => ({
  rule: 'ZBUF-003',
  hosts: ['fw01'],
  groups: [],
  reason: 'replaced soon',
  approver: 'Jane Doe',
  ticket: 'CHG-1',
  start: '2026-01-01',
  expiry: '2026-12-31',
  origin: {file: 'zbufctl.yaml', line: 1},
  ...changes,
});

const ACCEPTED = {
  approver: 'Jane Doe',
  ticket: 'CHG-9',
  start: '2026-11-27',
  hosts: ['fw01'],
  groups: [],
};

test('an exported file is what InSpec reads, and tells what it cannot say', () => {
  const {text, leftOut} = exportInspec(
    [
      waiver({rule: 'ZBUF-009', reason: 'a: b # c\n- d'}),
      waiver({}),
      waiver({ticket: 'CHG-2', expiry: '2027-06-30'}),
      waiver({ticket: 'CHG-3', service: 'tcpdump', rule: 'ZBUF-001'}),
      waiver({ticket: 'CHG-4', expiry: '2026-11-01', rule: 'ZBUF-004'}),
      waiver({ticket: 'CHG-5', start: '2027-01-01', expiry: '2027-02-01', rule: 'ZBUF-005'}),
    ],
    '2026-11-27',
  );
  expect(text).toBe(
    [
      'ZBUF-003:',
      '  expiration_date: 2027-06-30',
      '  run: true',
      '  justification: replaced soon (CHG-2, approved by Jane Doe)',
      'ZBUF-009:',
      '  expiration_date: 2026-12-31',
      '  run: true',
      '  justification: |-',
      '    a: b # c',
      '    - d (CHG-1, approved by Jane Doe)',
      '',
    ].join('\n'),
  );
  expect(leftOut).toEqual([
    'CHG-3 for ZBUF-001 covers tcpdump alone; InSpec would waive the whole rule.',
    'CHG-4 for ZBUF-004 ended on 2026-11-01.',
    'CHG-5 for ZBUF-005 begins on 2027-01-01.',
  ]);
});

test('what was exported comes back as waivers our own reader takes', () => {
  const {text} = exportInspec([waiver({}), waiver({rule: 'ZBUF-009'})], '2026-11-27');
  const imported = importInspec(text, ACCEPTED);
  expect(imported).toMatchObject({count: 2, others: [], complaints: []});
  const yaml = `hosts: [fw01]\npolicy:\n${imported.text.replace(/^(?=.)/gm, '  ')}`;
  expect(waiversOf(hostsOf(yaml))).toMatchObject([
    {
      rule: 'ZBUF-003',
      hosts: ['fw01'],
      reason: 'replaced soon (CHG-1, approved by Jane Doe)',
      ticket: 'CHG-9',
      start: '2026-11-27',
      expiry: '2026-12-31',
    },
    {rule: 'ZBUF-009'},
  ]);
});

// Written as docs.chef.io/inspec/waivers has it.
const CHEF = `
ZBUF-004:
  run: false
  justification: "waived until the image is new"
control_from_another_profile:
  expiration_date: 2030-01-01
  justification: other
`;

test('controls of other profiles are named and left out; an end is asked for', () => {
  expect(importInspec(CHEF, ACCEPTED).complaints).toEqual([
    'ZBUF-004 has no expiration_date: give --expiry for those without',
  ]);
  const imported = importInspec(CHEF, {...ACCEPTED, expiry: '2027-01-31'});
  expect(imported.others).toEqual(['control_from_another_profile']);
  expect(imported.text).toContain('expiry: 2027-01-31');
});

test.each([
  ['a list', '- ZBUF-003', 'is not an InSpec waiver file: it maps no control ids'],
  ['no YAML', 'a: [', /^is not YAML: /],
  ['an alias', 'a: &a {justification: x}\nZBUF-003: *a', /^is not YAML: /],
  ['no entry', 'ZBUF-003:', 'ZBUF-003 maps to nothing that is a waiver'],
  ['no reason', 'ZBUF-003: {expiration_date: 2027-01-01}', 'ZBUF-003 has no justification'],
  [
    'a date that can be read two ways',
    'ZBUF-003: {expiration_date: 01/02/2027, justification: x}',
    'ZBUF-003 has an expiration_date that is not a day, YYYY-MM-DD',
  ],
])('%s gives nothing, and says why', (_what, text, complaint) => {
  const imported = importInspec(text, ACCEPTED);
  expect(imported.text).toBe('');
  expect(imported.complaints[0]).toEqual(
    typeof complaint === 'string' ? complaint : expect.stringMatching(complaint),
  );
});
