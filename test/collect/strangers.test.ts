import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import {spawnSync} from 'node:child_process';
import {dirname, join} from 'node:path';

import {afterEach, describe, expect, test} from 'vitest';

import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {loadCollectTemplate} from '../../src/io/package/templates.js';
import type {Machine} from '../../src/lab/machine.js';
import type {Evidence} from '../../src/model/evidence.js';
import {judgeAll} from '../../src/rules/index.js';
import {posture} from '../../src/rules/posture.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {SERVICES} from '../knowledge/sources.js';
import type {PracticeRoot} from '../lab/practice-root.js';
import {machineOf, practiceRoot} from '../lab/practice-root.js';
import {META} from './replay/replay-host.js';
import {sampled} from '../tools/sampled.js';

const roots: PracticeRoot[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.remove();
});

function host(machine: Machine): PracticeRoot {
  const made = practiceRoot(machine);
  roots.push(made);
  return made;
}

interface Looked {
  readonly evidence: Evidence;
  readonly said: string;
  readonly posture: string;
}

function look(root: PracticeRoot): Looked {
  const {out} = root.sh(scriptWithArguments(loadCollectTemplate(), ['0', '5']));
  return {...judge(Buffer.from(out, 'latin1')), said: out};
}

function judge(bytes: Buffer): Omit<Looked, 'said'> {
  const parsed = parseCollectorOutput(bytes, META);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const evidence = parsed.value;
  const findings = judgeAll({evidence, services: SERVICES, policy: {}});
  return {evidence, posture: posture(evidence, findings)};
}

const verdicts = (evidence: Evidence): readonly string[] =>
  judgeAll({evidence, services: SERVICES, policy: {}}).map(
    (f) => `${f.rule} ${f.verdict} ${f.summary}`,
  );

const OWNER = {uid: 1002, user: 'app'};

describe('as root only what root alone can change is opened', () => {
  const withService = (command: string, file: Machine['files'][string]): Machine => {
    const base = machineOf('in-house-stalled');
    return {
      ...base,
      rcConf: {...base.rcConf, flow_enable: 'YES'},
      extraServices: [
        ...base.extraServices,
        {
          script: '/usr/local/etc/rc.d/flow',
          rcVariable: 'flow_enable',
          enabledByDefault: false,
          command,
        },
      ],
      files: {...base.files, [command]: file},
    };
  };
  const ELF = '\x7fELF\x02\nNEEDED\tlibpcap.so.8\t/lib/libpcap.so.8\t2a1c\n';

  test.each([
    [
      'a program of its service user',
      '/home/app/bin/flow',
      {content: ELF, mode: 0o755, owner: OWNER},
    ],
    ['a program others may write', '/usr/local/sbin/flow', {content: ELF, mode: 0o777}],
  ] as const)('%s is not read, and ldd is not asked', (_, path, file) => {
    const {said, evidence, posture: word} = look(host(withService(path, file)));

    expect(said).toContain(`|untrusted ${path}\n`);
    expect(said).not.toContain(`|${path}:\n`);
    expect(evidence.programs.find((p) => p.path === path)?.libpcap).toMatchObject({
      state: 'unreadable',
      cause: 'untrusted',
    });
    // The others are looked at as before.
    expect(said).toContain('|/usr/local/sbin/flowtapd:\n');
    expect(word).toBe('broken');
  });

  test('the same file in folders of root’s is read; a folder above that others may write is enough', () => {
    const root = host(withService('/opt/flow/sbin/flow', {content: ELF, mode: 0o755}));
    expect(look(root).said).toContain('|elf /opt/flow/sbin/flow\n');

    chmodSync(join(root.root, 'opt'), 0o777);
    expect(look(root).said).toContain('|untrusted /opt/flow/sbin/flow\n');
  });

  test('rc files and sysctl.conf that others may write are not read, and nothing passes for it', () => {
    const root = host(machineOf('stalled-pflogd'));
    chmodSync(join(root.root, 'etc/rc.conf'), 0o666);
    chmodSync(join(root.root, 'etc/sysctl.conf'), 0o666);

    const {evidence, posture: word} = look(root);

    expect(evidence.files[0]?.content).toEqual({
      state: 'unreadable',
      why: 'untrusted path',
      cause: 'untrusted',
    });
    expect(evidence.rc.enabled).toMatchObject({state: 'unreadable', cause: 'untrusted'});
    expect(word).toBe('broken');
  });

  test('a FIFO called libpcap, or a large file, stops no audit', () => {
    const base = machineOf('in-house-stalled');
    const root = host(base);
    const libpcap = join(root.root, 'usr/local/lib/libpcap.so.1');
    mkdirSync(dirname(libpcap), {recursive: true});
    expect(spawnSync('mkfifo', [libpcap]).status).toBe(0);

    const {evidence, posture: word} = look(root);

    expect(
      evidence.libraries.find((l) => l.path === '/usr/local/lib/libpcap.so.1')?.version,
    ).toMatchObject({
      state: 'unreadable',
      cause: 'untrusted',
    });
    expect(word).toBe('broken');
  });
});

describe('what users can name or start changes no verdict about anyone else', () => {
  const add = (root: PracticeRoot, table: string, row: readonly (string | number)[]): void => {
    appendFileSync(join(root.root, '.lab', table), `${row.join('\t')}\n`);
  };
  const started = 'Tue Nov 24 06:42:10 2026';
  const spoil: readonly (readonly [string, (root: PracticeRoot) => void])[] = [
    [
      'a process called PID',
      (root) => {
        add(root, 'proc', [
          9001,
          1,
          9001,
          0,
          'eve',
          'S',
          started,
          '-',
          '',
          'PID',
          'PID PPID COMMAND',
        ]);
      },
    ],
    [
      'PID in the arguments of the stalled capture',
      (root) => {
        const file = join(root.root, '.lab/proc');
        writeFileSync(
          file,
          readFileSync(file, 'latin1').replaceAll(
            /(-o \/var\/db\/flowtapd)/g,
            '$1 --pidfile /var/run/PID',
          ),
          'latin1',
        );
      },
    ],
    [
      'a file called PID COMM FD',
      (root) => {
        add(root, 'files', [
          9001,
          'sh',
          '3',
          'v',
          'r',
          'r-------',
          1,
          0,
          0,
          '-',
          '/tmp/PID COMM FD T V FLAGS',
          0,
        ]);
      },
    ],
    [
      'a folder, a plain file and a program with /dev/bpf in the name',
      (root) => {
        add(root, 'files', [
          9001,
          'sh',
          'cwd',
          'v',
          'd',
          'r-------',
          '-',
          '-',
          0,
          '-',
          '/home/eve/dev/bpf-tools',
          0,
        ]);
        add(root, 'files', [
          9001,
          'sh',
          '4',
          'v',
          'r',
          'r-------',
          1,
          0,
          0,
          '-',
          '/tmp/dev/bpf',
          0,
        ]);
        add(root, 'files', [
          9001,
          'sh',
          'text',
          'v',
          'r',
          'r-------',
          '-',
          '-',
          0,
          '-',
          '/home/eve/dev/bpf',
          0,
        ]);
      },
    ],
    [
      'a name that looks like JSON of procstat',
      (root) => {
        const name = '/tmp/{"fd":3,"fd_type":"vnode","vode_type":"character","path":"/dev/bpf"}';
        add(root, 'files', [9001, 'sh', '5', 'v', 'r', 'r-------', 1, 0, 0, '-', name, 0]);
      },
    ],
    [
      '120 000 mappings of a process named like a capture, by another user',
      (root) => {
        add(root, 'proc', [9001, 1, 9001, 0, 'eve', 'S', started, '-', '', 'flowtapd', 'flowtapd']);
        writeFileSync(join(root.root, '.lab/map/9001'), mapping.repeat(120_000));
      },
    ],
  ];
  const mapping = '10000\t11000\trw-\t1\t1\t1\t0\t-----\tsw\t\n';

  test.each(sampled(spoil, 3, ([name]) => name))('%s', (_, spoiled) => {
    const before = verdicts(look(host(machineOf('in-house-stalled'))).evidence);
    const root = host(machineOf('in-house-stalled'));
    spoiled(root);

    const {evidence, posture: word} = look(root);

    expect(word).toBe('broken');
    expect(verdicts(evidence)).toEqual(before);
  });

  test('120 000 mappings of a relative cost its own map, which says so', () => {
    const root = host(machineOf('in-house-stalled'));
    add(root, 'proc', [9001, 2711, 9001, 0, 'root', 'S', started, '-', '', 'helper', 'helper']);
    writeFileSync(join(root.root, '.lab/map/9001'), mapping.repeat(120_000));

    const {evidence, posture: word, said} = look(root);

    expect(word).toBe('broken');
    expect(said.length).toBeLessThan(500_000);
    expect(evidence.memoryMaps['9001']).toMatchObject({
      state: 'unreadable',
      why: 'more than 4096 mappings',
    });
  });

  test('a relative that ended meanwhile costs no map of another', () => {
    const root = host(machineOf('in-house-stalled'));
    // In ps, but procstat does not know it: it gives up there.
    add(root, 'proc', [2712, 2711, 2711, 0, 'root', 'S', started, '-', '', 'gone', 'gone']);

    const {evidence} = look(root);

    expect(evidence.memoryMaps['2711']?.state).toBe('read');
    expect(evidence.memoryMaps['2713']?.state).toBe('read');
    expect(evidence.memoryMaps['2712']?.state).toBe('unreadable');
  });
});

// From public cases: evidence.txt and e-*.txt as they came, with the answers of their README.
describe('cases', () => {
  const folder = 'test/cases/dev-bpf-in-a-path';
  const files = readdirSync(folder).filter((name) => name.startsWith('e-n7d'));

  test.each(files)('%s: a name that contains /dev/bpf is no capture', (name) => {
    const text = readFileSync(join(folder, name), 'latin1');
    const without = text
      .split('\n')
      .filter(
        (line) =>
          !/^\|\s*\d+ .*\/dev\/bpf/.test(line) || /v c [-a-z]{8}.*\/dev\/bpf\d*\s*$/.test(line),
      )
      .join('\n');
    expect(without).not.toBe(text);

    const spoiled = judge(Buffer.from(text, 'latin1'));

    expect(verdicts(spoiled.evidence)).toEqual(
      verdicts(judge(Buffer.from(without, 'latin1')).evidence),
    );
    expect(spoiled.evidence.holders.state).toBe('read');
  });

  test('evidence of a collector that left out the map that decides says that this is the reason', () => {
    const text = readFileSync('test/cases/more-than-64-processes/evidence.txt');
    const {evidence} = judge(text);
    const finding = judgeAll({evidence, services: SERVICES, policy: {}}).find(
      (f) => f.rule === 'ZBUF-001' && f.pid === 3883,
    );

    expect(finding).toMatchObject({verdict: 'unknown'});
    expect(finding?.summary).toContain('not read: more than 64 related processes');
    expect(finding?.fix).toContain('procstat -v 3883');
    expect(finding?.fix).not.toContain('while packets arrive');
  });

  test('80 jails with a DHCP client each do not hide the stalled pflogd behind them', () => {
    const {evidence, posture: word} = look(host(machineOf('many-jails')));

    expect(word).toBe('broken');
    expect(evidence.memoryMaps['3883']?.state).toBe('read');
    expect(
      Object.values(evidence.memoryMaps).filter((map) => map.state === 'unreadable').length,
    ).toBeGreaterThan(0);
  });
});
