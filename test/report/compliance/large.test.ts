import {expect, test} from 'vitest';

import {withoutLocalPaths} from '../../../src/report/compliance/local-paths.js';
import {assembleReport} from '../../../src/report/compliance/assemble.js';
import type {ReportFormat} from '../../../src/report/format-names.js';
import {REPORT_FORMATS, REPORT_RENDERERS} from '../../../src/report/report-renderers.js';
import {waiveRun} from '../../../src/rules/waive-run.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import {hostOnDemand, lightOf} from '../../../src/text/host-on-demand.js';
import {wholeOf} from '../../../src/text/pieces.js';
import {shelfInMemory} from '../../../src/text/text-shelf.js';
import {oneOfEach} from '../../world.js';
import {assets, bigReport, inputOver, waivers} from './fixed-report.js';

const DAY = '2026-11-24';
const look = {
  colour: false,
  width: 100,
  verbose: false,
  failOn: 'high',
  shelf: shelfInMemory,
  html: () => assets.html,
} as const;

/** The same run, with its hosts as a large one has them, and what was fetched of it. */
function onDemand(run: AuditRun): {readonly run: AuditRun; readonly fetched: string[]} {
  const fetched: string[] = [];
  const source = {
    whole: (at: number) => {
      const host = run.hosts[at]!;
      fetched.push(host.host);
      return host;
    },
  };
  return {
    run: {...run, hosts: run.hosts.map((host, at) => hostOnDemand(lightOf(host), source, at))},
    fetched,
  };
}

const reportOf = (run: AuditRun) =>
  withoutLocalPaths(assembleReport(inputOver(run, [])), [{path: '/home/me', shown: '~'}]);

test('to put a report together, findings are fetched once a host at most, to be counted', () => {
  const {run, fetched} = onDemand(waiveRun(oneOfEach(), [], DAY).run);
  reportOf(waiveRun(run, [], DAY).run);
  // Whether one that failed said anything at all is asked before.
  const failed = run.hosts.filter(({failure}) => failure !== undefined);
  expect(fetched.length).toBe(run.hosts.length + failed.length);
});

test.each(REPORT_FORMATS)(
  '%s: a large run is told as a small one is, waivers and all',
  async (format: ReportFormat) => {
    const render = async (run: AuditRun): Promise<string> =>
      wholeOf((await REPORT_RENDERERS[format]())(reportOf(waiveRun(run, waivers, DAY).run), look));
    expect(await render(onDemand(oneOfEach()).run)).toBe(await render(oneOfEach()));
  },
);

test.each(['json', 'ndjson', 'csv', 'junit'] as const)(
  '%s: a host is written before the next is read',
  async (format: ReportFormat) => {
    const {run, fetched} = onDemand(oneOfEach());
    const report = reportOf(run);
    const parts = (await REPORT_RENDERERS[format]())(report, look);
    fetched.length = 0;
    let written = 0;
    for (const part of parts) {
      const host = report.hosts[written];
      if (host === undefined || !part.includes(host.host)) continue;
      written += 1;
      expect(new Set(fetched).size).toBeLessThanOrEqual(written);
    }
    expect(written).toBe(run.hosts.length);
  },
);

/** HDF puts away results of a rule together; see hdf-results. */
const TOGETHER = 70_000;

test.each(['json', 'ndjson', 'csv', 'junit', 'sarif', 'ocsf', 'oscal', 'hdf'] as const)(
  '%s: no part of it is longer because there are more hosts',
  async (format: ReportFormat) => {
    const longest = async (hosts: number): Promise<number> => {
      const parts = (await REPORT_RENDERERS[format]())(bigReport(hosts), look);
      expect(parts).not.toBeTypeOf('string');
      return Math.max(...[...parts].map((part) => part.length));
    };
    const few = await longest(30);
    expect(await longest(300)).toBeLessThan(format === 'hdf' ? TOGETHER : few * 1.2);
  },
);
