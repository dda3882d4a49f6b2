/**
 * Audits in this process, over a transport that answers what a test says: inventory, store,
 * command and output are the real ones.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {auditCommand} from '../../../src/cli/audit/audit-command.js';
import type {AuditFlags} from '../../../src/cli/audit/audit-flags.js';
import {loadServices} from '../../../src/cli/hosts/load-services.js';
import type {ExitCode} from '../../../src/cli/exit-codes.js';
import type {World} from '../../../src/cli/world.js';
import {openWorld} from '../../../src/cli/world.js';
import type {AuditRun} from '../../../src/model/audit-run.js';
import type {MetFailure, Result} from '../../../src/model/failure.js';
import {fail, ok} from '../../../src/model/failure.js';
import type {Host} from '../../../src/model/host.js';
import type {Session, Transport} from '../../../src/model/transport.js';
import {newRunId} from '../../../src/text/run-id.js';
import {tempDir} from '../../io/store/temp-dir.js';

/** The least a collector says: a host that is not FreeBSD. */
const STREAM = 'zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ system\n|Linux\n= 0\nend 2\n';

export const REFUSED: MetFailure = {kind: 'refused', message: 'nothing listens', fix: 'Look.'};

/** What becomes of a call to a host; the default is that it answers. */
export type Answer = (host: string) => MetFailure | undefined | Promise<MetFailure | undefined>;

let runs = 0;

export interface Fleet {
  /** A controller: another name, another state directory. */
  controller(name?: string): Controller;
}

export interface Controller {
  readonly world: World;
  readonly state: string;
  readonly inventory: string;
  /** Hosts in the order in which they were called. */
  readonly called: string[];
  readonly notes: string[];
  /** Milliseconds it would have waited, each time: here nobody does. */
  readonly waits: number[];
  /** Runs `zbufctl audit --json` and gives what it printed. */
  audit(
    flags?: Partial<AuditFlags>,
    names?: readonly string[],
  ): Promise<{readonly code: ExitCode; readonly run: AuditRun}>;
  /** What was printed last, as JSON. */
  printed(): AuditRun;
}

/** Hosts as the inventory has them: names, or more. */
type Entry = string | Readonly<Record<string, unknown>>;

export function scriptedFleet(hosts: readonly Entry[], answer: Answer = () => undefined): Fleet {
  const folder = tempDir();
  const inventory = join(folder, 'zbufctl.yaml');
  writeFileSync(inventory, `groups:\n  edge:\n    hosts: ${JSON.stringify(hosts)}\n`);
  return {
    controller: (name = 'one') => controllerOf(join(folder, name), inventory, answer),
  };
}

function controllerOf(state: string, inventory: string, answer: Answer): Controller {
  mkdirSync(state, {recursive: true});
  const notes: string[] = [];
  const results: string[] = [];
  const called: string[] = [];
  const waits: number[] = [];
  const terminal = {
    width: Infinity,
    colour: false,
    live: false,
    quiet: false,
    verbose: false,
    result: (text: string) => {
      results.push(text);
      return Promise.resolve();
    },
    note: (text: string) => void notes.push(text),
  };
  const transport: Transport = {
    connect: async (host) => {
      called.push(host.name);
      const failure = await answer(host.name);
      return failure === undefined ? ok(session(host)) : fail(failure);
    },
    close: () => undefined,
  };
  const world: World = {
    ...openWorld(terminal, state),
    // Ids of one second are in no order.
    newRun: (kind) => newRunId(kind, new Date(1_795_000_000_000 + (runs += 1) * 1000), () => 0),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    services: loadServices,
    reach: () => Promise.resolve(transport),
  };
  // A large result comes in pieces.
  const printed = (): AuditRun => JSON.parse(results.splice(0).join('')) as AuditRun;
  return {
    world,
    state,
    inventory,
    called,
    notes,
    waits,
    printed,
    audit: async (flags = {}, names = []) => {
      const code = await auditCommand(names, {...FLAGS, inventory: [inventory], ...flags}, world);
      return {code, run: printed()};
    },
  };
}

const session = (host: Host): Session => ({
  connection: {
    user: 'root',
    port: 22,
    hostKeyFingerprint: '',
    hostKeyType: '',
    authentication: '',
    via: [],
  },
  run: (): Promise<
    Result<Awaited<ReturnType<Session['run']>> extends Result<infer T> ? T : never>
  > =>
    Promise.resolve(
      ok({
        stdout: Buffer.from(STREAM.replace('Linux', `Linux ${host.name}`)),
        stderr: Buffer.alloc(0),
        exitCode: 0,
        durationMs: 1,
      }),
    ),
  quietMs: () => 0,
  close: () => undefined,
});

/** The flags nobody gave, as oclif hands them over. */
const FLAGS = {
  inventory: undefined,
  group: undefined,
  policy: undefined,
  concurrency: 4,
  timeout: 60,
  'accept-new': false,
  json: true,
  output: undefined,
  'fail-on': 'high',
  'with-helper': false,
  program: undefined,
  local: false,
  from: undefined,
  shard: undefined,
  resume: undefined,
  rate: undefined,
  'per-jump-host': undefined,
  'only-failed': false,
  'failed-in': undefined,
} as const satisfies Partial<AuditFlags> as AuditFlags;
