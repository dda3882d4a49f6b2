import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import type {Server, Socket} from 'node:net';
import {connect, createServer} from 'node:net';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';

import {endProcesses} from '../../src/lab/end-processes.js';
import {hostTree} from '../../src/lab/host-tree.js';
import type {Plan} from '../../src/model/plan.js';
import {machineOf} from '../lab/practice-root.js';
import type {Sshd} from '../io/ssh/real-sshd.js';
import {makeKey, startSshd} from '../io/ssh/real-sshd.js';

import type {Applied} from './change-lab.js';
import {applied, until} from './change-lab.js';
import {documentOf, zbufctl, zbufctlAgain} from './cli.js';

/**
 * A change over a real OpenSSH server: what it does with a command whose connection is gone decides
 * whether the work goes on. Only the FreeBSD programs are the practice ones: sshd sets
 * ZBUFCTL_ROOT, as no host does.
 */
let dir: string;
let root: string;
let sshd: Sshd;
let wire: Server;
let inventory: readonly string[];
const sockets = new Set<Socket>();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-real-apply-'));
  root = join(dir, 'root');
  const key = await makeKey(join(dir, 'id_ed25519'));
  sshd = await startSshd({config: [`SetEnv ZBUFCTL_ROOT=${root} LAB_UID=0 LAB_USER=root`]});
  await sshd.authorize('root', `${key}.pub`);
  // Between the two, so that the connection can be cut as a network would.
  wire = createServer((near) => {
    const far = connect(sshd.port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const {port} = wire.address() as AddressInfo;
  mkdirSync(join(dir, 'inventory'));
  writeFileSync(
    join(dir, 'inventory', 'known_hosts'),
    `[127.0.0.1]:${port} ${await sshd.hostKey()}\n`,
  );
  const file = join(dir, 'inventory', 'zbufctl.yaml');
  writeFileSync(
    file,
    [
      'groups:',
      '  edge:',
      `    vars: {user: root, identityFile: ${key}, knownHosts: known_hosts}`,
      `    hosts: [{name: fw01, address: 127.0.0.1, port: ${port}}]`,
      'policy: {zerocopy: off, rc: {pflog_flags: "-s 128"}}',
      '',
    ].join('\n'),
  );
  inventory = ['-i', file, '--state-dir', join(dir, 'state')];
});

beforeEach(() => {
  endProcesses(root);
  rmSync(root, {recursive: true, force: true});
  hostTree(machineOf('pf-logger-at-boot'), {root, sharedDir: join(dir, 'shared'), password: 'x'});
});

afterAll(async () => {
  wire.close();
  for (const socket of sockets) socket.destroy();
  await sshd.stop();
  endProcesses(root);
  rmSync(dir, {recursive: true, force: true});
});

const bootFile = (): string => readFileSync(join(root, 'etc/sysctl.conf'), 'utf8');
const plan = async (over: readonly string[]): Promise<Plan> =>
  documentOf(await zbufctlAgain(['plan', ...over, '--json'])) as Plan;

/** Applies a plan, and cuts its connection when the host is in the middle of it. */
async function applyThroughACut(over: readonly string[]): Promise<Applied> {
  const {id} = await plan(over);
  writeFileSync(join(root, '.lab/trace'), '');
  writeFileSync(join(root, '.lab/trace.at'), 'work 20 before hold\n');
  const cut = zbufctl(['apply', id, ...over, '--yes', '--json']);
  await until('the host to be in the middle of it', () =>
    existsSync(join(root, '.lab/trace.held')),
  );
  for (const socket of sockets) socket.destroy();
  writeFileSync(join(root, '.lab/trace.go'), '');
  return applied(await cut);
}

const CHANGED = ['changed', undefined, 0];

test('plan, apply, rollback; then a connection that is cut in the middle of the change', async () => {
  const before = bootFile();
  const first = await plan(inventory);

  const ran = applied(await zbufctl(['apply', first.id, ...inventory, '--yes', '--json']));
  expect([ran.host('fw01').result, ran.host('fw01').reason, ran.code]).toEqual(CHANGED);
  expect(bootFile()).toContain('zerocopy_enable=0');

  const back = applied(
    await zbufctlAgain(['rollback', ran.run.run, ...inventory, '--yes', '--json']),
  );
  expect([back.host('fw01').result, back.code]).toEqual(['rolled-back', 0]);
  expect(bootFile()).toBe(before);

  const after = await applyThroughACut(inventory);
  expect([after.host('fw01').result, after.host('fw01').reason, after.code]).toEqual(CHANGED);
  expect(bootFile()).toContain('zerocopy_enable=0');
}, 180_000);

test('over OpenSSH: a connection that is cut in the middle of the change; and a rollback', async () => {
  const over = [...inventory, '--transport', 'openssh'];
  const before = bootFile();

  const after = await applyThroughACut(over);
  expect([after.host('fw01').result, after.host('fw01').reason, after.code]).toEqual(CHANGED);
  expect(bootFile()).toContain('zerocopy_enable=0');

  const back = applied(await zbufctlAgain(['rollback', after.run.run, ...over, '--yes', '--json']));
  expect([back.host('fw01').result, back.code]).toEqual(['rolled-back', 0]);
  expect(bootFile()).toBe(before);
}, 180_000);
