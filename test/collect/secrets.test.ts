import {afterEach, expect, test} from 'vitest';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {assembleRun, judgeHost} from '../../src/app/audit.js';
import {loadServices} from '../../src/cli/hosts/load-services.js';
import {reportOfRun} from '../../src/app/report/report-of-run.js';
import {loadReportAssets} from '../../src/io/package/report-assets.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import type {AuditRun} from '../../src/model/audit-run.js';
import {NO_CHANGE_POLICY} from '../../src/model/change-policy.js';
import type {Evidence} from '../../src/model/evidence.js';
import type {Host} from '../../src/model/host.js';
import type {Service} from '../../src/model/service.js';
import {RENDERERS} from '../../src/report/renderers.js';
import {REPORT_RENDERERS} from '../../src/report/report-renderers.js';
import {wholeOf} from '../../src/text/pieces.js';
import {shelfInMemory} from '../../src/text/text-shelf.js';
import {SECRET, SHAPES} from '../text/secret-shapes.js';
import {META, ReplayHost} from './replay/replay-host.js';

const hosts: ReplayHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

/** Names that captures need, that a smell would know, and that nothing would. */
const NAMES = [
  'pflog_flags',
  'suricata_flags',
  'pflog_env',
  'backup_url',
  'snmpd_flags',
  'mon_env',
  'odd',
];

/** A host with every shape in every place people write in. */
function planted(): ReplayHost {
  const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = SHAPES.flatMap((shape, i) => {
    const name = NAMES[i % NAMES.length] ?? '';
    return [`${name}=${quote(shape)}`, `# ${shape}`, `pflog_${i}_flags="${shape}" # ${shape}`];
  });
  const host = new ReplayHost({
    state: 'freebsd-15.1/pflogd-stalled-zerocopy',
    files: {
      '/etc/rc.conf': `${lines.join('\n')}\n`,
      '/etc/rc.conf.d/pflog': `${lines.join('\n')}\n`,
      '/etc/sysctl.conf': `net.bpf.zerocopy_enable=1\n${SHAPES.map((s) => `# ${s}`).join('\n')}\n`,
      '/etc/rc.local': SHAPES.map((s) => `sysctl net.bpf.zerocopy_enable=1 # ${s}\n`).join(''),
      '/etc/cron.d/tune': SHAPES.map((s) => `@reboot root sysctl $x $y; ${s}\n`).join(''),
      '/etc/libmap.conf': `# ${SECRET}\nlibpcap.so.8 libpcap.so.1 # pw=${SECRET}\n`,
      '/conf/config.xml': `<r><sysctl><item><tunable>net.bpf.zerocopy_enable</tunable><value>${SECRET}</value></item></sysctl>
<system><password>${SECRET}</password><shellcmd>zerocopy_enable ${SECRET}</shellcmd></system></r>\n`,
      '/boot/loader.conf': `${SHAPES.map((s) => `# ${s}`).join('\n')}\n`,
      '/replay/sysrc': SHAPES.map((s, i) => `${NAMES[i % NAMES.length] ?? ''}: ${s}\n`).join(''),
      '/replay/arguments': `${SHAPES.join('\n')}\n`,
    },
    programs: {
      // One process of the capture's own name for every shape: related, so each is printed.
      ps: `while IFS= read -r line; do
case $line in
*' pflogd '*) while IFS= read -r said; do printf '%s %s\\n' "$line" "$said"; done <"$root/replay/arguments" ;;
*) printf '%s\\n' "$line" ;;
esac; done <"$root/replay/ps"`,
    },
  });
  hosts.push(host);
  return host;
}

const ABOUT = {
  name: 'fw01',
  address: '192.0.2.1',
  groups: ['all'],
  policy: {zerocopy: 'auto'},
  origin: {file: 'zbufctl.yaml', line: 1},
} as unknown as Host;
const AT = '2026-11-24T12:00:00.000Z';

function runOf(evidence: Evidence, services: readonly Service[]): AuditRun {
  const judged = judgeHost(ABOUT, evidence, {
    servicesFor: () => services,
    probeFor: () => undefined,
    changesFor: () => NO_CHANGE_POLICY,
    waivers: [],
    now: () => AT,
  });
  const run = '20261124T120000Z-audit-0001';
  const times = {startedAt: AT, finishedAt: AT, interrupted: false};
  return assembleRun([{...judged, durationMs: 1}], {run, version: '0', ...times, asked: 'named'});
}

/** The run in every format there is, with all details. */
async function rendered(
  run: AuditRun,
): Promise<readonly (readonly [format: string, text: string])[]> {
  const look = {colour: false, width: Infinity, verbose: true};
  const report = reportOfRun(run, {
    hosts: [ABOUT],
    folder: '/',
    controls: loadReportAssets().controls,
    version: '0.1.0',
  });
  const options = {
    ...look,
    failOn: 'high',
    shelf: shelfInMemory,
    html: () => loadReportAssets().html,
  } as const;
  return [
    ...(await Promise.all(
      Object.entries(RENDERERS).map(
        async ([name, load]) => [`audit ${name}`, (await load())(run, look)] as const,
      ),
    )),
    ...(await Promise.all(
      Object.entries(REPORT_RENDERERS).map(
        async ([name, load]) =>
          [`report ${name}`, wholeOf((await load())(report, options))] as const,
      ),
    )),
  ];
}

/** They say what is looked for, and nothing of what was found. */
const WITHOUT_FINDINGS: ReadonlySet<string> = new Set([
  'report oscal-plan',
  'report oscal-component',
]);

test('no planted secret leaves the host, and none is in what is concluded from it', async () => {
  const host = planted();
  // The environment of the collector itself, too.
  const {stdout, stderr} = await host.collect(['0'], {
    env: Object.fromEntries(SHAPES.map((shape, i) => [`PLANTED_${i}`, shape])),
  });
  const parsed = parseCollectorOutput(stdout, META);
  if (!parsed.ok) throw new Error(parsed.error.message);

  expect(
    stdout
      .toString()
      .split('\n')
      .filter((line) => line.includes(SECRET)),
  ).toEqual([]);
  expect(stderr).toBe('');
  expect(JSON.stringify(parsed.value)).not.toContain(SECRET);
  // That it was collected at all: a test of nothing would pass as well.
  const {processes, files, rc, boot, tunables} = parsed.value;
  expect(boot?.state === 'read' ? boot.value.lines.length : boot).toBe(2 * SHAPES.length);
  expect(tunables).toMatchObject({state: 'read', value: {elsewhere: 1}});
  expect(processes).toMatchObject({state: 'read'});
  expect(processes.state === 'read' ? processes.value.length : 0).toBeGreaterThan(SHAPES.length);
  expect(files[0]).toMatchObject({
    path: '/etc/sysctl.conf',
    redacted: true,
    content: {state: 'read'},
  });
  expect(
    rc.files?.flatMap((f) => (f.assignments.state === 'read' ? f.assignments.value : [])).length,
  ).toBeGreaterThan(SHAPES.length);

  const run = runOf(parsed.value, await loadServices());
  expect(JSON.stringify(run)).not.toContain(SECRET);
  for (const [format, text] of await rendered(run)) {
    // Every format has findings about the very processes whose arguments are planted.
    if (!WITHOUT_FINDINGS.has(format))
      expect([format, text.includes('pflogd')]).toEqual([format, true]);
    expect([format, text.includes(SECRET)]).toEqual([format, false]);
  }
});

test('a host that masks nothing is masked here, up to the reports', async () => {
  const script = loadCollectTemplate().replace(
    /function mask\(text,[^)]*\) \{/,
    '$&\nreturn text\n',
  );
  const {stdout} = await planted().collect(['0'], {script});
  expect(stdout.toString()).toContain(SECRET);

  const parsed = parseCollectorOutput(stdout, META);

  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(JSON.stringify(parsed)).not.toContain(SECRET);
  for (const [format, text] of await rendered(runOf(parsed.value, await loadServices())))
    expect([format, text.includes(SECRET)]).toEqual([format, false]);
});
