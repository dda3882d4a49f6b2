import {expect, test} from 'vitest';

import type {AuditedHost} from '../../../src/model/audit-run.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import {renderHtml} from '../../../src/report/compliance/html.js';
import {renderMarkdown} from '../../../src/report/compliance/markdown.js';
import {renderTable} from '../../../src/report/audit/table.js';
import {schemaComplaints} from '../../json-schema.js';
import {makeRun, oneOfEach} from '../../world.js';
import {assets, inputOver} from '../compliance/fixed-report.js';

const COMMANDS = [
  'sysctl net.bpf.zerocopy_enable=0',
  `timeout 20 service pflog stop || kill -KILL ${'1234567 '.repeat(30)}`.trim(),
];
const LOOK = {colour: false, width: 80, verbose: false};

/** The troubled host of the fixed fleet, with commands. */
const broken: AuditedHost = {
  ...oneOfEach().hosts.find(({posture}) => posture === 'broken')!,
  doThis: COMMANDS,
};
const named = (count: number, doThis: (i: number) => readonly string[]): AuditedHost[] =>
  Array.from({length: count}, (_, i) => ({...broken, host: `fw${i + 1}`, doThis: doThis(i)}));

const titles = (text: string): string[] =>
  text.split('\n').filter((line) => line.startsWith('  Do this on') || line.includes('(-v shows'));

test('the commands of a host are one block, each on a line of its own at any width', () => {
  const text = renderTable(makeRun([broken]), LOOK);
  expect(titles(text)).toHaveLength(1);
  for (const command of COMMANDS) expect(text.split('\n')).toContain(`    ${command}`);
});

test('a host without commands has no block', () => {
  expect(titles(renderTable(makeRun([{...broken, doThis: []}]), LOOK))).toEqual([]);
});

test('in a fleet the same commands stand once, with the hosts; what is left is counted', () => {
  const text = renderTable(makeRun(named(20, (i) => (i < 12 ? COMMANDS : [`sysctl a=${i}`]))), {
    ...LOOK,
    width: 200,
  });
  expect(titles(text)[0]).toMatch(/Do this on fw1, fw2, fw3, fw4 and 8 more, as root/);
  expect(titles(text)).toHaveLength(6);
  expect(titles(text).at(-1)).toBe('  and other commands on 4 hosts (-v shows them)');
});

test('what a host named does no harm in a block, in any format', () => {
  const evil = "sysrc a='</code><script>alert(1)</script>\u001b[2J`'";
  const run = makeRun([{...broken, doThis: [evil]}]);
  const report = assembleReport(inputOver(run, []));
  expect(schemaComplaints('src/report/audit-run.schema.json')(run)).toEqual([]);
  expect(renderTable(run, LOOK)).toContain('\\x1b[2J');
  const html = renderHtml(report, assets.html);
  expect(html).toContain('&lt;/code&gt;&lt;script&gt;alert(1)');
  expect(html).toMatch(/<strong>Do this on <bdi>/);
  expect(renderMarkdown(report)).toMatch(/^ {4}sysrc a='<\/code>.*\\x1b\[2J`'$/m);
});
