import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import {collect, inputFor} from '../../../src/app/audit.js';
import {pacing} from '../../../src/app/pacing.js';
import type {HostDeps} from '../../../src/app/change/apply-options.js';
import {applyHost} from '../../../src/app/change/apply-host.js';
import {rollbackHost} from '../../../src/app/change/rollback-host.js';
import type {ModeObjects} from '../../../src/io/native/mode-objects.js';
import {loadModeObjects} from '../../../src/io/native/mode-objects.js';
import {loadChangeTemplate, loadCollectTemplate} from '../../../src/io/package/templates.js';
import {endProcesses} from '../../../src/lab/end-processes.js';
import {hostTree} from '../../../src/lab/host-tree.js';
import {NO_CHANGE_POLICY} from '../../../src/model/change-policy.js';
import type {Evidence} from '../../../src/model/evidence.js';
import type {Host} from '../../../src/model/host.js';
import {MODE_MAP, objectPath} from '../../../src/model/mode.js';
import type {Transport} from '../../../src/model/transport.js';
import type {PlanHostInput} from '../../../src/plan/make-plan.js';
import {planHost} from '../../../src/plan/make-plan.js';
import {auditedCaptures} from '../../../src/rules/reading/audited-captures.js';
import {withOurObjects} from '../../../src/rules/reading/mode-object.js';
import {scriptWithArguments} from '../../../src/text/shell.js';
import {expectOk, testHost, testTransport} from '../../io/ssh/client.js';
import type {Sshd} from '../../io/ssh/real-sshd.js';
import {makeKey, startSshd} from '../../io/ssh/real-sshd.js';
import {machineOf} from '../../lab/practice-root.js';
import {builtForFreebsd} from '../../native/built-for-freebsd.js';
import {NOW, SERVICES} from '../../plan/scene.js';

import {OPTIONS, RUN} from './fleet.js';

/*
 * The objects as clang and lld really build them, through the ssh2 transport to a real OpenSSH
 * server; only FreeBSD's programs are the practice ones (sshd sets ZBUFCTL_ROOT, as no host does).
 */
const dir = mkdtempSync(join(tmpdir(), 'zbufctl-modes-ssh-'));
const root = join(dir, 'root');
const at = (path: string): string => join(root, path);
let built: string;
let objects: ModeObjects;
let sshd: Sshd;
let transport: Transport;
let host: Host;

beforeAll(async () => {
  built = await builtForFreebsd();
  objects = loadModeObjects(built);
  hostTree(machineOf('healthy'), {root, sharedDir: join(dir, 'shared'), password: 'x'});
  const key = await makeKey(join(dir, 'id_ed25519'));
  sshd = await startSshd({config: [`SetEnv ZBUFCTL_ROOT=${root} LAB_UID=0 LAB_USER=root`]});
  await sshd.authorize('root', `${key}.pub`);
  const known = join(dir, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${await sshd.hostKey()}\n`);
  host = testHost({name: 'fw01', port: sshd.port, identityFiles: [key], knownHosts: [known]});
  transport = testTransport();
});

afterAll(async () => {
  transport.close();
  await sshd.stop();
  endProcesses(root);
  rmSync(dir, {recursive: true, force: true});
});

const COLLECTOR = scriptWithArguments(loadCollectTemplate(), ['0']);
const policy = {zerocopy: 'off', modes: {pflogd: 'buffered'}} as const;

const inputOf = (evidence: Evidence): PlanHostInput =>
  inputFor({...host, policy}, evidence, {
    servicesFor: () => SERVICES,
    probeFor: () => undefined,
    changesFor: () => ({...NO_CHANGE_POLICY, modes: policy.modes}),
    waivers: [],
    now: () => NOW,
    modeObjects: objects.all,
  });

const deps = (): HostDeps => ({
  transport,
  collector: COLLECTOR,
  changeTemplate: loadChangeTemplate(),
  objectOf: objects.bytesOf,
  withOurs: (evidence) => withOurObjects(evidence, objects.all),
  packetTemplate: '',
  servicesFor: () => SERVICES,
  objections: () => [],
  apart: () => undefined,
  judge: (_, evidence) => planHost(inputOf(evidence)),
  isOurs: () => true,
  keep: () => Promise.resolve(),
  beforeChange: () => Promise.resolve(),
  now: () => NOW,
  elapsed: () => performance.now(),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  onEvent: () => undefined,
});

const look = async (): Promise<Evidence> =>
  expectOk(
    await collect(
      host,
      {timeoutMs: 60_000, acceptNew: false},
      {
        ...deps(),
        onEvent: () => undefined,
        signal: new AbortController().signal,
        pacing: pacing(undefined, {...deps(), random: () => 0, wait: (ms) => deps().pause(ms)}),
      },
    ),
  );

test('installed, mapped, verified and rolled back, over SSH, with the objects as built', async () => {
  expect(objects.all).toHaveLength(6);
  const planned = planHost(inputOf(await look()));
  expect(planned.state, planned.gate.reasons.map(({text}) => text).join('\n')).toBe('changes');
  const options = {...OPTIONS, timeoutMs: 60_000, plan: 'plan-20261124T110000Z-cf72'};

  const applied = await applyHost(host, planned, options, deps());

  expect([applied.result, applied.reason]).toEqual(['changed', undefined]);
  expect(applied.steps.flatMap(({kind, detail}) => (kind === 'verify' ? [detail] : []))).toContain(
    '/sbin/pflogd runs in buffered',
  );
  const file = at(objectPath('buffered'));
  expect(readFileSync(file)).toEqual(
    readFileSync(join(built, 'libpcap-buffered-freebsd-amd64.so')),
  );
  expect(statSync(file).mode & 0o7777).toBe(0o444);
  expect(readFileSync(at(MODE_MAP), 'utf8')).toContain(`[/sbin/pflogd]\nlibpcap.so.8  `);
  const after = inputOf(await look());
  expect(planHost(after)).toMatchObject({state: 'nothing', posture: 'compliant'});
  expect(auditedCaptures(after)).toMatchObject([
    {program: 'pflogd', mode: 'buffered', given: 'buffered'},
  ]);

  const undone = await rollbackHost(host, planned, RUN, options, deps());

  expect([undone.result, undone.reason]).toEqual(['rolled-back', undefined]);
  expect(existsSync(file)).toBe(false);
  expect(existsSync(at(MODE_MAP))).toBe(false);
  expect(auditedCaptures(inputOf(await look()))).toMatchObject([
    {program: 'pflogd', mode: 'buffered'},
  ]);
});
