import {expect, test} from 'vitest';

import {loadReportAssets} from '../../../src/io/package/report-assets.js';
import type {AuditedHost} from '../../../src/model/audit-run.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import {RENDERERS} from '../../../src/report/renderers.js';
import type {ReportFormat} from '../../../src/report/format-names.js';
import {wholeOf} from '../../../src/text/pieces.js';
import {REPORT_RENDERERS} from '../../../src/report/report-renderers.js';
import {shelfInMemory} from '../../../src/text/text-shelf.js';
import {inputOver} from '../compliance/fixed-report.js';
import {makeFinding, makeHost, makeRun, passesBut} from '../../world.js';

const well = (host: string): AuditedHost => makeHost({host, posture: 'compliant'});
const silent = (host: string): AuditedHost =>
  makeHost({host, posture: 'unreachable', failure: {kind: 'refused', message: 'm', fix: 'f'}});
const open = (host: string): AuditedHost =>
  makeHost({
    host,
    posture: 'unknown',
    findings: passesBut(makeFinding({rule: 'ZBUF-001', verdict: 'unknown', fix: 'look again'})),
  });
const sick = (host: string): AuditedHost =>
  makeHost({host, posture: 'drift', findings: passesBut(makeFinding({rule: 'ZBUF-005'}))});
const waived = (host: string): AuditedHost =>
  makeHost({
    host,
    posture: 'compliant',
    findings: passesBut(makeFinding({rule: 'ZBUF-009', waived: 'CHG-1'})),
  });

const many = (count: number): AuditedHost[] => Array.from({length: count}, (_, i) => well(`w${i}`));

const CASES: readonly (readonly [string, readonly AuditedHost[], string])[] = [
  ['nobody answered', [silent('a'), silent('b')], 'No host responded: nothing was assessed.'],
  [
    'one of many did not',
    [...many(299), silent('a')],
    'No failures among the 299 hosts that responded; 1 host was not assessed.',
  ],
  [
    'a verdict is open',
    [well('a'), open('b')],
    'No failures among the 2 hosts that responded; 1 verdict is unknown (ZBUF-001).',
  ],
  [
    'a failure beside a silence',
    [sick('a'), silent('b')],
    'Not all was assessed: 1 host was not assessed.',
  ],
  ['a waiver is no pass', [waived('a')], 'No failures but 1 waived: the host responded'],
  [
    'all is well',
    [well('a'), well('b')],
    'No failures: all 2 hosts responded, and every rule came to a verdict.',
  ],
];

const reassuring = /no open findings|nothing fails|nothing is unknown/i;
const FORMATS = ['table', 'markdown', 'html'] as const satisfies readonly ReportFormat[];

test.each(CASES)('%s: every format for people says how far it went', async (_, hosts, sentence) => {
  const run = makeRun(hosts);
  const look = {
    colour: false,
    width: Infinity,
    verbose: false,
    failOn: 'high',
    shelf: shelfInMemory,
    html: () => loadReportAssets().html,
  } as const;
  const texts = [(await RENDERERS.table())(run, look)];
  const report = assembleReport({...inputOver(run, []), audits: [run]});
  for (const format of FORMATS)
    texts.push(wholeOf((await REPORT_RENDERERS[format]())(report, look)));
  for (const text of texts) {
    expect(text.replaceAll('\\', '')).toContain(sentence);
    expect(text).not.toMatch(reassuring);
  }
});

test('a failure with nothing left out needs no such sentence', async () => {
  const text = (await RENDERERS.table())(makeRun([sick('a')]), {
    colour: false,
    width: 100,
    verbose: false,
  });
  expect(text).not.toMatch(/assessed|No failures/);
});

test('a host the run did not get to is interrupted in words, not unreachable', async () => {
  const cut = makeHost({
    host: 'fw09',
    posture: 'unreachable',
    failure: {kind: 'interrupted', message: 'the run was stopped', fix: 'Run it again.'},
  });
  const run = makeRun([well('a'), cut], {interrupted: true});
  const look = {
    colour: false,
    width: 120,
    verbose: false,
    failOn: 'high',
    shelf: shelfInMemory,
    html: () => loadReportAssets().html,
  } as const;
  const table = (await RENDERERS.table())(run, look);
  expect(table).toMatch(/2 hosts: 1 compliant, 1 interrupted/);
  expect(table).not.toContain('unreachable');
  const report = assembleReport(inputOver(run, []));
  for (const format of ['table', 'markdown'] as const)
    expect(wholeOf((await REPORT_RENDERERS[format]())(report, look))).not.toContain('unreachable');
});
