import type {ChildProcess} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {AuditRun} from '../../src/model/audit-run.js';
import type {Plan} from '../../src/model/plan.js';

import type {ChangeLab} from './change-lab.js';
import {
  applied,
  atPath,
  changeLab,
  lockOf,
  runningOf,
  setRunning,
  snapshot,
  until,
} from './change-lab.js';
import {documentOf} from './cli.js';
import {EVERY} from '../tools/sampled.js';

/**
 * Every test has hosts of its own, so that none depends on what another left and all can wait at
 * the same time.
 */
const HOSTS = {
  good: 'good',
  stalled: 'stalled',
  stale: 'stale',
  locked: 'locked',
  ours: 'ours',
  failing: 'failing',
  unverified: 'unverified',
  back: 'back',
  edited: 'edited',
  dry: 'dry',
  asked: 'asked',
  left1: 'left1',
  left2: 'left2',
  left3: 'left3',
  copied: 'copied',
  stopped1: 'stopped1',
  stopped2: 'stopped2',
} as const;

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(
    Object.values(HOSTS).map((name) => ({
      name,
      scenario: name === 'stalled' ? ('stalled-pflogd' as const) : ('pf-logger-at-boot' as const),
    })),
  );
  for (const host of fleet.lab.hosts) setRunning(host, 1);
});
afterAll(async () => {
  await fleet.stop();
});

const hostOf = (name: string) => fleet.lab.host(name);
const kindsOf = (plan: Plan) => plan.hosts[0]?.steps.map(({kind}) => kind);

/** Also seen by others: test/e2e/rollback, apply-faults (--resume) and test/change/steps. */
const rarely = test.skipIf(!EVERY).concurrent;

test.concurrent(
  'a plan is carried out, verified over a new connection, confirmed, and leaves nothing to plan',
  async () => {
    const host = hostOf(HOSTS.good);
    const plan = await fleet.plan([host.name]);
    expect(kindsOf(plan)).toEqual([
      'set-rc',
      'set-running',
      'write-boot',
      'restart-service',
      'verify',
      'verify',
      'verify',
    ]);

    const ran = await fleet.apply(plan.id, ['-v']);

    expect(ran.host(host.name)).toMatchObject({result: 'changed'});
    expect(ran.stderr.split('\n').filter((line) => line.startsWith(`${host.name}: `))).toEqual([
      expect.stringMatching(/^good: 1\/4 set-rc changed: pflog_flags/),
      expect.stringMatching(/^good: 2\/4 set-running changed: net\.bpf\.zerocopy_enable: 1 -> 0/),
      expect.stringMatching(/^good: 3\/4 write-boot changed: \/etc\/sysctl\.conf/),
      expect.stringMatching(/^good: 4\/4 restart-service changed: pflog restarted/),
      'good: changed',
    ]);
    expect(ran.host(host.name).steps.map(({outcome}) => outcome)).toEqual([
      'changed',
      'changed',
      'changed',
      'changed',
      'already',
      'already',
      'already',
    ]);
    expect(ran.code).toBe(0);
    expect(runningOf(host)).toBe('0');
    expect(readFileSync(atPath(host, 'etc/sysctl.conf'), 'utf8')).toContain(
      'net.bpf.zerocopy_enable=0',
    );
    expect(readFileSync(atPath(host, 'etc/rc.conf'), 'utf8')).toContain('pflog_flags="-s 128"');
    expect(lockOf(host)).toBeUndefined();

    const again = await fleet.plan([host.name]);
    expect(again.hosts[0]?.steps).toEqual([]);
    const nothing = await fleet.apply(again.id);
    expect(nothing.host(host.name).result).toBe('already');
    expect(nothing.code).toBe(0);

    const used = await fleet.run(['apply', plan.id, '-i', fleet.lab.inventoryPath, '--yes']);
    expect(used.code).toBe(5);
    expect(used.stderr).toContain(`was used by run ${ran.run.run}`);

    const shown = await fleet.run(['runs', 'show', ran.run.run]);
    expect(shown.stdout).toMatch(/changed\s+good/);
    const verified = await fleet.run(['runs', '--verify']);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
  },
);

test.concurrent(
  'a stalled pflogd that does not stop is ended as the plan says, and captures again',
  async () => {
    const host = hostOf(HOSTS.stalled);
    const plan = await fleet.plan([host.name]);

    const ran = await fleet.apply(plan.id);

    expect(ran.host(host.name).result).toBe('changed');
    const restart = ran.host(host.name).steps.find(({kind}) => kind === 'restart-service');
    expect(restart?.detail).toMatch(/stop hung for 20 s; SIGKILL pid \d+ \(pflogd\)/);
    const audit = await fleet.run(['audit', host.name, '-i', fleet.lab.inventoryPath, '--json']);
    expect((documentOf(audit) as AuditRun).hosts[0]?.posture).toBe('compliant');
  },
);

test.concurrent(
  'a host that is not what the plan was made for is refused, with the difference, and left alone',
  async () => {
    const host = hostOf(HOSTS.stale);
    const plan = await fleet.plan([host.name]);
    appendFileSync(atPath(host, 'etc/sysctl.conf'), 'kern.ipc.somaxconn=512\n');
    const before = snapshot(host);

    const ran = await fleet.apply(plan.id);

    expect(ran.host(host.name)).toMatchObject({result: 'refused'});
    expect(ran.host(host.name).reason).toMatch(
      /stale.*content of \/etc\/sysctl\.conf was sha256 \w+\.\.\., is sha256/,
    );
    expect(ran.code).toBe(5);
    expect(snapshot(host)).toEqual(before);
    expect(existsSync(atPath(host, 'var/db/zbufctl'))).toBe(false);
  },
);

test("somebody else's lock is explained and kept, even when nothing of it is alive", async () => {
  const host = hostOf(HOSTS.locked);
  const plan = await fleet.plan([host.name]);
  const run = '20261101T010203Z-apply-beef';
  const folder = atPath(host, `var/db/zbufctl/${run}`);
  mkdirSync(folder, {recursive: true, mode: 0o700});
  writeFileSync(join(folder, 'owner'), 'alice@elsewhere\n');
  writeFileSync(join(folder, 'began'), '1793494800\n');
  symlinkSync(run, atPath(host, 'var/db/zbufctl/lock'));
  const before = snapshot(host);

  const ran = await fleet.apply(plan.id);

  expect(ran.host(host.name).result).toBe('refused');
  expect(ran.host(host.name).reason).toMatch(
    /locked by alice@elsewhere since \d+ hours for run .*-apply-beef.*undo\.sh/,
  );
  expect(ran.code).toBe(5);
  expect(lockOf(host)).toBe('lock');
  expect(snapshot(host)).toEqual(before);
});

test.concurrent(
  'a step that fails on the host is undone there at once: rolled back, exit 6, never success',
  async () => {
    const host = hostOf(HOSTS.failing);
    const plan = await fleet.plan([host.name]);
    const before = snapshot(host);
    host.fail('sysctl', 'Operation not permitted');

    const ran = await fleet.apply(plan.id);
    host.mend('sysctl');

    expect(ran.host(host.name)).toMatchObject({result: 'rolled-back'});
    expect(ran.host(host.name).reason).toMatch(/^set-running: .*Operation not permitted/);
    expect(ran.code).toBe(6);
    expect(snapshot(host)).toEqual(before);
    expect(lockOf(host)).toBeUndefined();
  },
);

test.concurrent(
  'a change that does not verify is undone: somebody set the value back meanwhile',
  async () => {
    const host = hostOf(HOSTS.unverified);
    const plan = await fleet.plan([host.name]);
    const before = snapshot(host);

    const running = fleet.apply(plan.id);
    // As soon as the host waits for the confirmation.
    const folder = atPath(host, 'var/db/zbufctl');
    await until('the host to have done its steps', () => {
      const journal = existsSync(folder) ? runFolder(folder) : undefined;
      return (
        journal !== undefined && /^done\t/m.test(readFileSync(join(journal, 'journal'), 'utf8'))
      );
    });
    setRunning(host, 1);
    const ran = await running;

    expect(ran.host(host.name)).toMatchObject({
      result: 'rolled-back',
      reason: 'verification failed: runs with 1, not 0',
    });
    expect(ran.code).toBe(6);
    expect(snapshot(host)).toEqual(before);
  },
);

rarely('a rollback puts back every byte, and says so as a success', async () => {
  const host = hostOf(HOSTS.back);
  const before = snapshot(host);
  const plan = await fleet.plan([host.name]);
  const {run} = await fleet.apply(plan.id);
  expect(snapshot(host)).not.toEqual(before);

  const after = snapshot(host);
  const words = ['rollback', run.run, host.name, '-i', fleet.lab.inventoryPath];
  const dry = await fleet.run([...words, '--dry-run', '--yes']);
  expect(dry.stderr).toMatch(
    /boot value 0 -> 1[^]*net\.bpf\.zerocopy_enable 0 -> 1[^]*brings back: ZBUF-002/,
  );
  expect([dry.code, dry.stdout]).toEqual([3, expect.stringContaining('would change')]);
  expect(snapshot(host)).toEqual(after);

  const back = applied(await fleet.run([...words, '--yes', '--json']));

  expect(back.host(host.name).result).toBe('rolled-back');
  expect(back.run).toMatchObject({undoes: run.run, plan: plan.id});
  expect(back.code).toBe(0);
  expect(snapshot(host)).toEqual(before);
  expect(lockOf(host)).toBeUndefined();
});

rarely(
  'a file that was changed since is left alone by the rollback, and the host is said to be in doubt',
  async () => {
    const host = hostOf(HOSTS.edited);
    const plan = await fleet.plan([host.name]);
    const {run} = await fleet.apply(plan.id);
    appendFileSync(atPath(host, 'etc/sysctl.conf'), '# mine\n');
    const edited = readFileSync(atPath(host, 'etc/sysctl.conf'), 'utf8');

    const back = applied(
      await fleet.run(['rollback', run.run, '-i', fleet.lab.inventoryPath, '--yes', '--json']),
    );

    expect(back.host(host.name).result).toBe('failed');
    expect(back.host(host.name).reason).toMatch(/sysctl\.conf.*var\/db\/zbufctl/);
    expect(back.code).toBe(7);
    expect(readFileSync(atPath(host, 'etc/sysctl.conf'), 'utf8')).toBe(edited);
  },
);

test.concurrent(
  'a dry run looks at the hosts as they are now, changes nothing and stores nothing',
  async () => {
    const host = hostOf(HOSTS.dry);
    const plan = await fleet.plan([host.name]);
    const before = snapshot(host);

    const ran = await fleet.run(['apply', plan.id, ...fleet.where, '--dry-run']);

    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('-net.bpf.zerocopy_enable=1\n');
    expect(ran.stderr).toContain('+net.bpf.zerocopy_enable=0\n');
    expect(ran.stdout).toContain('it would be changed now');
    expect(snapshot(host)).toEqual(before);
    expect(existsSync(atPath(host, 'var/db/zbufctl'))).toBe(false);
    // Nothing is stored, so no run is named: what is next is the plan, which is still unused.
    expect((await fleet.run(['runs'])).stdout).not.toContain(plan.id);
    expect(ran.stdout).not.toMatch(/-apply-|--resume/);
    expect(ran.stdout).toContain(`zbufctl apply ${plan.id}`);
    expect(ran.stdout).toContain('1 host: 1 would change.');
    const json = await fleet.run(['apply', plan.id, ...fleet.where, '--dry-run', '--json']);
    expect(applied(json).run).toMatchObject({
      dryRun: true,
      hosts: [{result: 'not-started', would: 'change'}],
    });

    setRunning(host, 0);
    const stale = await fleet.run(['apply', plan.id, ...fleet.where, '--dry-run', '-q']);
    expect(stale.code).toBe(5);
    expect(stale.stdout).toContain('running value was 1, is 0');
  },
);

test.concurrent(
  'without a terminal and without --yes nothing is changed, and the plan stays usable',
  async () => {
    const host = hostOf(HOSTS.asked);
    const plan = await fleet.plan([host.name]);
    const before = snapshot(host);

    const ran = await fleet.run(['apply', plan.id, '-i', fleet.lab.inventoryPath]);

    expect(ran.code).toBe(5);
    expect(ran.stderr).toContain('--yes was not given');
    expect(snapshot(host)).toEqual(before);
    expect((await fleet.apply(plan.id)).host(host.name).result).toBe('changed');
  },
);

rarely('a run that was stopped is gone on with: only what is left, and nothing twice', async () => {
  const names = [HOSTS.left1, HOSTS.left2, HOSTS.left3];
  const plan = await fleet.plan(names);
  hostOf(HOSTS.left2).refuse();

  const first = await fleet.apply(plan.id, ['--canary', '1', '--batch', '1']);

  expect(first.run.hosts.map(({host, result}) => `${host} ${result}`)).toEqual([
    'left1 changed',
    'left2 not-started',
    'left3 not-started',
  ]);
  expect(first.host(HOSTS.left2).reason).toMatch(/could not be asked/);
  expect(first.host(HOSTS.left3).reason).toMatch(/stopped: 1 of 3 hosts failed/);
  expect(first.code).toBe(4);

  await hostOf(HOSTS.left2).accept();
  const journals = runFolder(atPath(hostOf(HOSTS.left1), 'var/db/zbufctl')) ?? 'none';
  const done = readFileSync(join(journals, 'journal'), 'utf8');
  const rest = applied(
    await fleet.run(['apply', '--resume', first.run.run, ...fleet.where, '--yes', '--json']),
  );

  expect(rest.run.hosts.map(({host, result}) => `${host} ${result}`)).toEqual([
    'left2 changed',
    'left3 changed',
  ]);
  expect(rest.run.continues).toBe(first.run.run);
  expect(rest.code).toBe(0);
  expect(readFileSync(join(journals, 'journal'), 'utf8')).toBe(done);
});

test.concurrent(
  'a plan that was changed by hand is refused before anybody is asked anything',
  async () => {
    const plan = await fleet.plan([HOSTS.copied]);
    const file = join(fleet.dir, 'plan.json');
    const text = JSON.stringify({
      ...plan,
      hosts: plan.hosts.map((h) => ({
        ...h,
        gate: {...h.gate, allowed: true},
        steps: h.steps.slice(0, 1),
      })),
    });
    writeFileSync(file, text);

    const ran = await fleet.run(['apply', file, '-i', fleet.lab.inventoryPath, '--yes']);

    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/was changed after it was made/);
  },
);

test.concurrent(
  'Ctrl-C: the host that is being changed is seen through, no other is started, and it is said where all stand',
  async () => {
    const [first, second] = [hostOf(HOSTS.stopped1), hostOf(HOSTS.stopped2)];
    const plan = await fleet.plan([first.name, second.name]);
    writeFileSync(atPath(first, '.lab/trace'), '');
    writeFileSync(atPath(first, '.lab/trace.at'), 'work 20 before hold\n');
    const before = snapshot(second);
    let controller: ChildProcess | undefined;

    const running = fleet.run(['apply', plan.id, ...fleet.where, '--yes', '--json'], {
      onStart: (child) => {
        controller = child;
      },
    });
    await until('the first host to be in the middle of it', () =>
      existsSync(atPath(first, '.lab/trace.held')),
    );
    controller?.kill('SIGINT');
    writeFileSync(atPath(first, '.lab/trace.go'), '');
    const ran = applied(await running);

    expect(ran.run.interrupted).toBe(true);
    expect(ran.host(first.name).result).toBe('changed');
    expect(ran.host(second.name)).toMatchObject({
      result: 'not-started',
      reason: 'stopped by the operator',
    });
    expect(ran.stderr).toContain('hosts that are being changed are seen through');
    expect(ran.code).toBe(4);
    expect(snapshot(second)).toEqual(before);
  },
);

/** The one folder of a run on a host, once it is whole. */
function runFolder(folder: string): string | undefined {
  const run = readdirSync(folder).find((entry) => /-apply-\w{4}$/.test(entry));
  return run === undefined ? undefined : join(folder, run);
}
