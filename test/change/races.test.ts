import {execFileSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

import {afterAll, expect, test} from 'vitest';

import {ownPrograms} from '../lab/own-programs.js';
import {machineOf} from '../lab/practice-root.js';

import {changeFleet, isLocked, leftOvers, RUN, steps, trace, until} from './change-host.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

test('of many confirmations and undos at once exactly one kind wins, and the host is as it says', async () => {
  const winners = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    const host = fleet.open(machineOf('stalled-pflogd'));
    const before = host.snapshot();
    await host.begin([steps.boot, steps.running]);
    const planned = host.snapshot();

    // In turns, so that either may come first. An undo after a confirmation is a rollback, which is
    // meant to win.
    const asked = Array.from({length: 8}, (_, i) =>
      (i + round) % 2 === 0 ? ('confirm' as const) : ('undo' as const),
    );
    const headStart = round % 2 === 0 ? 0 : 60;
    const answers = await Promise.all(
      asked.map(async (what) => {
        if (what === 'undo') await new Promise((resolve) => setTimeout(resolve, headStart));
        return host.contact(what, RUN);
      }),
    );

    const record = await until(host, ({state}) => state === 'confirmed' || state === 'undone');
    expect(host.snapshot()).toEqual(record.state === 'confirmed' ? planned : before);
    const confirmations = answers.filter((_, i) => asked[i] === 'confirm');
    const refused = confirmations.filter(({record: r}) => r?.refused?.why === 'wrong-state').length;
    const decision = execFileSync('readlink', [host.path(`var/db/zbufctl/${RUN}/decision`)], {
      encoding: 'utf8',
    });
    winners.add(decision.trim());
    // Who asks to confirm when the undo was decided hears so.
    if (decision.trim() === 'undo') expect(refused).toBe(confirmations.length);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  }
  process.stdout.write(`decided: ${[...winners].join(' and ')}\n`);
});

test('a confirmation in the very moment the host gives up is refused, or stands', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  trace(host, 'confirm 1 before hold');
  await host.begin([steps.boot], {confirmSeconds: 2});
  const planned = host.snapshot();
  // Held where it asks whether the watcher is alive; meanwhile the time runs out.
  const confirmation = host.contact('confirm', RUN);
  await until(host, ({state}) => state === 'undone');
  writeFileSync(host.path('.lab/trace.go'), '');

  const {record} = await confirmation;

  expect(record?.state).toBe('undone');
  expect(record?.refused?.why).toBe('wrong-state');
  expect(host.snapshot()).toEqual(before);
  expect(host.snapshot()).not.toEqual(planned);
});

test('an undo waits for the watcher of the run that was confirmed, which would free its lock', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  // Its first call after it saw the confirmation; three were made to begin.
  trace(host, 'watch 4 before hold');
  await host.begin([steps.boot]);
  await host.contact('confirm', RUN);
  await expect.poll(() => existsSync(host.path('.lab/trace.held')), {timeout: 60_000}).toBe(true);

  const undo = host.contact('undo', RUN);
  await expect
    .poll(
      () =>
        existsSync(host.path('.lab/trace.undo')) &&
        host.text('.lab/trace.undo').includes('/watcher.lock'),
      {timeout: 60_000},
    )
    .toBe(true);
  expect(readdirSync(host.path(`var/db/zbufctl/${RUN}`))).not.toContain('rollback');
  writeFileSync(host.path('.lab/trace.go'), '');

  expect((await undo).record?.state).toBe('undone');
  expect(host.snapshot()).toEqual(before);
  expect(isLocked(host)).toBe(false);
});

test('an undo by hand that is refused says why', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  await host.begin([steps.boot]);
  await host.contact('confirm', RUN);
  await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  symlinkSync('20261124T081501Z-apply-0001', host.path('var/db/zbufctl/lock'));
  mkdirSync(host.path('var/db/zbufctl/20261124T081501Z-apply-0001'));

  const {err} = await host.give(`sh "$ZBUFCTL_ROOT/var/db/zbufctl/${RUN}/undo.sh"`);

  expect(err).toBe(
    `run ${RUN}: locked: another run changes this host: 20261124T081501Z-apply-0001\n`,
  );
});

test('the work goes on when the connection is cut, and can be confirmed over another', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  // The worker waits at its first look at the file, while the sender goes.
  trace(host, 'work 3 before hold');
  const first = host.begin([steps.boot, steps.running]);
  while (!existsSync(host.path('.lab/trace.held'))) await new Promise((r) => setTimeout(r, 20));
  const sender = Number(host.text(`var/db/zbufctl/${RUN}/sender`).split('\t')[0]);
  process.kill(-sender, 'SIGKILL');
  await first;
  expect((await host.contact('status')).record?.state).toBe('working');
  writeFileSync(host.path('.lab/trace.go'), '');

  await until(host, ({state}) => state === 'waiting');
  const {record} = await host.contact('confirm', RUN);

  expect(record?.state).toBe('confirmed');
  expect(host.snapshot()['running']).toBe('0');
});

test('an undo while the work is going on ends the work first', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  trace(host, 'work 19 before hold');
  const first = host.begin([steps.boot, steps.running]);
  while (!existsSync(host.path('.lab/trace.held'))) await new Promise((r) => setTimeout(r, 20));

  const {record} = await host.contact('undo', RUN);
  writeFileSync(host.path('.lab/trace.go'), '');
  const begun = await first;

  expect(record?.state).toBe('undone');
  expect(begun.record?.state).toBe('undone');
  expect(host.snapshot()).toEqual(before);
  expect(leftOvers(host)).toEqual([]);
});

test('what is kept on the host is for root only, and holds no more than it needs', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  await host.begin([steps.boot]);
  const modes = execFileSync(
    'find',
    [host.path('var/db/zbufctl'), '-type', 'd', '-printf', '%m\n'],
    {
      encoding: 'utf8',
    },
  );

  expect(new Set(modes.trim().split('\n'))).toEqual(new Set(['700']));
  expect(readFileSync(host.path(`var/db/zbufctl/${RUN}/backup.0`), 'utf8')).toBe(steps.boot.from);
  await host.contact('undo', RUN);
});

test('a service that is started, also by the undo, inherits no ignored signal and the umask of init', async () => {
  const host = fleet.open(machineOf('healthy'));
  // A service(8) of its own for this host, which writes down what it was given.
  const shared = realpathSync(host.path('bin'));
  ownPrograms(host.root, {
    service:
      `[ "$2" != onestart ] || { umask; grep SigIgn /proc/self/status; pwd; } >>'${host.path('tmp/seen')}'\n` +
      `. '${shared}/service'`,
  });

  await host.begin([steps.restart]);
  const {record} = await host.contact('undo', RUN);

  expect(record?.undone[0]?.detail).toMatch(/started again/);
  const seen = host.text('tmp/seen').trim().split('\n');
  expect(seen).toHaveLength(6);
  for (const [at, text] of seen.entries()) {
    if (at % 3 === 0) expect(text).toBe('0022');
    if (at % 3 === 2) expect(text).toBe('/');
    // HUP 1, PIPE 13, TERM 15, as bits from 0.
    if (at % 3 === 1)
      expect(parseInt(text.replace(/.*\t/, '').slice(-8), 16) & 0b101_0000_0000_0001).toBe(0);
  }
});
