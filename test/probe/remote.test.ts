import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';

import type {HelperDeps} from '../../src/app/helper.js';
import {probeThrough} from '../../src/app/probe.js';
import {loadSchema} from '../../src/io/package/schemas.js';
import {loadTemplate} from '../../src/io/package/templates.js';
import {fail, ok} from '../../src/model/failure.js';
import type {NativeReport} from '../../src/model/probe.js';
import type {Session} from '../../src/model/transport.js';
import {compareWithExpected} from '../../src/probe/compare.js';
import type {Payload} from '../../src/probe/probe-script.js';
import {joinSources} from '../../src/probe/probe-script.js';
import {testHost, testTransport} from '../io/ssh/client.js';
import type {Sshd} from '../io/ssh/real-sshd.js';
import {makeKey, startSshd, until} from '../io/ssh/real-sshd.js';
import {built} from '../native/probe-program.js';

/**
 * The upload against a real sshd and dash on Linux. ZBUFCTL_ROOT gives the "host" folders of its
 * own; the program is a stand-in that answers on Linux: the model's build of the very probe, or a
 * script.
 */
const REQUEST = {
  matrix: true,
  bench: false,
  inspect: false,
  allowEnable: false,
  only: [],
  timeLimit: 15,
};

let dir: string;
let root: string;
let sshd: Sshd;
let key: string;
let model: Payload;

const payload = (kind: Payload['kind'], bytes: Uint8Array): Payload => ({
  kind,
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
const script = (text: string): Payload => payload('program', Buffer.from(`#!/bin/sh\n${text}\n`));

const deps = (program: Payload | undefined, sources?: Payload): HelperDeps => ({
  factsScript: loadTemplate('probe-facts.sh'),
  probeTemplate: loadTemplate('probe.sh'),
  schema: loadSchema('probe/probe'),
  programFor: () => program,
  sources: () => sources ?? payload('sources', Buffer.from('')),
  practiceProgram: () => Promise.resolve(ok(model)),
});

async function session(): Promise<Session> {
  const transport = testTransport();
  const host = testHost({
    port: sshd.port,
    user: 'root',
    identityFiles: [key],
    knownHosts: [join(dir, 'known_hosts')],
  });
  const connected = await transport.connect(host, {
    connectTimeoutMs: 20_000,
    authTimeoutMs: 20_000,
    acceptNew: true,
  });
  if (!connected.ok) throw new Error(connected.error.message);
  return connected.value;
}

async function probe(
  program: Payload | undefined,
  sources?: Payload,
): ReturnType<typeof probeThrough> {
  const open = await session();
  try {
    return await probeThrough(open, REQUEST, {
      ...deps(program, sources),
      signal: new AbortController().signal,
    });
  } finally {
    open.close();
  }
}

const leftovers = (): string[] =>
  ['var/tmp', 'root', 'tmp'].flatMap((place) => readdirSync(join(root, place)));

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zbufctl-probe-test-'));
  root = join(dir, 'host');
  for (const place of ['.lab', 'bin', 'var/tmp', 'root', 'tmp'])
    mkdirSync(join(root, place), {recursive: true});
  for (const [name, answer] of [
    ['uname', 'case $1 in -s) echo FreeBSD ;; -r) echo 15.1-RELEASE-p1 ;; *) echo amd64 ;; esac'],
  ]) {
    writeFileSync(join(root, 'bin', name ?? ''), `#!/bin/sh\n${answer ?? ''}\n`);
    chmodSync(join(root, 'bin', name ?? ''), 0o755);
  }
  key = join(dir, 'id');
  await makeKey(key, {type: 'ed25519'});
  sshd = await startSshd({config: [`SetEnv ZBUFCTL_ROOT=${root}`]});
  await sshd.authorize('root', `${key}.pub`);
  model = payload('program', readFileSync(await built('zbufprobe-model')));
});

beforeEach(() => {
  for (const place of ['var/tmp', 'root', 'tmp']) {
    for (const name of readdirSync(join(root, place)))
      rmSync(join(root, place, name), {recursive: true, force: true});
  }
});

afterAll(async () => {
  await sshd.stop();
  rmSync(dir, {recursive: true, force: true});
});

const REPORT: NativeReport = {
  schema: 'zbufctl.native-probe/1',
  kernel: '15.1-RELEASE-p1',
  machine: 'amd64',
  model: false,
  interface: 'lo0',
  zerocopyBefore: 0,
  zerocopyAfter: 0,
  elapsedMilliseconds: 1,
  error: {code: 'zerocopy-off'},
  matrix: [],
};

test('the probe arrives whole, runs, answers the truth table, and leaves nothing', async () => {
  const result = await probe(model);

  if (!result.ok) throw new Error(result.error.error.message);
  expect(result.value.model).toBe(true);
  expect(compareWithExpected(result.value.matrix)).toEqual([]);
  expect(leftovers()).toEqual([]);
});

test('every byte value survives the upload', async () => {
  const bytes = Buffer.concat([
    Buffer.from('#!/bin/sh\nsed 1,3d "$0" | od -An -v -tx1 | tr -d \' \\n\' >&2\nexit 0\n'),
    Buffer.from(Array.from({length: 256}, (_, i) => i)),
  ]);
  const result = await probe(payload('program', bytes));

  expect(result.ok).toBe(false);
  if (result.ok) return;
  const hex = Buffer.from(Array.from({length: 256}, (_, i) => i)).toString('hex');
  expect(result.error.error).toMatchObject({code: 'bad-output'});
  expect(result.error.error.message).toContain(hex.slice(0, 200));
});

test('what the program reports is taken, zero-copy off included', async () => {
  const result = await probe(script(`echo '${JSON.stringify(REPORT)}'; exit 1`));

  expect(result).toMatchObject({ok: true, value: {error: {code: 'zerocopy-off'}}});
});

test('another checksum than expected: nothing is run', async () => {
  const ran = join(dir, 'ran');
  const result = await probe({...script(`touch ${ran}`), sha256: '0'.repeat(64)});

  expect(result).toMatchObject({ok: false, error: {error: {code: 'checksum'}}});
  expect(existsSync(ran)).toBe(false);
  expect(leftovers()).toEqual([]);
});

describe('folders that do not take it', () => {
  const mounts: string[] = [];
  const mountAt = (place: string, options: string): void => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', join(root, place)]);
    mounts.push(join(root, place));
  };
  const unmount = (): void => {
    for (const mount of mounts.splice(0)) execFileSync('umount', ['-l', mount]);
  };

  test('noexec: the next folder is tried', async () => {
    mountAt('var/tmp', 'noexec');
    try {
      const result = await probe(script(`echo '${JSON.stringify(REPORT)}'`));
      expect(result.ok).toBe(true);
      expect(leftovers()).toEqual([]);
    } finally {
      unmount();
    }
  });

  test('noexec and full everywhere: said with the folder and the reason', async () => {
    mountAt('var/tmp', 'noexec');
    mountAt('root', 'size=16k');
    mountAt('tmp', 'noexec');
    try {
      const result = await probe(model);
      expect(result).toMatchObject({ok: false, error: {error: {code: 'no-place'}}});
      const message = result.ok ? '' : result.error.error.message;
      expect(message).toContain('/var/tmp: programs may not run there (noexec)');
      expect(message).toMatch(/\/root: not enough space: \d+ KB free/);
      expect(leftovers()).toEqual([]);
    } finally {
      unmount();
    }
  });
});

test('a connection that is cut leaves a folder, and the next contact removes it', async () => {
  const open = await session();
  const running = probeThrough(open, REQUEST, {
    ...deps(script('while [ -e "$0" ]; do sleep 0.1; done')),
    signal: new AbortController().signal,
  });
  await until('the program to run', () =>
    readdirSync(join(root, 'var/tmp')).some((name) =>
      existsSync(join(root, 'var/tmp', name, 'zbufprobe')),
    ),
  );
  const [folder] = readdirSync(join(root, 'var/tmp'));
  const pid = Number(folder?.split('.')[1]);
  open.close();
  // What a crash of the host's shell leaves: no trap runs.
  process.kill(pid, 'SIGKILL');
  expect((await running).ok).toBe(false);
  expect(leftovers()).toEqual([folder]);
  // Until its parent has taken note of its end, the number still names a process.
  await until('the killed shell to be gone', () => !existsSync(`/proc/${pid}`));

  const next = await probe(script(`echo '${JSON.stringify(REPORT)}'`));

  expect(next.ok).toBe(true);
  expect(leftovers()).toEqual([]);
});

test('a folder that is not ours, or whose probe still runs, is left alone', async () => {
  const other = `zbufctl-probe.${process.pid}.abcdef`;
  mkdirSync(join(root, 'tmp', other));
  execFileSync('ln', ['-s', '/etc', join(root, 'tmp', 'zbufctl-probe.1.ghijkl')]);

  await probe(script(`echo '${JSON.stringify(REPORT)}'`));

  expect(leftovers().sort()).toEqual(['zbufctl-probe.1.ghijkl', other].sort());
  expect(existsSync('/etc/passwd')).toBe(true);
});

test('a probe that has just made its folder keeps it while another one clears up', async () => {
  const at = (name: string): string => join(root, name);
  // The first waits where it has its folder and nothing in it yet.
  writeFileSync(
    at('bin/mktemp'),
    `#!/bin/sh\n/usr/bin/mktemp "$@" || exit\nmkdir '${at('held')}' 2>/dev/null || exit 0\n` +
      `while [ ! -e '${at('go')}' ]; do sleep 0.1; done\n`,
    {mode: 0o755},
  );
  try {
    const answer = script(`echo '${JSON.stringify(REPORT)}'`);
    const first = probe(answer);
    await until('the first to be held', () => existsSync(at('held')));
    const second = await probe(answer);
    writeFileSync(at('go'), '');

    expect((await first).ok).toBe(true);
    expect(second.ok).toBe(true);
    expect(leftovers()).toEqual([]);
  } finally {
    for (const name of ['bin/mktemp', 'held', 'go'])
      rmSync(at(name), {recursive: true, force: true});
  }
});

test('nothing shipped for the machine, but a compiler there: the sources are compiled on the host', async () => {
  const source = `#include <stdio.h>\nint main(void) { puts(${JSON.stringify(JSON.stringify(REPORT))}); return 0; }\n`;
  const sources = payload('sources', Buffer.from(joinSources([{name: 'main.c', text: source}])));

  expect(await probe(undefined, sources)).toMatchObject({
    ok: true,
    value: {kernel: '15.1-RELEASE-p1'},
  });
  expect(leftovers()).toEqual([]);
});

test('sources that do not compile, a program for another machine, and nonsense printed are three problems', async () => {
  const broken = payload(
    'sources',
    Buffer.from(joinSources([{name: 'main.c', text: 'this is no C\n'}])),
  );

  expect(await probe(undefined, broken)).toMatchObject({
    ok: false,
    error: {error: {code: 'compiler'}},
  });
  expect(await probe(payload('program', Buffer.from('\u007fELF nonsense')))).toMatchObject({
    ok: false,
    error: {error: {code: expect.stringMatching(/cannot-run|bad-output/) as string}},
  });
  expect(await probe(script('echo "<html>"'))).toMatchObject({
    ok: false,
    error: {error: {code: 'bad-output'}},
  });
  expect(leftovers()).toEqual([]);
});

describe('a practice host', () => {
  beforeAll(() => {
    writeFileSync(join(root, '.lab/sysctl'), '');
  });
  afterAll(() => {
    rmSync(join(root, '.lab/sysctl'));
  });

  test('gets the model, and its report is marked twice', async () => {
    expect(await probe(undefined)).toMatchObject({ok: true, value: {model: true, practice: true}});
    expect(leftovers()).toEqual([]);
  });

  test('is not believed when it answers as a kernel', async () => {
    const forged = script(`echo '${JSON.stringify(REPORT)}'`);
    const open = await session();
    try {
      const result = await probeThrough(open, REQUEST, {
        ...deps(undefined),
        practiceProgram: () => Promise.resolve(ok(forged)),
        signal: new AbortController().signal,
      });
      expect(result).toMatchObject({ok: false, error: {error: {code: 'bad-output'}}});
    } finally {
      open.close();
    }
  });

  test('says why no model can be sent', async () => {
    const open = await session();
    try {
      const result = await probeThrough(open, REQUEST, {
        ...deps(undefined),
        practiceProgram: () =>
          Promise.resolve(fail({message: 'no compiler (cc)', fix: 'Install one.'})),
        signal: new AbortController().signal,
      });
      expect(result).toMatchObject({
        ok: false,
        error: {
          error: {
            code: 'no-program',
            message: 'a practice host answers from a model: no compiler (cc)',
            fix: 'Install one.',
          },
        },
      });
    } finally {
      open.close();
    }
  });
});

test.each([
  ['kill -SEGV $$', 'cannot-run', /^exit 139, Segmentation fault$/],
  [
    'printf "%s: broken\\n" "$0" >&2; exit 1',
    'bad-output',
    /^the probe printed nothing \(exit 1, broken\)$/,
  ],
  ['exec "$PWD/missing"', 'cannot-run', /^exit 127, /],
] as const)('%s: what is said of it has no path of the upload', async (text, code, said) => {
  const result = await probe(script(text));

  expect(result).toMatchObject({
    ok: false,
    error: {error: {code, message: expect.stringMatching(said) as string}},
  });
  expect(JSON.stringify(result)).not.toContain('zbufctl-probe.');
});
