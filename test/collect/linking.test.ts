import {afterEach, expect, test} from 'vitest';

import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {LIMITS} from '../../src/collect/limits.js';
import {parseLinking} from '../../src/collect/facts/linking.js';
import type {Section} from '../../src/collect/section.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import {hostTree} from '../../src/lab/host-tree.js';
import type {Machine, Mapping} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIOS} from '../../src/lab/scenarios.js';
import {ZEROCOPY_LIBPCAP} from '../../src/lab/release-facts.js';
import {programFile} from '../../src/lab/shared-tree.js';
import type {Evidence} from '../../src/model/evidence.js';
import {read, unreadable} from '../../src/model/reading.js';
import {ownPrograms} from '../lab/own-programs.js';
import {judgeEvidence} from '../rules/scene.js';
import {schemaComplaints} from '../json-schema.js';
import {someOf} from '../tools/sampled.js';

/**
 * The real collector on practice hosts: which libpcap is in force, and what of it leaves the host.
 */
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, {recursive: true, force: true});
});

function collected(
  scenario: ScenarioName,
  change: (machine: Machine) => Machine = (machine) => machine,
  awk?: string,
): {text: string; evidence: Evidence} {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-linking-'));
  folders.push(folder);
  const setting = {release: '15.1', hostname: 'fw01', bootTime: 1_795_000_000} as const;
  const machine = change(SCENARIOS[scenario].machine(setting));
  const root = join(folder, 'root');
  hostTree(machine, {root, sharedDir: join(folder, 'shared'), password: 'x'});
  if (awk !== undefined) {
    ownPrograms(root, {awk: `exec ${awk} "$@"`});
  }
  const text = execFileSync('/bin/sh', ['-s', '0'], {
    input: loadCollectTemplate(),
    env: {ZBUFCTL_ROOT: root, LAB_UID: '0', PATH: '/bin:/usr/bin'},
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  const meta = {host: 'fw01', address: 'fw01', collectedAt: '2026-11-24T08:15:00.000Z'};
  const parsed = parseCollectorOutput(Buffer.from(text, 'latin1'), meta);
  if (!parsed.ok) throw new Error(parsed.error.message);
  expect(schemaComplaints('src/collect/evidence.schema.json')(parsed.value)).toEqual([]);
  return {text, evidence: parsed.value};
}

const finding = (evidence: Evidence, rule: string) =>
  judgeEvidence(evidence).findings.find((f) => f.rule === rule);

test('a libpcap that libmap.conf maps is judged by what takes its place, and named', () => {
  const {evidence, text} = collected('libmapped-pflogd');
  expect(text).toMatch(/\tlibpcap\.so\.8 => \/usr\/local\/lib\/capturemode\/libpcap-buffered\.so/);
  expect(text).toMatch(/\t\/lib\/libpcap\.so\.8 => \/lib\/libpcap\.so\.8/);
  expect(evidence.linking?.libmap.map((f) => f.path)).toEqual([
    '/etc/libmap.conf',
    '/usr/local/etc/libmap.d/capture.conf',
  ]);
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.verdict).toBe('unknown');
  expect(found?.summary).toMatch(/libpcap-buffered\.so/);
  expect(found?.because).toContainEqual({
    reading: 'libpcap mapped by libmap.conf(5)',
    source: '/usr/local/etc/libmap.d/capture.conf',
    state: 'read',
    value: '[/sbin/pflogd] libpcap.so.8 /usr/local/lib/capturemode/libpcap-buffered.so',
  });
});

test('LD_PRELOAD is seen in rc.conf and in the process, and nothing else of either leaves the host', () => {
  const {evidence, text} = collected('preloaded-pflogd');
  expect(evidence.linking?.environments).toEqual(
    read({
      3363: {LD_PRELOAD: '/usr/local/lib/libhook.so'},
      3365: {LD_PRELOAD: '/usr/local/lib/libhook.so'},
    }),
  );
  expect(text).not.toMatch(/swordfish|LOG_PASSWORD|RC_PID|HOME=/);
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.verdict).toBe('unknown');
  expect(found?.summary).toMatch(
    /LD_PRELOAD loads \/usr\/local\/lib\/libhook\.so before its libpcap/,
  );
  const readings = found?.because.map((b) => `${b.source}: ${b.reading}`);
  expect(readings).toContain('rc.conf: LD_PRELOAD in pflog_env');
  expect(readings).toContain('procstat -e 3363: LD_PRELOAD of pid 3363');
});

test('a libpcap that is linked into the program is found there', () => {
  const {evidence} = collected('static-capture');
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.because.map((b) => b.reading)).toContain(
    'libpcap inside /usr/local/sbin/statictapd',
  );
});

test('a host on which nobody maps or preloads anything is judged as before', () => {
  const {evidence} = collected('pf-logger-at-boot');
  expect(evidence.linking?.libmap.map((f) => f.content.state)).toEqual(['read', 'absent']);
  expect(
    judgeEvidence(evidence).findings.some((f) =>
      f.because.some((b) => /LD_|libmap/.test(b.reading)),
    ),
  ).toBe(false);
});

const SHIM = '/usr/local/lib/capturemode/libpcap-buffered.so';
const DROP_IN = '/usr/local/etc/libmap.d/capture.conf';

const withFiles =
  (files: Machine['files']) =>
  (machine: Machine): Machine => ({
    ...machine,
    files: {...machine.files, ...files},
  });

/** The mapping of the scenario with another object, loaded where the scenario's is. */
const instead =
  (path: string, content: string) =>
  (machine: Machine): Machine => ({
    ...machine,
    units: machine.units.map((unit) => ({
      ...unit,
      maps: new Map(
        [...unit.maps].map(([pid, map]) => [
          pid,
          map.flatMap((m): readonly Mapping[] =>
            m.path === SHIM ? [{...m, path}] : m.path.includes('libpcap.so') ? [] : [m],
          ),
        ]),
      ),
    })),
    files: {
      ...machine.files,
      [DROP_IN]: {content: `[/sbin/pflogd]\nlibpcap.so.8 ${path}\n`},
      [path]: {content, mode: 0o555},
    },
  });

test.each([
  ['says it cannot do zero-copy', 'libpcap version 1.9.1', 'pass'],
  ['says it can', ZEROCOPY_LIBPCAP, 'fail'],
  ['says nothing of being one', 'capture mode object', 'unknown'],
])(
  'what libmap.conf gives, whatever its name, is judged by what it says of itself: %s',
  (_, says, verdict) => {
    const path = '/opt/capture/mode.so';
    const {evidence} = collected('libmapped-pflogd', instead(path, programFile([], [says])));
    expect(evidence.libraries.map((l) => l.path)).toContain(path);
    const found = finding(evidence, 'ZBUF-002');
    expect(found?.verdict).toBe(verdict);
    if (verdict === 'unknown') {
      expect(found?.summary).toContain(
        `${path} takes the place of libpcap and says nothing of being one`,
      );
    }
  },
);

test.each(
  someOf(
    [
      ['the program’s folder', '[/sbin/]\nlibm.so.5 libm.so.6\n'],
      ['the program’s name', '[pflogd]\nlibm.so.5 libm.so.6\n'],
    ],
    2,
  ),
)('a section of %s that is read later shadows a mapping', (_, section) => {
  const {evidence, text} = collected('libmapped-pflogd', (machine) => ({
    ...withFiles({
      '/etc/libmap.conf': {content: `include ${DROP_IN}\n${section}`},
    })(machine),
  }));
  // The practice ldd reads the files by itself: the two agree.
  expect(text).toMatch(/\tlibpcap\.so\.8 => \/lib\/libpcap\.so\.8/);
  expect(finding(evidence, 'ZBUF-002')?.verdict).toBe('fail');
});

test('a file that was not followed to its end is unknown, and named', () => {
  const chain = Object.fromEntries(
    [1, 2, 3, 4, 5, 6].map((n) => [`/etc/map/${n}`, {content: `include /etc/map/${n + 1}\n`}]),
  );
  const {evidence} = collected(
    'libmapped-pflogd',
    withFiles({...chain, '/etc/libmap.conf': {content: 'include /etc/map/1\n'}}),
  );
  const found = finding(evidence, 'ZBUF-002');
  const gaps = found?.because.filter(
    (b) => b.source === 'libmap.conf(5)' && b.state === 'unreadable',
  );
  expect(gaps?.map((b) => b.reading)).toEqual(['/etc/map/4']);
});

const withRc =
  (variables: Readonly<Record<string, string>>) =>
  (machine: Machine): Machine => ({
    ...machine,
    rcConf: {...machine.rcConf, ...variables},
  });

test.each(
  someOf(
    [
      ['LD_LIBRARY_PATH=/opt/lib', 'LD_LIBRARY_PATH'],
      ['LD_LIBMAP=libpcap.so.8=/opt/x.so', 'LD_LIBMAP'],
      ['LD_LIBMAP_DISABLE=1', 'LD_LIBMAP_DISABLE'],
    ],
    3,
  ),
)('%s in pflog_env can give it another libpcap: unknown, by name', (value, name) => {
  const {evidence} = collected('libmapped-pflogd', withRc({pflog_env: value}));
  const found = finding(evidence, 'ZBUF-002');
  expect(found?.verdict).toBe('unknown');
  expect(found?.because.map((b) => b.reading)).toContain(`${name} in pflog_env`);
});

test.each(someOf(['pflog_env_file', 'pflog1_env_file'], 2))(
  '%s is named, and what is in it is not known',
  (name) => {
    const {evidence} = collected('stalled-pflogd', withRc({[name]: '/usr/local/etc/pflog.env'}));
    const found = finding(evidence, 'ZBUF-002');
    expect(found?.verdict).toBe('unknown');
    expect(found?.summary).toContain(
      'it is started with the variables of /usr/local/etc/pflog.env',
    );
  },
);

test('variables of other services are not those of this one', () => {
  const {evidence} = collected('stalled-pflogd', withRc({pflogger_env: 'LD_PRELOAD=/opt/x.so'}));
  expect(finding(evidence, 'ZBUF-002')?.verdict).toBe('fail');
});

test('a libpcap that a plugin brings in is judged, though the program needs none by name', () => {
  const name = '/usr/local/sbin/edgetapd';
  const libc = {name: 'libc.so.7', path: '/lib/libc.so.7', address: '2a1c5d700000'};
  const {evidence} = collected(
    'in-house-healthy',
    withFiles({[name]: {content: programFile([libc]), mode: 0o755}}),
  );
  expect(evidence.programs.find((p) => p.path === name)?.libpcap.state).toBe('absent');
  const found = finding(evidence, 'ZBUF-002');
  expect(
    found?.because.map((b) => `${b.reading}: ${b.state === 'read' ? b.value : b.state}`),
  ).toContainEqual(expect.stringMatching(/^libpcap loaded: \/.*libpcap\.so/));
});

test.each(['original-awk', 'mawk', 'gawk'])(
  '%s tells the variables of rtld from all others',
  (awk) => {
    const escapes = '\\'.repeat(40_001);
    const {text, evidence} = collected(
      'preloaded-pflogd',
      (machine) => ({
        ...machine,
        units: machine.units.map((unit) => ({
          ...unit,
          environments: new Map(
            unit.processes.map(({pid}) => [
              pid,
              [
                `A=${escapes}`,
                `B=", "LD_PRELOAD=/forged.so`,
                `LD_PRELOAD=/opt/a"b.so`,
                `C=${'"'.repeat(20_000)}`,
                `LD_LIBRARY_PATH=${'/x"'.repeat(2000)}`,
                'LD_BIND_NOW=1',
              ],
            ]),
          ),
        })),
      }),
      awk,
    );
    expect(evidence.linking?.environments).toEqual(
      read({
        3363: {
          LD_PRELOAD: '/opt/a"b.so',
          LD_LIBRARY_PATH: expect.stringMatching(/^(\/x")+/) as string,
          LD_BIND_NOW: '1',
        },
        3365: expect.objectContaining({LD_PRELOAD: '/opt/a"b.so'}) as Record<string, string>,
      }),
    );
    expect(text).not.toContain('forged');
  },
);

test('what was started by another path is not mapped by a section of the file behind it', () => {
  const {evidence} = collected('stalled-pflogd', (machine) => ({
    ...withFiles({
      [DROP_IN]: {content: `[/sbin/pflogd]\nlibpcap.so.8 ${SHIM}\n`},
      [SHIM]: {content: '\x7fELF'},
    })(machine),
    units: machine.units.map((unit) => ({
      ...unit,
      processes: unit.processes.map((p) => ({...p, args: '/tmp/pflogd -s 116 -i pflog0'})),
    })),
  }));
  expect(finding(evidence, 'ZBUF-002')?.verdict).toBe('fail');
});

test('variables that could not be read are a reading of the finding, not silence', () => {
  const {evidence} = collected('stalled-pflogd');
  const {linking} = evidence;
  if (linking === undefined) throw new Error('not collected');
  const why = 'procstat -e took too long';
  const found = finding(
    {...evidence, linking: {...linking, environments: unreadable(why)}},
    'ZBUF-002',
  );
  const reading = found?.because.find((b) => b.reading.startsWith('LD_ variables of pid '));
  expect(reading).toMatchObject({state: 'unreadable', why});
});

test('a host that names more than anybody has is read no further, and what is left out counts as unread', () => {
  const section = (path: string, content: readonly string[]): Section => ({
    name: 'libmap',
    words: [path],
    content,
    complaint: [],
    status: '0',
  });
  const many = Array.from({length: 300}, (_, i) => section(`/etc/${i}`, [`include /etc/${i + 1}`]));
  const linking = parseLinking({
    libmap: [section('/etc/libmap.conf', ['include /etc/0']), ...many],
    folders: Array.from({length: 300}, (_, i) => section(`/d/${i}`, [])),
    environments: undefined,
  });
  expect(linking?.libmap).toHaveLength(LIMITS.libmaps);
  expect(linking?.libmapFolders).toHaveLength(LIMITS.libmaps);
  const long = parseLinking({
    libmap: [
      section(
        '/etc/libmap.conf',
        Array.from({length: LIMITS.libmapLines + 1}, () => 'a b'),
      ),
    ],
    folders: [],
    environments: undefined,
  });
  expect(long?.libmap[0]?.content).toMatchObject({state: 'unreadable', cause: 'limit'});

  const {evidence} = collected('libmapped-pflogd');
  if (linking === undefined) throw new Error('nothing parsed');
  const found = finding({...evidence, linking}, 'ZBUF-002');
  const readings = found?.because.filter((b) => b.state === 'unreadable').map((b) => b.reading);
  expect(readings).toContain(`/etc/${LIMITS.libmaps - 1}`);
});
