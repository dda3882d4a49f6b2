import {execFileSync} from 'node:child_process';

import {afterEach, beforeAll, beforeEach, expect, test} from 'vitest';

import {built, ModelHost, reportOf, run, until} from './probe-program.js';

let program: string;
let host: ModelHost;

beforeAll(async () => {
  program = await built('zbufprobe-model');
});

beforeEach(() => {
  host = new ModelHost(0);
});

afterEach(() => {
  host.remove();
});

const share = ['--only', 'zbuf/share/helper-alive'];

/** Processes whose environment names the host: everything a probe on it has started. */
function processes(): readonly string[] {
  return execFileSync('ps', ['axeww', '-o', 'pid=,stat=,args='], {
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  })
    .split('\n')
    .filter(
      (line) =>
        line.includes(host.env['ZBUFPROBE_MODEL_HOST']!) && line.includes('zbufprobe-model'),
    );
}

test('with zero-copy off the probe says so, does nothing, and fails', async () => {
  const ended = await run(program, ['matrix'], host.env);

  const report = reportOf(ended);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('--allow-enable');
  expect(report).toMatchObject({
    error: {code: 'zerocopy-off'},
    zerocopyBefore: 0,
    zerocopyAfter: 0,
    matrix: [],
  });
});

test('buffered captures can be probed with zero-copy off', async () => {
  const report = reportOf(await run(program, ['--only', 'buffer'], host.env));

  expect(report.error).toBeUndefined();
  expect(report.matrix).toHaveLength(9);
});

test('allowed to, it sets the value once a zero-copy capture, for microseconds, and restores it', async () => {
  const report = reportOf(
    await run(program, ['--allow-enable', ...share, '--only', 'zbuf/none'], host.env),
  );

  expect(report.matrix.map(({verdict}) => verdict)).not.toContain('unsupported');
  expect(report).toMatchObject({zerocopyBefore: 0, zerocopyAfter: 0});
  expect(report.enableWindow?.times).toBe(10);
  // Far below the milliseconds a loaded machine may take, far above nothing.
  expect(report.enableWindow?.longestMicroseconds).toBeGreaterThan(0);
  expect(report.enableWindow?.longestMicroseconds).toBeLessThan(1_000_000);
  expect(host.zerocopy()).toBe(0);
});

test('a value that is on is left alone', async () => {
  host.remove();
  host = new ModelHost(2);

  const report = reportOf(await run(program, ['--allow-enable', ...share], host.env));

  expect(report).toMatchObject({zerocopyBefore: 2, zerocopyAfter: 2});
  expect(report.enableWindow).toBeUndefined();
});

/** In the window, with the capturing process standing still. */
async function inTheWindow(act: (pid: number) => void): Promise<void> {
  const env = {...host.env, ZBUFPROBE_MODEL_AT_SETBUFMODE: 'pause'};
  let pid = -1;
  const ended = run(program, ['--allow-enable', ...share], env, (p) => {
    pid = p;
  });
  await until(() => host.zerocopy() === 1, 'the value to be set');
  act(pid);
  await ended;
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'killed in the window by %s, the value is restored and no process stays',
  async (signal) => {
    await inTheWindow((pid) => process.kill(pid, signal));

    await until(() => host.zerocopy() === 0, 'the value to be restored');
    await until(
      () => processes().every((line) => line.includes(' Z')),
      `the end of ${processes().join('; ')}`,
    );
  },
);

test.each([
  ['die', 9],
  ['crash', 7],
])(
  'when the capturing process dies in the window (%s), the value is restored',
  async (how, signal) => {
    const env = {...host.env, ZBUFPROBE_MODEL_AT_SETBUFMODE: how};

    const report = reportOf(await run(program, ['--allow-enable', ...share], env));

    expect(report.matrix).toMatchObject([{verdict: 'crashed', crashedAtRound: 1, signal}]);
    expect(report).toMatchObject({zerocopyBefore: 0, zerocopyAfter: 0});
    expect(host.zerocopy()).toBe(0);
  },
);

test('of two probes at once one runs, and the other says that it does and changes nothing', async () => {
  let second: Promise<unknown> = Promise.resolve();
  await inTheWindow((pid) => {
    second = run(program, ['--allow-enable', ...share], host.env).then((ended) => {
      expect(ended.code).toBe(1);
      expect(reportOf(ended)).toMatchObject({
        error: {code: 'locked', step: 'lock', errno: 35},
        zerocopyBefore: null,
        zerocopyAfter: null,
        matrix: [],
      });
      expect(host.zerocopy()).toBe(1);
      process.kill(pid, 'SIGTERM');
    });
  });
  await second;

  await until(() => host.zerocopy() === 0, 'the value to be restored');
  const third = reportOf(await run(program, ['--allow-enable', ...share], host.env));
  expect(third.matrix).toMatchObject([{verdict: 'delivered'}]);
});

test('a process that hangs is killed in time, and what it did not deliver counts as lost', async () => {
  const env = {...host.env, ZBUFPROBE_MODEL_AT_SETBUFMODE: 'pause'};

  const report = reportOf(await run(program, ['--allow-enable', ...share], env));

  expect(report.matrix).toMatchObject([
    {verdict: 'unsupported', hung: true, failure: {step: 'answer'}},
  ]);
  expect(report.elapsedMilliseconds).toBeLessThan(6000);
  expect(host.zerocopy()).toBe(0);
  expect(processes().filter((line) => !line.includes(' Z'))).toEqual([]);
});

test('the time limit holds: what was finished by then is reported, and no more', async () => {
  const env = {...host.env, ZBUFPROBE_MODEL_AT_SETBUFMODE: 'pause'};
  const begun = Date.now();

  const report = reportOf(
    await run(program, ['matrix', '--allow-enable', '--time-limit', '2'], env),
  );

  expect(Date.now() - begun).toBeLessThan(5000);
  expect(report.error).toEqual({code: 'time-limit'});
  expect(report.matrix.every(({mode}) => mode === 'buffer')).toBe(true);
  expect(report.zerocopyAfter).toBe(0);
});

test('not being root is said before anything else', async () => {
  const ended = await run(program, ['matrix', 'inspect', '--allow-enable'], {
    ...host.env,
    ZBUFPROBE_MODEL_UID: '1001',
  });

  expect(ended.stderr).toContain('root');
  expect(reportOf(ended)).toMatchObject({
    error: {code: 'not-root'},
    matrix: [],
    zerocopyBefore: null,
  });
});
