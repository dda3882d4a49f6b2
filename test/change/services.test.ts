import {readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from 'vitest';

import type {Step} from '../../src/model/step.js';
import {ownPrograms} from '../lab/own-programs.js';
import {machineOf} from '../lab/practice-root.js';

import type {ChangeHost} from './change-host.js';
import {changeFleet, isLocked, RUN, steps} from './change-host.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

const MALLORY =
  '9001\t1\t9001\t0\tmallory\tS\tTue Nov 14 23:00:00 2023\t-\tlike pflog\tpflogd\tpflogd\n';

const append = (host: ChangeHost, file: string, text: string): void => {
  writeFileSync(host.path(file), text, {flag: 'a'});
};

/** As rc.subr without a pid file: whoever is called so is the service. */
function withDecoy(host: ChangeHost): void {
  writeFileSync(host.path('.lab/no-pidfile'), 'pflog\n');
  append(host, '.lab/proc', MALLORY);
}

describe('a process that only looks like the service', () => {
  test('refuses the host by name and pid, and nothing is stopped', async () => {
    const host = fleet.open(machineOf('stalled-pflogd'));
    withDecoy(host);
    const before = host.snapshot();

    const {record} = await host.begin([steps.running, steps.restart]);

    expect(record?.refused).toMatchObject({why: 'not-the-service'});
    expect(record?.refused?.text).toMatch(
      /pid 9001 \(pflogd, of mallory\), which pflog calls its own, holds no/,
    );
    expect(host.snapshot()).toEqual(before);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  });

  test('and holds a plain file called /dev/bpf: that is no capture', async () => {
    const host = fleet.open(machineOf('stalled-pflogd'));
    withDecoy(host);
    append(host, '.lab/files', '9001\tpflogd\t3\tv\tr\trw------\t1\t0\t0\t-\t/dev/bpf\t0\n');
    append(host, '.lab/files', '9001\tpflogd\t4\tv\tr\trw------\t1\t0\t0\t-\t/tmp/dev/bpf\t0\n');
    expect((await host.begin([steps.restart])).record?.refused?.text).toMatch(
      /9001.*holds no capture/,
    );
  });

  // From the right, as from the left, it reads like the columns of a descriptor.
  test('and holds a plain file whose name reads like a descriptor: that is no capture', async () => {
    const host = fleet.open(machineOf('stalled-pflogd'));
    withDecoy(host);
    for (const name of [
      '/tmp/x 5 v c rw------ 1 0 - /dev/bpf',
      '/tmp/{"fd":5,"fd_type":"vnode","vode_type":"character","path":"/dev/bpf"',
      '/tmp/x","path":"/dev/bpf',
    ])
      append(host, '.lab/files', `9001\tpflogd\t3\tv\tr\trw------\t1\t0\t0\t-\t${name}\t0\n`);
    expect((await host.begin([steps.restart])).record?.refused?.text).toMatch(
      /9001.*holds no capture/,
    );
  });

  // A newline in a name makes a line of ps or procstat of it: that of a child of the service, which
  // holds a capture.
  test('and has a newline in its name: no process is taken for another', async () => {
    const host = fleet.open(machineOf('stalled-pflogd'));
    withDecoy(host);
    const service = /^(\d+)\t.*\tpflogd\t/m.exec(host.text('.lab/proc'))?.[1] ?? '';
    const shared = ownPrograms(host.root, {
      ps: `"$(dirname "$0")/ps.real" "$@" || exit
case "$*" in
*-ax*comm*) printf ' 9002     1 mallory  x\n 9001 ${service} root pflogd\n' ;;
*'comm='*9001*) printf 'y\n' ;;
esac`,
      procstat: `"$(dirname "$0")/procstat.real" "$@" || exit
case "$*" in
*json*) ;;
*9001*) printf ' 9001 pflogd  4 v r rw------  1 0 - /tmp/x\n 9001 pflogd  5 v c rw------  1 0 - /dev/bpf\n' ;;
esac`,
    });
    for (const name of ['ps', 'procstat'])
      symlinkSync(join(shared, name), host.path(`bin/${name}.real`));

    const {record} = await host.begin([steps.running, steps.restart]);

    expect(record?.refused).toMatchObject({why: 'not-the-service'});
    expect(record?.refused?.text).toMatch(/pid 9001 \(pflogd y, of mallory\), .* holds no capture/);
  });

  test("a capture of another person's is not the service either; one of an account of the system is", async () => {
    for (const [user, refused] of [
      ['mallory', true],
      ['nobody', false],
    ] as const) {
      const host = fleet.open(machineOf('stalled-pflogd'));
      writeFileSync(host.path('.lab/no-pidfile'), 'pflog\n');
      append(host, '.lab/proc', MALLORY.replace('mallory', user).replace('like pflog', 'pflog'));
      append(host, '.lab/files', '9001\tpflogd\t3\tv\tc\trw------\t1\t0\t0\t-\t/dev/bpf\t0\n');
      // The first that is called so.
      const rows = host.text('.lab/proc').split('\n');
      writeFileSync(
        host.path('.lab/proc'),
        [
          ...rows.filter((r) => r.startsWith('9001')),
          ...rows.filter((r) => !r.startsWith('9001')),
        ].join('\n'),
      );
      const {record} = await host.begin([steps.restart]);
      expect([user, record?.refused?.why]).toEqual([user, refused ? 'not-the-service' : undefined]);
      if (!refused) await host.contact('undo', RUN);
    }
  });
});

/** Two instances, as pflog_instances makes them: on pflog1 stalled, on pflog2 as told. */
function twoInstances(host: ChangeHost, second: 'busy' | 'quiet'): void {
  append(
    host,
    'etc/rc.conf',
    'pflog_instances="wan lan"\npflog_wan_dev="pflog1"\npflog_lan_dev="pflog2"\n' +
      'pflog_wan_logfile="/var/log/wan"\npflog_lan_logfile="/var/log/lan"\n',
  );
  const shift = (pid: string): string => String(Number(pid) + 100);
  const split = (file: string, edit: (line: string, at: 1 | 2) => string): void => {
    const lines = host.text(file).split('\n');
    const out = lines.flatMap((line) =>
      /^388[13]\t/.test(line) ? [edit(line, 1), edit(line, 2)] : [line],
    );
    writeFileSync(host.path(file), out.join('\n'));
  };
  const renumber = (line: string): string => line.replace(/\b388([13])\b/g, (pid) => shift(pid));
  split('.lab/proc', (line, at) =>
    (at === 1 ? line : renumber(line)).replace('\tpflog\t', `\tpflog${at}\t`),
  );
  split('.lab/files', (line, at) => (at === 1 ? line : renumber(line)));
  split('.lab/bpf', (line, at) => {
    if (at === 1) return line.replace('\tpflog0\t', '\tpflog1\t');
    const fields = renumber(line).replace('\tpflog0\t', '\tpflog2\t').split('\t');
    fields[9] = 'zerocopy';
    fields[10] = second === 'quiet' ? '0' : '40';
    return fields.join('\t');
  });
}

/** FreeBSD's awk is the one true awk; Debian packages it as original-awk. */
const withOneTrueAwk = (host: ChangeHost): void => {
  ownPrograms(host.root, {awk: 'exec /usr/bin/original-awk "$@"'});
};

describe.each(['mawk', 'the one true awk'])('several instances of one service, under %s', (awk) => {
  test.each([
    // Busy, the second ends when it is asked; quiet, only a packet or SIGKILL ends it.
    {second: 'busy', killed: /SIGKILL pid 3883 \(pflogd\)$/},
    {second: 'quiet', killed: /SIGKILL pid 3883 \(pflogd\), pid 3983 \(pflogd\)$/},
  ] as const)('the first stalled, the second healthy and $second', async ({second, killed}) => {
    const host = fleet.open(machineOf('stalled-pflogd'));
    twoInstances(host, second);
    if (awk !== 'mawk') withOneTrueAwk(host);

    const {record, err} = await host.begin([steps.running, steps.restart]);

    expect(err).toBe('');
    expect(record?.steps[1]?.outcome).toBe('changed');
    expect(record?.steps[1]?.detail).toMatch(/pid 3881 3981 -> 7001 7005/);
    expect(record?.steps[1]?.detail).toMatch(killed);
    expect(host.snapshot()['services']).toBe('pflog1 pflog1 pflog2 pflog2');
    expect(readFileSync(host.path('.lab/bpf'), 'utf8')).not.toContain('stalled');
    expect((await host.contact('undo', RUN)).record?.state).toBe('undone');
    expect(host.snapshot()['services']).toBe('pflog1 pflog1 pflog2 pflog2');
  });
});

test('under the one true awk every kind of step is done, and undone byte for byte', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  withOneTrueAwk(host);
  const before = host.snapshot();
  const {record, err} = await host.begin([steps.boot, steps.running, steps.rc, steps.restart]);
  expect(err).toBe('');
  expect(record?.steps.map(({outcome}) => outcome)).toEqual([
    'changed',
    'changed',
    'changed',
    'changed',
  ]);
  expect((await host.contact('undo', RUN)).record?.state).toBe('undone');
  expect(host.snapshot()).toEqual(before);
});

test('a plan is used once on a host; what was undone, again by the run that goes on with it', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const second = RUN.replace('3f9a', '0001');
  await host.begin([steps.running], {plan: 'plan-a'});
  await host.contact('undo', RUN);

  const again = await host.begin([steps.running], {run: second, plan: 'plan-a'});
  expect(again.record?.refused).toMatchObject({why: 'plan-used'});
  expect(again.record?.refused?.text).toContain(`${RUN} (undone)`);
  expect(again.record?.state).toBe('none');

  const resumed = await host.begin([steps.running], {run: second, plan: 'plan-a', continues: RUN});
  expect(resumed.record?.state).toBe('waiting');
  await host.contact('confirm', second);
  const third = await host.begin([steps.boot], {
    run: RUN.replace('3f9a', '0002'),
    plan: 'plan-a',
    continues: second,
  });
  expect(third.record?.refused?.text).toContain(`${second} (confirmed)`);
});

test('a kind of step that the host does not know is refused, not taken for a service', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  const script = (await import('./change-host.js')).planned([steps.restart] as readonly Step[]);
  expect(script).toHaveLength(1);
  const {beginScript} = await import('../../src/steps/change-script.js');
  const {template} = await import('./change-host.js');
  const sent = beginScript({
    run: RUN,
    plan: 'p',
    owner: 'op@ctl',
    confirmSeconds: 5,
    steps: script,
    template,
  });
  // The table of steps travels in octal.
  const octal = (text: string): string =>
    [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const forged = sent.includes(octal('restart-service'))
    ? sent.replace(octal('restart-service'), octal('replace-service'))
    : sent.replace('restart-service', 'replace-service');
  expect(forged).not.toBe(sent);

  const {record, out} = await host.give(forged);

  expect(record ?? out).toMatchObject({
    refused: {text: expect.stringContaining('replace-service') as string},
  });
  expect(host.snapshot()).toEqual(before);
});
