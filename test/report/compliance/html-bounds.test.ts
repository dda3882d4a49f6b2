import {expect, test} from 'vitest';

import type {Report} from '../../../src/model/report.js';
import {BOUNDS, firstOf, listedHosts} from '../../../src/report/compliance/html-bounds.js';
import {renderHtml} from '../../../src/report/compliance/html.js';
import {notable} from '../../../src/report/findings/report-view.js';
import {assets, bigReport, fixedReport, inputOver} from './fixed-report.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import {makeHost, makeRun} from '../../world.js';

const page = (report: Report, most: number): string =>
  renderHtml(report, assets.html, {whole: most, listed: most});

test('a page of very many hosts lists those that need attention, and says who is left out', () => {
  const report = bigReport(60);
  const attention = report.hosts.filter(notable).length;
  const most = 10;
  expect(attention).toBeGreaterThan(most);
  const html = page(report, most);
  expect(html.match(/<details class="host/g)).toHaveLength(most);
  expect(html).toContain(
    `lists ${most} of 60 hosts: those that need attention, most urgent first. Left out: ${attention - most} hosts that need attention, too, and ${60 - attention} hosts on which nothing was found.`,
  );
  expect(html).toContain('-o csv:FILE');
  // Nothing leads to a host that is not there, and what is counted is not what is listed.
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, to = ''] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(to);
  const counts = (text: string) => text.match(/<span class="(?:tile|rule)-count">[^<]*/g);
  expect(counts(html)).toEqual(counts(page(report, 60)));
});

test('findings about the policy are listed whatever hosts are', () => {
  const html = page(fixedReport(), 1);
  expect(html).toContain('ZBUF-W01');
  expect(html).toMatch(/<bdi>policy<\/bdi>/);
});

test('of hosts that need attention none is left out where there is room for them', () => {
  const hosts = ['a', 'b', 'c'].map((host) => makeHost({host, posture: 'compliant'}));
  const {hosts: listed, leftOut} = listedHosts(assembleReport(inputOver(makeRun(hosts), [])), {
    whole: 2,
    listed: 2,
  });
  expect(listed).toEqual([]);
  expect(leftOut).toContain('Left out: 3 hosts on which nothing was found.');
});

test('a page with room for all hosts is the same, however much room', () => {
  expect(page(bigReport(20), 20)).toBe(page(bigReport(20), BOUNDS.whole));
  expect(page(bigReport(20), 20)).not.toContain('Left out');
});

test('up to a number of hosts all are listed; of more, fewer', () => {
  const bounds = {whole: 40, listed: 10};
  expect(listedHosts(bigReport(40), bounds)).toMatchObject({leftOut: ''});
  expect(listedHosts(bigReport(40), bounds).hosts).toHaveLength(40);
  expect(listedHosts(bigReport(41), bounds).hosts).toHaveLength(10);
});

test('a table is cut where it says so', () => {
  expect(firstOf([1, 2], 2)).toEqual({rows: [1, 2], leftOut: ''});
  expect(firstOf([1, 2, 3], 2)).toEqual({
    rows: [1, 2],
    leftOut: 'The first 2 of 3 are listed; all are in the same report as json.',
  });
});
