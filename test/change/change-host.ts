import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {modeMapText} from '../../src/freebsd/mode-map.js';
import {loadChangeTemplate} from '../../src/io/package/templates.js';
import {endProcesses} from '../../src/lab/end-processes.js';
import {hostTree} from '../../src/lab/host-tree.js';
import type {Machine} from '../../src/lab/machine.js';
import {modeObjectFile} from '../../src/lab/mode-object.js';
import {MODE_MAP, objectPath} from '../../src/model/mode.js';
import type {HostRecord} from '../../src/model/host-record.js';
import type {PlannedStep} from '../../src/model/plan.js';
import type {Step} from '../../src/model/step.js';
import {parseChangeRecord} from '../../src/steps/change-record.js';
import {beginScript, contactScript} from '../../src/steps/change-script.js';

/** A watcher that was frozen may write its last line while its folder goes. */
const GONE = {recursive: true, force: true, maxRetries: 20, retryDelay: 100} as const;

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const RUN = '20261124T081500Z-apply-3f9a';
export const template = loadChangeTemplate();

export interface Answer {
  readonly out: string;
  readonly err: string;
  /** Undefined when the answer is no record. */
  readonly record: HostRecord | undefined;
}

/** A practice host on disk, to which the scripts are given as sshd would give them. */
export interface ChangeHost {
  readonly root: string;
  /** A path of the practice host, on this machine. */
  readonly path: (path: string) => string;
  readonly text: (path: string) => string;
  /** Gives a script to /bin/sh -s, in a group of its own, as sshd does. */
  readonly give: (script: string) => Promise<Answer>;
  readonly begin: (steps: readonly Step[], options?: BeginWith) => Promise<Answer>;
  readonly contact: (what: 'status' | 'confirm' | 'undo', run?: string) => Promise<Answer>;
  /**
   * Everything the steps may change: files with mode and owner, the running value, the services.
   */
  readonly snapshot: () => Readonly<Record<string, string>>;
  readonly remove: () => void;
}

export interface BeginWith {
  readonly run?: string;
  /** Default: one of the run's own; a host takes a plan once. */
  readonly plan?: string;
  readonly continues?: string;
  readonly acceptNoBootGuard?: boolean;
  readonly confirmSeconds?: number;
  readonly objectOf?: (sha256: string) => Uint8Array | undefined;
}

export interface Fleet {
  readonly open: (machine: Machine) => ChangeHost;
  readonly close: () => void;
}

/** Practice hosts of one test file; they share what hosts of a kind have in common. */
export function changeFleet(): Fleet {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-change-'));
  let count = 0;
  return {
    open(machine) {
      count += 1;
      const dir = join(folder, `h${count}`);
      const root = join(dir, 'host');
      hostTree(machine, {root, sharedDir: join(folder, 'shared'), password: 'right'});
      return changeHost(root, () => {
        rmSync(dir, GONE);
      });
    },
    close() {
      endProcesses(folder);
      rmSync(folder, GONE);
    },
  };
}

function changeHost(root: string, remove: () => void): ChangeHost {
  const path = (p: string): string => join(root, p);
  const give = (script: string): Promise<Answer> =>
    new Promise((resolve) => {
      const child = spawn('/bin/sh', ['-s'], {
        detached: true,
        env: {
          ZBUFCTL_ROOT: root,
          PATH: `${root}/bin:/usr/bin:/bin`,
          HOME: root,
          TZ: 'UTC',
          LAB_UID: '0',
          LAB_USER: 'root',
        },
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      // A script that was killed leaves us with a pipe nobody reads.
      child.stdin.on('error', () => undefined);
      child.on('exit', () => {
        // What it left running may keep the pipes open. An immediate comes after the pipes were
        // read, however late the timer is.
        setTimeout(() => {
          setImmediate(() => {
            const said = Buffer.concat(out);
            const read = parseChangeRecord(said);
            resolve({
              out: said.toString('utf8'),
              err: Buffer.concat(err).toString('utf8'),
              record: read.ok ? read.value : undefined,
            });
          });
        }, 10);
      });
      child.stdin.end(script);
    });
  return {
    root,
    path,
    text: (p) => readFileSync(path(p), 'utf8'),
    give,
    begin: (steps, {run = RUN, plan = `plan-${run}`, confirmSeconds = 20, ...more} = {}) =>
      give(
        beginScript({
          run,
          plan,
          owner: 'op@ctl',
          confirmSeconds,
          steps: planned(steps),
          template,
          objectOf,
          ...more,
        }),
      ),
    contact: (what, run) =>
      give(contactScript({what, ...(run === undefined ? {} : {run}), template})),
    snapshot: () => snapshot(root),
    remove,
  };
}

export const planned = (steps: readonly Step[]): readonly PlannedStep[] =>
  steps.map((step) => ({...step, why: ['ZBUF-002'], inverse: null}));

function snapshot(root: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const folder of ['etc', 'usr/local/etc/libmap.d', 'usr/local/lib']) {
    for (const name of namesIn(join(root, folder))) {
      const file = join(root, folder, name);
      const stat = lstatSync(file);
      const text = stat.isFile() ? readFileSync(file, 'latin1') : 'no file';
      found[`/${folder}/${name}`] = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${text}`;
    }
  }
  const table = (name: string): string => readFileSync(join(root, '.lab', name), 'latin1');
  found['running'] = /zerocopy_enable \w+ \w+ '?(\d+)/.exec(table('sysctl'))?.[1] ?? '?';
  found['services'] = table('proc')
    .split('\n')
    .flatMap((line) => {
      const [, , , , , , , , unit = ''] = line.split('\t');
      return unit === '' ? [] : [unit];
    })
    .sort()
    .join(' ');
  if (existsSync(join(root, '.lab/flags'))) found['flags'] = table('flags');
  return found;
}

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder, {recursive: true, encoding: 'utf8'}).sort() : [];

/** Files a change leaves beside the ones it replaces, when it leaves any. */
export const leftOvers = (host: ChangeHost): readonly string[] =>
  ['etc', 'usr/local/etc', 'usr/local/lib'].flatMap((folder) =>
    namesIn(host.path(folder)).filter((name) => name.includes('.zbufctl-')),
  );

export const isLocked = (host: ChangeHost): boolean =>
  existsSync(host.path('var/db/zbufctl')) &&
  readdirSync(host.path('var/db/zbufctl')).includes('lock');

/**
 * Asks until what the host says of its run is as wanted. Asking costs more than looking whether the
 * lock is there.
 */
export async function until(
  host: ChangeHost,
  wanted: (record: HostRecord) => boolean,
  seconds = 120,
): Promise<HostRecord> {
  const end = Date.now() + seconds * 1000;
  for (let look = 0; ; look += 1) {
    if (look % 20 === 0 || !isLocked(host)) {
      const {record, out, err} = await host.contact('status', RUN);
      if (record !== undefined && wanted(record)) return record;
      if (Date.now() > end) throw new Error(`the host still says:\n${out}${err}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A line for .lab/trace.at, or only the trace. */
export function trace(host: ChangeHost, at?: string): void {
  writeFileSync(host.path('.lab/trace'), '');
  if (at !== undefined) writeFileSync(host.path('.lab/trace.at'), `${at}\n`);
}

/**
 * Stands for an object of the package: the host asks for no more than its digest and what ldd says.
 */
export const OBJECT = Buffer.from(modeObjectFile('buffered').content, 'latin1');
export const objectOf = (sha256: string): Uint8Array | undefined =>
  sha256 === digestOf(OBJECT) ? OBJECT : undefined;
const MAPPED = modeMapText(new Map([['/sbin/pflogd', 'buffered']]));

export const BOOT_ON = '# Loaded by rc.d/sysctl at boot.\nnet.bpf.zerocopy_enable=1\n';
export const BOOT_OFF = '# Loaded by rc.d/sysctl at boot.\nnet.bpf.zerocopy_enable=0\n';

/** One step of each kind, as a plan for a host with a stalled pflogd would have it. */
export const steps = {
  boot: {
    kind: 'write-boot',
    file: '/etc/sysctl.conf',
    from: BOOT_ON,
    to: BOOT_OFF,
    bootFrom: 1,
    bootTo: 0,
  },
  bootCreated: {
    kind: 'write-boot',
    file: '/etc/sysctl.conf.local',
    from: null,
    to: 'net.bpf.zerocopy_enable=0\n',
    bootFrom: 1,
    bootTo: 0,
  },
  bootRemoved: {
    kind: 'write-boot',
    file: '/etc/sysctl.conf',
    from: BOOT_ON,
    to: null,
    bootFrom: 1,
    bootTo: 0,
  },
  running: {kind: 'set-running', oid: 'net.bpf.zerocopy_enable', from: 1, to: 0},
  install: {
    kind: 'install-mode',
    mode: 'buffered',
    file: objectPath('buffered'),
    from: null,
    to: digestOf(OBJECT),
  },
  map: {kind: 'map-mode', file: MODE_MAP, from: null, to: MAPPED},
  rc: {kind: 'set-rc', file: '/etc/rc.conf', variable: 'pflog_flags', from: null, to: '-s 200'},
  rcOff: {kind: 'set-rc', file: '/etc/rc.conf', variable: 'pflog_enable', from: 'YES', to: null},
  restart: {
    kind: 'restart-service',
    service: 'pflog',
    from: 'running',
    to: 'running',
    timeLimit: 1,
    mayKill: true,
  },
  stop: {
    kind: 'stop-service',
    service: 'pflog',
    from: 'running',
    to: 'stopped',
    timeLimit: 1,
    mayKill: true,
  },
  start: {
    kind: 'start-service',
    service: 'pflog',
    from: 'stopped',
    to: 'running',
    timeLimit: 1,
    mayKill: true,
  },
} as const satisfies Record<string, Step>;
