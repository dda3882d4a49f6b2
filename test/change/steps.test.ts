import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

import {afterAll, describe, expect, test} from 'vitest';

import type {Step} from '../../src/model/step.js';
import {beginScript} from '../../src/steps/change-script.js';
import {machineOf} from '../lab/practice-root.js';

import type {ChangeHost} from './change-host.js';
import {
  BOOT_OFF,
  BOOT_ON,
  changeFleet,
  isLocked,
  leftOvers,
  planned,
  RUN,
  steps,
  template,
  until,
} from './change-host.js';
import {sampled} from '../tools/sampled.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});
const open = (scenario: Parameters<typeof machineOf>[0] = 'stalled-pflogd'): ChangeHost =>
  fleet.open(machineOf(scenario));

/** What the kinds of step leave behind, each on a host with a stalled pflogd. */
const effects: readonly {title: string; plan: readonly Step[]; see: (host: ChangeHost) => void}[] =
  [
    {
      title: 'a file is replaced',
      plan: [steps.boot],
      see: (host) => {
        expect(host.text('etc/sysctl.conf')).toBe(BOOT_OFF);
      },
    },
    {
      title: 'a file is made',
      plan: [steps.bootCreated],
      see: (host) => {
        expect(host.text('etc/sysctl.conf.local')).toBe(steps.bootCreated.to);
        expect(statSync(host.path('etc/sysctl.conf.local')).mode & 0o7777).toBe(0o644);
      },
    },
    {
      title: 'a file is removed',
      plan: [steps.bootRemoved],
      see: (host) => {
        expect(existsSync(host.path('etc/sysctl.conf'))).toBe(false);
      },
    },
    {
      title: 'a value is set',
      plan: [steps.running],
      see: (host) => {
        expect(host.snapshot()['running']).toBe('0');
      },
    },
    {
      title: 'an rc variable is set',
      plan: [steps.rc],
      see: (host) => {
        expect(host.text('etc/rc.conf')).toContain('pflog_flags="-s 200"\n');
      },
    },
    {
      title: 'an rc variable is dropped',
      plan: [steps.rcOff],
      see: (host) => {
        expect(host.text('etc/rc.conf')).not.toContain('pflog_enable');
      },
    },
    {
      title: 'two variables of one file are set',
      plan: [steps.rc, {...steps.rcOff, to: 'NO'}],
      see: (host) => {
        expect(host.text('etc/rc.conf')).toMatch(
          /pflog_enable="NO"\n(.*\n)*pflog_flags="-s 200"\n/,
        );
      },
    },
    {
      title: 'a service is restarted after the value was set',
      plan: [steps.running, steps.restart],
      see: (host) => {
        expect(host.text('.lab/bpf')).toContain('\tbuffered\t');
      },
    },
    {
      title: 'a service is stopped',
      plan: [steps.stop],
      see: (host) => {
        expect(host.snapshot()['services']).toBe('');
      },
    },
  ];

describe.each(effects)('$title', ({plan, see}) => {
  test('done, confirmed, not done again, and put back by undo.sh alone, from another directory', async () => {
    const host = open();
    chmodSync(host.path('etc/sysctl.conf'), 0o640);
    chownSync(host.path('etc/sysctl.conf'), 12, 34);
    const before = host.snapshot();

    const begun = await host.begin(plan);

    expect(begun.err).toBe('');
    expect(begun.record?.state).toBe('waiting');
    expect(begun.record?.steps.map(({outcome}) => outcome)).toEqual(plan.map(() => 'changed'));
    expect(begun.out).toContain(`did\t0\t${plan[0]?.kind ?? ''}\tchanged\t`);
    see(host);
    if (existsSync(host.path('etc/sysctl.conf'))) {
      const {mode, uid, gid} = statSync(host.path('etc/sysctl.conf'));
      expect([mode & 0o7777, uid, gid]).toEqual([0o640, 12, 34]);
    }
    const planned = host.snapshot();

    const {record} = await host.contact('confirm', RUN);
    expect(record?.state).toBe('confirmed');
    expect(record?.lock).toBeUndefined();
    expect(host.snapshot()).toEqual(planned);
    expect(leftOvers(host)).toEqual([]);

    const later = RUN.replace('3f9a', '0001');
    const again = await host.begin(
      plan.filter(({kind}) => kind !== 'restart-service'),
      {run: later},
    );
    expect(again.record?.refused).toBeUndefined();
    const outcomes = again.record?.steps.map(({outcome}) => outcome) ?? [];
    expect(outcomes).toEqual(outcomes.map(() => 'already'));
    await host.contact('undo', later);
    expect(host.snapshot()).toEqual(planned);

    const undo = await host.give(`cd /; sh "$ZBUFCTL_ROOT/var/db/zbufctl/${RUN}/undo.sh"`);
    expect(undo.out).toBe('');
    expect(undo.err).toContain(`run ${RUN}: undone`);
    expect(host.snapshot()).toEqual(before);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  });
});

test('a stopped service is started, and stopped again by the undo', async () => {
  const host = open('healthy');
  await host.give('service pflog onestop');
  const before = host.snapshot();

  const {record} = await host.begin([steps.start]);

  expect(record?.steps[0]).toMatchObject({outcome: 'changed'});
  expect(host.snapshot()['services']).toBe('pflog pflog');
  await host.contact('undo', RUN);
  expect(host.snapshot()).toEqual(before);
});

describe('a host that is not what the plan was made for is left alone', () => {
  const cases: readonly {
    title: string;
    plan: readonly Step[];
    prepare?: (host: ChangeHost) => void;
    scenario?: Parameters<typeof machineOf>[0];
    why: string;
    text: RegExp;
  }[] = [
    {
      title: 'the file was edited since',
      plan: [steps.running, steps.boot],
      prepare: (host) => {
        writeFileSync(host.path('etc/sysctl.conf'), `${BOOT_ON}kern.coredump=0\n`);
      },
      why: 'changed',
      text: /sysctl\.conf is not the file the plan was made for/,
    },
    {
      title: 'the value is another',
      plan: [steps.boot, {...steps.running, from: 3}],
      why: 'changed',
      text: /zerocopy_enable is 1, the plan was made for 3/,
    },
    {
      title: 'the rc variable is another',
      plan: [steps.boot, {...steps.rc, from: '-s 100'}],
      why: 'changed',
      text: /pflog_flags in \/etc\/rc\.conf is not "-s 100"/,
    },
    {
      title: 'there is no such service',
      plan: [steps.boot, {...steps.restart, service: 'nosuch'}],
      why: 'changed',
      text: /no service nosuch/,
    },
    {
      title: 'the file is a symbolic link',
      plan: [steps.running, steps.boot],
      prepare: (host) => {
        renameSync(host.path('etc/sysctl.conf'), host.path('root/real.conf'));
        symlinkSync('../root/real.conf', host.path('etc/sysctl.conf'));
      },
      why: 'unwritable',
      text: /symbolic link to \.\.\/root\/real\.conf/,
    },
    {
      title: 'the file is immutable',
      plan: [steps.running, steps.boot],
      prepare: (host) => {
        writeFileSync(host.path('.lab/flags'), '/etc/sysctl.conf\tschg\n');
      },
      why: 'unwritable',
      text: /protected \(chflags schg\)/,
    },
    {
      title: 'the file system is read-only',
      plan: [steps.running, steps.boot],
      prepare: (host) => {
        writeFileSync(host.path('.lab/readonly'), '');
      },
      why: 'unwritable',
      text: /Read-only file system/,
    },
    {
      title: 'it is a jail',
      plan: [{...steps.running, from: 0, to: 1}],
      scenario: 'jail',
      why: 'unwritable',
      text: /jail/,
    },
  ];

  test.each(sampled(cases, 6, ({title}) => title))(
    '$title',
    async ({plan, prepare, scenario, why, text}) => {
      const host = open(scenario);
      prepare?.(host);
      const before = host.snapshot();

      const {record} = await host.begin(plan);

      expect(record?.refused?.why).toBe(why);
      expect(record?.refused?.text).toMatch(text);
      expect(record?.state).toBe('none');
      expect(host.snapshot()).toEqual(before);
      expect(readdirSync(host.path('var/db/zbufctl')).filter((name) => name !== 'guard')).toEqual(
        [],
      );
    },
  );
});

test('whoever is not root is refused, and nothing is written', async () => {
  const host = open();
  const {record} = await host.give(
    `LAB_UID=1001\n${beginScript({
      run: RUN,
      plan: 'plan-1',
      owner: 'op@ctl',
      confirmSeconds: 5,
      steps: planned([steps.running]),
      template,
    })}`,
  );

  expect(record?.refused?.why).toBe('not-root');
  expect(existsSync(host.path('var/db/zbufctl'))).toBe(false);
});

test('a value that cannot be set fails the step, and what was done before it is put back', async () => {
  const host = open();
  const before = host.snapshot();
  await host.give(
    'mkdir "$ZBUFCTL_ROOT/.lab/fault"; echo "net.bpf.zerocopy_enable: Operation not permitted" >"$ZBUFCTL_ROOT/.lab/fault/sysctl"',
  );

  const {record} = await host.begin([steps.boot, steps.running, steps.rc]);

  expect(record?.state).toBe('undone');
  expect(record?.steps.map(({outcome}) => outcome)).toEqual(['changed', 'failed', 'not-started']);
  expect(record?.steps[1]?.detail).toContain('Operation not permitted');
  expect(record?.undone.map(({index, outcome}) => [index, outcome])).toEqual([
    [0, 'rolled-back'],
    [1, 'rolled-back'],
  ]);
  expect(host.snapshot()).toEqual(before);
  await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
});

test('without a confirmation the host undoes the change by itself, and a late one is refused', async () => {
  const host = open();
  const before = host.snapshot();

  const begun = await host.begin([steps.boot, steps.running], {confirmSeconds: 1});
  expect(begun.record?.state).toBe('waiting');
  const record = await until(host, ({state}) => state === 'undone');

  expect(record.undone.map(({outcome}) => outcome)).toEqual(['rolled-back', 'rolled-back']);
  expect(host.snapshot()).toEqual(before);
  const late = await host.contact('confirm', RUN);
  expect(late.record?.refused?.why).toBe('wrong-state');
  expect(host.snapshot()).toEqual(before);
});

test('a second run finds the lock, with its owner and age, and leaves it', async () => {
  const host = open();
  await host.begin([steps.running]);

  const second = await host.begin([steps.boot], {run: RUN.replace('3f9a', '0002')});

  expect(second.record?.refused?.why).toBe('locked');
  expect(second.record?.lock).toMatchObject({run: RUN, owner: 'op@ctl', alive: true});
  expect(second.record?.state).toBe('none');
  expect(host.text('etc/sysctl.conf')).toBe(BOOT_ON);
  expect((await host.contact('status')).record).toMatchObject({run: RUN, state: 'waiting'});
  await host.contact('undo', RUN);
});

test('a run is begun once', async () => {
  const host = open();
  await host.begin([steps.running]);
  await host.contact('confirm', RUN);

  const again = await host.begin([steps.boot]);

  expect(again.record?.refused?.why).toBe('wrong-state');
  expect(again.record?.state).toBe('confirmed');
  expect(host.text('etc/sysctl.conf')).toBe(BOOT_ON);
});

test('what somebody changed after the run is not overwritten by the undo, which says where the old content is', async () => {
  const host = open();
  await host.begin([steps.boot, steps.running]);
  await host.contact('confirm', RUN);
  writeFileSync(host.path('etc/sysctl.conf'), `${BOOT_OFF}# mine\n`);

  const {record} = await host.contact('undo', RUN);

  expect(record?.state).toBe('undo-failed');
  expect(record?.undone).toMatchObject([
    {index: 0, outcome: 'failed'},
    {index: 1, outcome: 'rolled-back'},
  ]);
  expect(record?.undone[0]?.detail).toContain(`/var/db/zbufctl/${RUN}/backup.0`);
  expect(host.text('etc/sysctl.conf')).toBe(`${BOOT_OFF}# mine\n`);
  expect(record?.lock?.run).toBe(RUN);

  // Once it is as it was, the undo can be finished.
  writeFileSync(host.path('etc/sysctl.conf'), BOOT_OFF);
  expect((await host.contact('undo', RUN)).record?.state).toBe('undone');
  expect(host.text('etc/sysctl.conf')).toBe(BOOT_ON);
  await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
});

describe('a pflogd that ignores SIGTERM', () => {
  const foreign =
    '4500\t1\t4500\t0\troot\tS\tTue Nov 14 23:00:00 2023\t-\t\ttcpdump\ttcpdump -i em0\n';

  test('is killed when the plan says so: its holder of /dev/bpf, and nobody else', async () => {
    const host = open();
    writeFileSync(host.path('.lab/proc'), foreign, {flag: 'a'});
    writeFileSync(
      host.path('.lab/files'),
      readFileSync(host.path('.lab/files'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('3883\t') && line.includes('/dev/bpf'))
        .map((line) => `${line.replace('3883', '4500').replace('pflogd', 'tcpdump')}\n`)
        .join(''),
      {flag: 'a'},
    );

    const {record} = await host.begin([steps.running, steps.restart]);

    expect(record?.steps[1]?.outcome).toBe('changed');
    expect(record?.steps[1]?.detail).toMatch(/stop hung for 1 s; SIGKILL pid 3883 \(pflogd\)/);
    expect(host.text('.lab/proc')).toContain('4500\t');
    expect(host.text('.lab/files')).toMatch(/^4500\t.*\/dev\/bpf/m);
    expect(host.text('.lab/proc')).not.toContain('3883\t');
  });

  test('fails the step when the plan does not, and all is as before', async () => {
    const host = open();
    const before = host.snapshot();
    const pids = host.text('.lab/proc');

    const {record} = await host.begin([steps.running, {...steps.restart, mayKill: false}]);

    expect(record?.state).toBe('undone');
    expect(record?.steps[1]?.detail).toContain('does not allow SIGKILL');
    expect(host.snapshot()).toEqual(before);
    expect(host.text('.lab/proc')).toBe(pids);
  });
});

describe('the undo never starts a service under a value that a fork breaks', () => {
  const hasStalled = (host: ChangeHost): boolean => host.text('.lab/bpf').includes('\tstalled');

  test('the value goes back to 1 after the restart: what captured before captures on', async () => {
    const host = open();
    expect(hasStalled(host)).toBe(true);
    await host.begin([steps.running, steps.restart]);
    expect(hasStalled(host)).toBe(false);

    const {record} = await host.contact('undo', RUN);

    expect(record?.state).toBe('undone');
    expect(record?.undone.map(({index}) => index)).toEqual([1, 0]);
    expect(host.snapshot()['running']).toBe('1');
    expect(host.snapshot()['services']).toBe('pflog pflog');
    expect(hasStalled(host)).toBe(false);
  });

  test('a value that was 0 is put back before a service is started again', async () => {
    const host = open('pf-logger-at-boot');
    await host.begin([steps.stop, {...steps.running, from: 0, to: 1}]);

    const {record} = await host.contact('undo', RUN);

    expect(record?.undone.map(({index}) => index)).toEqual([1, 0]);
    expect(host.snapshot()['running']).toBe('0');
    expect(host.snapshot()['services']).toBe('pflog pflog');
    expect(hasStalled(host)).toBe(false);
  });
});

test('an exported variable on a last line without a newline gets a line of its own', async () => {
  const host = open();
  const own = `pf_enable="YES"\npflog_enable="YES"\n  export pflog_flags='-s 116'`;
  writeFileSync(host.path('etc/rc.conf'), own);
  const {record} = await host.begin([{...steps.rc, from: '-s 116', to: '-s 256'}]);
  expect(record?.state).toBe('waiting');
  expect(host.text('etc/rc.conf')).toBe(`${own}\npflog_flags="-s 256"\n`);
  await host.contact('undo', RUN);
  expect(host.text('etc/rc.conf')).toBe(own);
});
