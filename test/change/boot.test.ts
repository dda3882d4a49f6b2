import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';

import {afterAll, describe, expect, test} from 'vitest';

import {machineOf} from '../lab/practice-root.js';

import type {ChangeHost} from './change-host.js';
import {
  BOOT_ON,
  changeFleet,
  isLocked,
  leftOvers,
  RUN,
  steps,
  trace,
  until,
} from './change-host.js';
import {strangersGroup} from './strangers-group.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});
const open = (): ChangeHost => fleet.open(machineOf('stalled-pflogd'));

/**
 * Where each way to start the undo at boot leaves something, and how a host comes to take that way.
 */
const WAYS = [
  {guard: 'rc.d', file: 'usr/local/etc/rc.d/zbufctl_undo', prepare: () => undefined},
  {
    guard: 'cron.d',
    file: 'etc/cron.d/zbufctl-undo',
    prepare: (host: ChangeHost) => {
      rmSync(host.path('usr/local/etc/rc.d'), {recursive: true});
      mkdirSync(host.path('etc/cron.d'));
      enableCron(host);
    },
  },
  {
    guard: 'at',
    file: '.lab/at/1',
    prepare: (host: ChangeHost) => {
      rmSync(host.path('usr/local/etc/rc.d'), {recursive: true});
      mkdirSync(host.path('var/at'), {recursive: true});
      enableCron(host);
    },
  },
] as const;

function enableCron(host: ChangeHost): void {
  writeFileSync(host.path('etc/rc.conf'), 'cron_enable="YES"\n', {flag: 'a'});
}

const isThere = (host: ChangeHost, file: string): boolean => existsSync(host.path(file));

describe.each(WAYS)('the dead-man switch by $guard', ({guard, file, prepare}) => {
  const prepared = (): ChangeHost => {
    const host = open();
    prepare(host);
    return host;
  };

  test('is there before the first change, and taken away when it is confirmed', async () => {
    const host = prepared();
    trace(host);
    const {record} = await host.begin([steps.boot, steps.running]);
    expect(record?.state).toBe('waiting');
    expect(record?.bootGuard).toBe(guard);
    expect(isThere(host, file)).toBe(true);

    expect((await host.contact('confirm', RUN)).record?.state).toBe('confirmed');

    expect(isThere(host, file)).toBe(false);
    if (guard !== 'at') expect(leftOvers(host)).toEqual([]);
  });

  test('undoes after a reboot what nobody confirmed', async () => {
    const host = prepared();
    const before = host.snapshot();
    await host.begin([steps.boot, steps.running, steps.restart], {confirmSeconds: 600});

    await host.give('reboot');

    await until(host, ({state}) => state === 'undone');
    expect(host.text('etc/sysctl.conf')).toBe(BOOT_ON);
    expect(host.snapshot()).toEqual(before);
    expect(isThere(host, file)).toBe(false);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  });

  test('leaves what was confirmed just before the reboot', async () => {
    const host = prepared();
    await host.begin([steps.boot, steps.running], {confirmSeconds: 600});
    const planned = host.text('etc/sysctl.conf');
    // Decided, and ended before anybody could clean up.
    await host.give(`ln -s confirmed "$ZBUFCTL_ROOT/var/db/zbufctl/${RUN}/decision"; reboot`);

    await until(host, ({state}) => state === 'confirmed');
    expect(host.text('etc/sysctl.conf')).toBe(planned);
    expect(host.snapshot()['running']).toBe('0');
    expect(isThere(host, file)).toBe(false);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  });
});

test('the script for rc comes before the services of the run, and ends no shell that reads it', async () => {
  const host = open();
  await host.begin([steps.restart]);
  const text = host.text('usr/local/etc/rc.d/zbufctl_undo');

  expect(text).toMatch(/^# PROVIDE: zbufctl_undo\n# REQUIRE: FILESYSTEMS\n# BEFORE: pflog pflog$/m);
  expect(text).not.toMatch(/\bexit\b|rcvar/);
  await host.contact('undo', RUN);
});

test('at boot the undo comes before the services: each is started once, and by rc', async () => {
  const host = open();
  await host.begin([steps.running, steps.stop, {...steps.rcOff, to: 'NO'}], {confirmSeconds: 600});
  expect(host.snapshot()['services']).toBe('');
  const next = Number(host.text('.lab/nextpid'));

  await host.give('reboot');

  const {record} = await host.contact('status', RUN);
  expect(record?.state).toBe('undone');
  expect(record?.undone.find(({kind}) => kind === 'stop-service')?.detail).toMatch(/left to rc/);
  // rc had read pflog_enable=NO before, and was asked to read it again.
  expect(host.snapshot()['services']).toBe('pflog pflog');
  expect(Number(host.text('.lab/nextpid'))).toBe(next + 4);
});

test('a value set by hand before the run is what the boot sets: nothing starts under the other', async () => {
  const host = open();
  writeFileSync(host.path('etc/sysctl.conf'), 'net.bpf.zerocopy_enable = 0 # by hand it is 1\n');
  await host.begin([steps.running], {confirmSeconds: 600});

  await host.give('reboot');

  const {record} = await host.contact('status', RUN);
  expect(record?.undone[0]?.detail).toMatch(/is 0, as this boot sets it/);
  expect(host.snapshot()['running']).toBe('0');
});

test('a run that is over takes away nothing of the next one', async () => {
  const host = open();
  const next = RUN.replace('3f9a', '0001');
  await host.begin([steps.boot]);
  await host.contact('confirm', RUN);
  await host.begin([steps.running], {run: next});

  // As its watcher does, which may look again when the next one has begun.
  await host.contact('confirm', RUN);

  expect(host.text('usr/local/etc/rc.d/zbufctl_undo')).toContain(next);
  expect(isLocked(host)).toBe(true);
  await host.contact('undo', next);
  expect(leftOvers(host)).toEqual([]);
});

describe('where a reboot would leave the change as it is', () => {
  const without = (): ChangeHost => {
    const host = open();
    rmSync(host.path('usr/local/etc/rc.d'), {recursive: true});
    return host;
  };

  test('it is refused', async () => {
    const host = without();
    const before = host.snapshot();
    const {record} = await host.begin([steps.running]);
    expect(record?.refused?.why).toBe('no-boot-guard');
    expect(record?.state).toBe('none');
    expect(host.snapshot()).toEqual(before);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  });

  test('unless that was accepted, and then it is said', async () => {
    const host = without();
    const {record} = await host.begin([steps.running], {acceptNoBootGuard: true});
    expect(record?.refused).toBeUndefined();
    expect(record?.bootGuard).toBe('none');
    await host.contact('undo', RUN);
  });

  test.each([
    ['rc.d on a memory disk', '/usr/local\ttmpfs\ttmpfs\n'],
    ['a root that is made anew', '/usr\tufs\t/dev/md0\n'],
  ])('%s does not count', async (_, memory) => {
    const host = open();
    writeFileSync(host.path('.lab/memory'), memory);
    expect((await host.begin([steps.running])).record?.refused?.why).toBe('no-boot-guard');
  });

  test('an /etc/rc that does not order scripts does not count', async () => {
    const host = open();
    writeFileSync(host.path('etc/rc'), '#!/bin/sh\n# an appliance\n');
    expect((await host.begin([steps.running])).record?.refused?.why).toBe('no-boot-guard');
  });
});

test.each([
  ['tmpfs', '/var\ttmpfs\ttmpfs\n'],
  ['a memory disk', '/var/db\tufs\t/dev/md1\n'],
])('a journal in memory (%s) is refused: nothing is written', async (_, memory) => {
  const host = open();
  writeFileSync(host.path('.lab/memory'), memory);
  const {record} = await host.begin([steps.running]);
  expect(record?.refused?.why).toBe('in-memory');
  expect(existsSync(host.path('var/db/zbufctl'))).toBe(false);
});

test('what an earlier run left for the boot is taken away by the next', async () => {
  const host = open();
  writeFileSync(host.path('usr/local/etc/rc.d/zbufctl_undo'), '#!/bin/sh\n', {mode: 0o555});
  await host.begin([steps.running]);
  await host.contact('confirm', RUN);
  expect(leftOvers(host)).toEqual([]);
});

test('a confirmed run that is rolled back is guarded, too', async () => {
  const host = open();
  const before = host.snapshot();
  await host.begin([steps.boot, steps.running]);
  await host.contact('confirm', RUN);
  trace(host, 'put-back 6 before hold');
  const rollback = host.contact('undo', RUN);
  while (!existsSync(host.path('.lab/trace.held'))) await new Promise((r) => setTimeout(r, 20));

  await host.give('reboot');
  await rollback;

  await until(host, ({state}) => state === 'undone');
  expect(host.snapshot()).toEqual(before);
  expect(leftOvers(host)).toEqual([]);
});

describe('who is alive', () => {
  test('after a reboot without anything at boot: nobody, and the next contact undoes it, and kills no stranger', async () => {
    const host = open();
    rmSync(host.path('usr/local/etc/rc.d'), {recursive: true});
    const before = host.snapshot();
    await host.begin([steps.boot, steps.running], {confirmSeconds: 600, acceptNoBootGuard: true});
    await host.give('reboot');
    const stranger = strangersGroup();
    for (const role of ['watcher', 'worker', 'sender'])
      writeFileSync(host.path(`var/db/zbufctl/${RUN}/${role}`), `${stranger.group}\n`);

    const found = (await host.contact('status')).record;
    expect(found?.state).toBe('abandoned');
    expect(found?.lock).toMatchObject({run: RUN, alive: false});
    expect((await host.contact('confirm', RUN)).record?.refused?.why).toBe('wrong-state');
    expect((await host.contact('undo', RUN)).record?.state).toBe('undone');

    expect(host.snapshot()).toEqual(before);
    expect(stranger.isThere()).toBe(true);
    stranger.end();
  });

  test('a worker whose lock is held is ended with its group, and then its lock is taken', async () => {
    const host = open();
    const before = host.snapshot();
    trace(host, 'work 14 before hold');
    const begun = host.begin([steps.boot, steps.running]);
    while (!existsSync(host.path('.lab/trace.held'))) await new Promise((r) => setTimeout(r, 20));
    const worker = Number(host.text(`var/db/zbufctl/${RUN}/worker`));

    expect((await host.contact('undo', RUN)).record?.state).toBe('undone');

    expect(() => process.kill(-worker, 0)).toThrow('ESRCH');
    await begun;
    expect(host.snapshot()).toEqual(before);
  });

  test('a clock set forward or back while it works changes nothing', async () => {
    for (const offset of [-400_000, 300, 400_000]) {
      const host = open();
      trace(host, `work 12 before clock ${offset}`);
      const {record} = await host.begin([steps.boot, steps.running], {confirmSeconds: 30});
      expect(record?.state).toBe('waiting');
      expect(record?.secondsLeft).toBeLessThanOrEqual(30);
      const asked = (await host.contact('status', RUN)).record;
      expect(asked?.state).toBe('waiting');
      expect(asked?.secondsLeft).toBeLessThanOrEqual(30);
      expect((await host.contact('confirm', RUN)).record?.state).toBe('confirmed');
    }
  });
});
