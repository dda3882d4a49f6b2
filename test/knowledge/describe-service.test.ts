import {expect, test} from 'vitest';

import {listServices} from '../../src/cli/list-services.js';
import {describeService} from '../../src/knowledge/describe-service.js';
import {searchServices} from '../../src/knowledge/search-services.js';

import {SERVICES, service} from './sources.js';

test('pflogd in plain words: what happens, why, what to do, and where it is known from', () => {
  const text = describeService(service('pflogd'));

  expect(text).toContain('Why it matters\nIt captures through libpcap');
  expect(text).toContain('it goes silent');
  expect(text).toContain('the other process stays as long as the capture');
  expect(text).toContain('Keep net.bpf.zerocopy_enable at 0');
  expect(text).toContain('service pflog restart');
  expect(text).toContain('kill -KILL');
  expect(text).toContain('rc script: pflog, switched on by pflog_enable, flags in pflog_flags.');
  expect(text).toContain('contrib/pf/pflogd/pflogd.c');
});

test('tcpdump names the flag that makes it safe, and marks what cannot be seen', () => {
  const text = describeService(service('tcpdump'));

  expect(text).toContain('It is safe with: -r or -V (read files); -n.');
  expect(text).toMatch(
    /WITHOUT_CASPER.*\(cannot be seen from outside\): none, safe with zero-copy/,
  );
});

test('a program that is safe as a rule names the settings that break it', () => {
  expect(describeService(service('tcpflow'))).toContain(
    'Nothing in its default start. It breaks with: -S tcp_cmd=... or -S http_cmd=....',
  );
});

test('a program that never asks for zero-copy is told so, and nothing is to be done', () => {
  expect(describeService(service('dhclient'))).toContain('does not matter to it.');
  expect(describeService(service('dhclient'))).toContain('What to do\nNothing.');
});

test('a program whose source was not read is never called safe', () => {
  const text = describeService(service('dumpcap'));

  expect(text).toContain('never counted as safe');
  expect(text).toContain('Whether zero-copy would harm it is not known.');
  expect(text).not.toContain('Nothing.');
});

test.each(SERVICES.map((s) => [s.id, s] as const))(
  '%s is described in full sentences',
  (_, known) => {
    const text = describeService(known);

    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toMatch(/undefined|\[object|[^.]\.\.\s| {2}/);
    for (const title of ['Why it matters', 'What it does', 'What to do', 'How it is recognised']) {
      expect(text).toContain(`\n${title}\n`);
    }
  },
);

const ids = (query: Parameters<typeof searchServices>[1]): readonly string[] =>
  searchServices(SERVICES, query).map(({service: s}) => s.id);

test('a search wants every word, in any field and case, and obeys the filters', () => {
  expect(ids({})).toHaveLength(SERVICES.length);
  expect(ids({text: 'PF logging'})).toEqual(['pflogd']);
  expect(ids({text: 'obspamlogd'})).toEqual(['spamlogd']);
  expect(ids({text: 'no such program'})).toEqual([]);
  expect(ids({risk: 'unknown'})).toEqual(
    expect.arrayContaining(['nprobe', 'ipcad', 'fprobe', 'dumpcap', 'eastpect']),
  );
  expect(ids({pattern: 'fork-helper-after-open', risk: 'breaks'})).toEqual([
    'tcpdump',
    'pmacctd',
    'bandwidthd',
    'dsc',
    'maltrail-sensor',
  ]);
});

const PLAIN = {json: false, colour: false, width: Infinity};

test('the list is a table with one line a service and a count', async () => {
  const lines = (await listServices({risk: 'breaks'}, PLAIN)).split('\n');

  expect(lines[0]).toMatch(/^service +rc script +fork pattern +zero-copy +program$/);
  expect(lines[1]).toMatch(
    /^pflogd +pflog +fork-child-captures +breaks +pflogd \(pf logging daemon\)$/,
  );
  expect(lines.filter((line) => line.includes(' breaks '))).toHaveLength(8);
  expect(lines.at(-2)).toMatch(new RegExp(`^8 of ${SERVICES.length} services`));
  expect(await listServices({text: 'zzz'}, PLAIN)).toMatch(/^No service matches/);
});

test('a narrow terminal wraps the table, and colours are only there when asked for', async () => {
  const narrow = await listServices({}, {...PLAIN, width: 70});
  const table = narrow.slice(0, narrow.indexOf('\n\n'));

  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
  expect(narrow).not.toContain('\u001b');
  expect(await listServices({}, {...PLAIN, colour: true})).toContain('\u001b[');
});

test('as JSON the entries are whole and carry the outlook', async () => {
  const document = JSON.parse(
    await listServices({text: 'pflogd', risk: 'breaks'}, {...PLAIN, json: true}),
  ) as {
    readonly schema: string;
    readonly services: readonly unknown[];
  };

  expect(document.schema).toBe('zbufctl.services/1');
  expect(document.services[0]).toEqual({...service('pflogd'), outlook: 'breaks'});
});
