import {stripVTControlCharacters} from 'node:util';

import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';

import type {AuditedHost, AuditRun} from '../../../src/model/audit-run.js';
import type {RenderOptions} from '../../../src/report/renderer.js';
import {RENDERERS} from '../../../src/report/renderers.js';
import type {RunFormat} from '../../../src/report/format-names.js';
import {renderTable} from '../../../src/report/audit/table.js';
import {expectGolden} from '../../golden-file.js';
import {schemaComplaints} from '../../json-schema.js';
import {
  fleetOf,
  HOSTILE,
  hostileFleet,
  makeFinding,
  makeHost,
  makeRun,
  oneOfEach,
  passesBut,
} from '../../world.js';
import {anyRun} from '../arbitrary-run.js';
import {often} from '../../tools/sampled.js';

const PLAIN: RenderOptions = {colour: false, width: 100, verbose: false};

/** The hostile fleet with a size that suits a file in the repository. */
const hostile = (): AuditRun =>
  makeRun(hostileFleet().hosts.filter((host) => host.host !== HOSTILE.million));

const render = async (
  format: RunFormat,
  run: AuditRun,
  options: Partial<RenderOptions> = {},
): Promise<string> => (await RENDERERS[format]())(run, {...PLAIN, ...options});

/** Characters a terminal would act on, or that would change what is read; line ends aside. */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
/** Text with the breaks of narrow terminals taken out. */
const unbroken = (text: string): string => text.replaceAll(/\s+/g, '');
const withoutLineEnds = (text: string): string => text.replaceAll(/\r?\n/g, '');

describe('golden files', () => {
  const faces: readonly (readonly [string, Partial<RenderOptions>])[] = [
    ['', {}],
    ['.narrow', {width: 40}],
    ['.wide', {width: 160}],
    ['.colour', {colour: true}],
    ['.verbose', {verbose: true}],
  ];

  for (const [suffix, options] of faces) {
    test(`the table of the fixed fleet looks as it did${suffix}`, async () => {
      expectGolden(`one-of-each${suffix}.table`, await render('table', oneOfEach(), options));
    });
    test(`the table of the hostile fleet looks as it did${suffix}`, async () => {
      expectGolden(`hostile${suffix}.table`, await render('table', hostile(), options));
    });
  }

  for (const format of ['json', 'ndjson', 'csv'] as const) {
    test(`${format} of the fixed and of the hostile fleet is as it was`, async () => {
      expectGolden(`one-of-each.${format}`, await render(format, oneOfEach()));
      expectGolden(`hostile.${format}`, await render(format, hostile()));
    });
  }

  test('a fleet of 300 is grouped by rule and stays readable', async () => {
    const text = await render('table', fleetOf(300), {width: 80});

    expectGolden('fleet-of-300.table', text);
    expect(text.split('\n').length).toBeLessThan(200);
    expect(text).toContain('compliant: 210 hosts');
    expect(text).toContain('Capture stalled (no-capture-is-stalled) (30 hosts)');
    expect(text).toContain('and 22 more (-v names them)');
  });
});

describe('the table', () => {
  test('names every host that is not compliant, and with -v every host, wherever it breaks the lines', async () => {
    for (const width of [24, 40, 80, 120, Infinity]) {
      const brief = unbroken(await render('table', fleetOf(60), {width}));
      const full = unbroken(await render('table', fleetOf(60), {width, verbose: true}));
      for (const {host, posture} of fleetOf(60).hosts) {
        expect(brief.includes(host), `${host} at ${width}`).toBe(posture !== 'compliant');
        expect(full.includes(host), `${host} at ${width} with -v`).toBe(true);
      }
    }
  });

  test('says once what hosts share: another pid or line is the same, another value is not', async () => {
    const host = (i: number, summary: string): AuditedHost =>
      makeHost({
        host: `fw${i}`,
        posture: 'drift',
        findings: passesBut(makeFinding({rule: 'ZBUF-004', summary})),
      });
    const hosts = Array.from({length: 12}, (_, i) =>
      host(
        i,
        `Runs with ${i % 2} (pid ${100 + i}), boots otherwise (1 by /etc/sysctl.conf line ${i}).`,
      ),
    );
    const text = await render('table', makeRun(hosts));
    expect(text.match(/runtime-matches-boot\) \(6 hosts\)/g)).toHaveLength(2);
  });

  test('with -v each host that failed has its own fix, however big the fleet', async () => {
    const hosts = Array.from({length: 15}, (_, i) =>
      makeHost({
        host: `fw${i}`,
        posture: 'unreachable',
        failure: {kind: 'host-key-changed', message: 'm', fix: `ssh-keygen -R fw${i}.example.net`},
      }),
    );
    const brief = await render('table', makeRun(hosts));
    expect(brief).toContain('host-key-changed (15 hosts)');
    expect(brief).toContain('on fw0: m');
    const full = await render('table', makeRun(hosts), {verbose: true});
    for (const {failure} of hosts) expect(full).toContain(failure?.fix);
  });

  test('says what it leaves out', async () => {
    expect(await render('table', oneOfEach())).toContain('not shown without -v: 1 waived');
    expect(await render('table', oneOfEach(), {verbose: true})).not.toContain('not shown');
  });

  test('shows readings only with -v, and the fix always', async () => {
    const reading = '12156, then 12156 while 4 packets arrived';
    expect(await render('table', oneOfEach())).not.toContain(reading);
    expect(await render('table', oneOfEach(), {verbose: true, width: 200})).toContain(reading);
    expect(await render('table', oneOfEach())).toContain(
      'Set net.bpf.zerocopy_enable=0 in /etc/sysctl.conf line 12.',
    );
  });

  test('does not take a capture that could not be judged for one that is well', () => {
    const lines = renderTable(oneOfEach(), PLAIN).split('\n');
    expect(lines.find((l) => l.startsWith('unknown '))).toMatch(/1\/\?\s+\?\s+unknown ZBUF-001/);
    expect(lines.find((l) => l.startsWith('drift '))).toMatch(/0\/-\s+none/);
  });

  test('says that a run was interrupted, and how many hosts are missing', async () => {
    const cut = makeHost({
      host: 'fw09',
      posture: 'unreachable',
      failure: {
        kind: 'interrupted',
        message: 'stopped before this host was finished',
        fix: 'Run it again.',
      },
    });
    const run = makeRun([...oneOfEach().hosts, cut], {interrupted: true});
    expect(await render('table', run)).toContain('interrupted: 1 host was not finished');
  });

  test('has no line wider than the terminal, measured in columns', async () => {
    for (const run of [oneOfEach(), hostile(), fleetOf(30)]) {
      for (const width of [24, 33, 40, 79, 80, 132]) {
        const lines = (await render('table', run, {width, verbose: true})).split('\n');
        expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      }
    }
  });

  test('keeps columns aligned behind wide characters', async () => {
    const run = makeRun(
      ['東京ファイアウォール', 'กรุงเทพที่', 'plain-name-that-is-long'].map((host) =>
        makeHost({
          host,
          posture: 'unreachable',
          failure: {kind: 'refused', message: 'm', fix: 'f'},
        }),
      ),
    );
    const rows = (await render('table', run)).split('\n').filter((line) => line.includes('?/?'));
    const ends = rows.map((line) => stringWidth(line.slice(0, line.indexOf('?/?'))));
    expect(rows).toHaveLength(3);
    expect(new Set(ends).size).toBe(1);
  });

  test('colours change nothing but colours', async () => {
    for (const run of [oneOfEach(), hostile()])
      expect(stripVTControlCharacters(await render('table', run, {colour: true}))).toBe(
        await render('table', run),
      );
  });

  test('a megabyte in every field costs little and is cut with a word about it', async () => {
    const text = await render('table', hostileFleet(), {verbose: true});
    expect(text).toContain('more characters)');
    expect(text.length).toBeLessThan(200_000);
  });
});

describe('formats for machines', () => {
  const complaints = schemaComplaints('src/report/audit-run.schema.json');
  const lineComplaints = schemaComplaints('src/report/audit-run.schema.json', '#/$defs/ndjsonLine');

  test('json is the run, whole and unchanged, and keeps to its schema', async () => {
    for (const run of [oneOfEach(), hostileFleet(), fleetOf(20)]) {
      const parsed: unknown = JSON.parse(await render('json', run));
      expect(parsed).toEqual(run);
      expect(complaints(parsed)).toEqual([]);
    }
  });

  test('the schema refuses another version, a posture of its own, and a field nobody declared', () => {
    const run = oneOfEach();
    expect(complaints({...run, schema: 'zbufctl.audit/2'})).not.toEqual([]);
    expect(complaints({...run, extra: 1})).not.toEqual([]);
    expect(complaints({...run, hosts: [{...run.hosts[0], posture: 'fine'}]})).not.toEqual([]);
    expect(complaints({...run, hosts: [{...run.hosts[0], running: '0'}]})).not.toEqual([]);
  });

  test('ndjson is a header, a line a host and a trailer, each of which keeps to its schema', async () => {
    for (const run of [oneOfEach(), hostile()]) {
      const lines = (await render('ndjson', run)).trimEnd().split('\n');
      const documents = lines.map((line) => JSON.parse(line) as {schema: string; host?: string});
      expect(documents.flatMap(lineComplaints)).toEqual([]);
      expect(documents).toHaveLength(run.hosts.length + 2);
      expect(documents[0]?.schema).toBe('zbufctl.audit-header/1');
      expect(documents.at(-1)?.schema).toBe('zbufctl.audit-trailer/1');
      expect(documents.slice(1, -1).map(({host}) => host)).toEqual(run.hosts.map(({host}) => host));
    }
  });

  test('no csv cell can start a formula, and a row is a line', async () => {
    const text = await render('csv', hostile());
    const starts = ['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '＝1'].map((host) =>
      makeHost({host, posture: 'unreachable', failure: {kind: 'auth', message: host, fix: host}}),
    );
    for (const csv of [text, await render('csv', makeRun(starts))]) {
      const cells = csv.split('\r\n').flatMap(splitCsvRecord);
      expect(cells.filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([]);
    }
    expect(
      text
        .split('\r\n')
        .every(
          (line, _, all) =>
            line === '' || splitCsvRecord(line).length === splitCsvRecord(all[0]!).length,
        ),
    ).toBe(true);
  });

  test('csv has a row for each finding and for each host without one', async () => {
    const run = oneOfEach();
    const rows = (await render('csv', run)).trimEnd().split('\r\n').slice(1).map(splitCsvRecord);
    expect(rows).toHaveLength(
      run.hosts.reduce((n, {findings}) => n + Math.max(1, findings.length), 0),
    );
    expect(new Set(rows.map((row) => row[1]))).toEqual(new Set(run.hosts.map(({host}) => host)));
  });
});

describe('for any run whatsoever', () => {
  test('no renderer throws, and none lets a character through that acts on a terminal', async () => {
    const renderers = await Promise.all(Object.values(RENDERERS).map((load) => load()));
    fc.assert(
      fc.property(anyRun, fc.integer({min: 1, max: 200}), fc.boolean(), (run, width, verbose) => {
        for (const renderer of renderers) {
          const text = renderer(run, {colour: false, width, verbose});
          expect(withoutLineEnds(text)).not.toMatch(ACTIVE);
        }
      }),
      {numRuns: often(150)},
    );
  });

  test('the coloured table holds colour sequences of ours and nothing else that acts', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const text = renderTable(run, {...PLAIN, colour: true});
        expect(
          withoutLineEnds(text).replaceAll(/\u001b\[(?:0|1;31|3[1-6]|[12])m/g, ''),
        ).not.toMatch(ACTIVE);
      }),
      {numRuns: 100},
    );
  });

  test('json gives back exactly what hosts said', async () => {
    const renderJson = await RENDERERS.json();
    fc.assert(
      fc.property(anyRun, (run) => {
        expect(JSON.parse(renderJson(run))).toEqual(run);
      }),
      {numRuns: 100},
    );
  });

  test('no table line is wider than its terminal', () => {
    fc.assert(
      fc.property(anyRun, fc.integer({min: 24, max: 160}), (run, width) => {
        const lines = renderTable(run, {colour: false, width, verbose: true}).split('\n');
        expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      }),
      {numRuns: 100},
    );
  });
});

/** The cells of one CSV record, by RFC 4180. */
function splitCsvRecord(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}
