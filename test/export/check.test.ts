import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from 'vitest';

import {loadCollectTemplate} from '../../src/io/package/templates.js';
import type {Machine} from '../../src/lab/machine.js';
import {RELEASES} from '../../src/lab/machine.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import {SCENARIO_NAMES, SCENARIOS} from '../../src/lab/scenarios.js';
import type {CheckFormat} from '../../src/model/check-format.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {NAMESPACE, ONE_PROCESS} from '../collect/replay/process-count.js';
import type {ReplayOptions, State} from '../collect/replay/replay-host.js';
import {ReplayHost} from '../collect/replay/replay-host.js';
import {CAPTURED_STATES, captureState} from '../lab/captured-state.js';
import {machineOf, practiceRoot} from '../lab/practice-root.js';
import {sampled} from '../tools/sampled.js';

import {auditOf, Checks, checkText, postureIn} from './check-host.js';

const checks = new Checks();
afterAll(() => {
  checks.remove();
});
const NAGIOS = checks.file('nagios.sh', checkText('nagios'));
const COLLECTOR = scriptWithArguments(loadCollectTemplate(), ['0']);

const onHost = <T>(machine: Machine, look: (host: ReturnType<typeof practiceRoot>) => T): T => {
  const host = practiceRoot(machine);
  try {
    return look(host);
  } finally {
    host.remove();
  }
};

describe('its verdict is that of an audit', () => {
  test.each(
    RELEASES.flatMap((release) =>
      CAPTURED_STATES.flatMap((state) =>
        [false, true].map((traffic) => ({release, state, traffic})),
      ),
    ),
  )('$release $state, packets arriving: $traffic', ({release, state, traffic}) => {
    onHost(captureState(release, state, traffic), (host) => {
      const {out: frames} = host.sh(COLLECTOR);
      // A run of its own costs as much as an audit: of every second state the frames are judged.
      const {out, err} = traffic
        ? checks.run(NAGIOS, host.root, ['look', '0'])
        : {out: checks.judge(frames), err: ''};

      expect(err).toBe('');
      expect(postureIn(out)).toBe(auditOf(frames));
      expect(out).toMatch(/\nend\n$/);
    });
  });

  /** What an audit decides here and a check does not, and why not. */
  const OPEN: Partial<Record<ScenarioName, string>> = {
    'tcpdump-zerocopy': 'what tcpdump does depends on its command line',
    'mode-shadowed': 'buffer modes are not judged on the host',
  };
  const machines = SCENARIO_NAMES.map((name) => ({
    name,
    machine: machineOf(name, SCENARIOS[name].releases[0]),
  }));
  // Many scenarios are about getting in, and are one machine.
  const different = machines.filter(
    ({machine}, at) =>
      machines.findIndex((one) => JSON.stringify(one.machine) === JSON.stringify(machine)) === at,
  );

  test.each(sampled(different, 5, ({name}) => name))('practice host $name', ({name, machine}) => {
    onHost(machine, (host) => {
      const {out: frames} = host.sh(COLLECTOR);
      const audit = auditOf(frames);
      const said = postureIn(checks.judge(frames));

      if (said !== 'unknown' || OPEN[name] === undefined) expect(said).toBe(audit);
    });
  });

  test('of what real hosts said before what the boot runs was collected, too', () => {
    const folders = ['test/cases/more-than-64-processes', 'test/cases/dev-bpf-in-a-path'];
    for (const folder of folders)
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
        const frames = readFileSync(join(folder, file), 'latin1');
        const said = postureIn(checks.judge(frames));
        if (said !== 'unknown') expect([file, said]).toEqual([file, auditOf(frames)]);
        else expect([file, auditOf(frames)]).not.toEqual([file, 'broken']);
      }
  });
});

test.each([
  [
    'whoever is not root',
    {uid: 1001},
    60,
    /captures were not seen: only root is told of captures \|/,
  ],
  [
    'when a command hangs',
    {programs: {netstat: 'exec sleep 20'}},
    1,
    /the look did not come to its end in 1 seconds \| running=U boot=U\n$/,
  ],
])('%s: unknown, never well', (_, options, most, words) => {
  const host = new ReplayHost({state: 'freebsd-15.1/default', ...options});
  try {
    const text = checkText('nagios').replace('most=60', `most=${most}`);
    const {out, code} = checks.run(checks.file('odd.sh', text), host.root);

    expect(code).toBe(3);
    expect(out).toMatch(/^ZBUFCTL UNKNOWN: unknown: /);
    expect(out).toMatch(words);
  } finally {
    host.remove();
  }
});

test('the verdict does not depend on the awk', () => {
  for (const scenario of ['stalled-pflogd', 'pf-logger-at-boot', 'bad-sysctl-conf'] as const) {
    const frames = onHost(machineOf(scenario), (host) => host.sh(COLLECTOR).out);
    const [said, ...others] = ['original-awk', 'mawk', 'gawk'].map((awk) =>
      checks.judge(frames, awk),
    );

    expect(postureIn(said ?? '')).toMatch(/^(broken|at-risk|drift)$/);
    expect(said).toContain('capture\tpflogd\tpflog0\t');
    expect(new Set(others)).toEqual(new Set([said]));
  }
});

/** What a run may start: a fork took 90 ms on an emulated host. */
const MOST = 60;

test.runIf(NAMESPACE !== undefined).each<[CheckFormat, State, ReplayOptions['files']]>([
  ['nagios', 'freebsd-15.1/default', {}],
  ['prometheus', 'freebsd-13.2/tcpdump-n-zerocopy-healthy', {}],
  ['prometheus', 'freebsd-15.1/pflogd-stalled-zerocopy', {}],
  [
    'prometheus',
    'freebsd-15.1/pflogd-stalled-zerocopy',
    {'/etc/sysctl.conf': 'kern.ipc.somaxconn=1024\nnet.bpf.zerocopy_enable=1\n'},
  ],
])('%s of %s: fewer than 60 processes', (format, state, files) => {
  const host = new ReplayHost({state, files: {...files, '/out': ''}, programs: WITH_PROCSTAT});
  try {
    const check = checks.file('count.sh', checkText(format));
    // The two shells around it are none of it.
    const script = `/bin/sh ${check} /out; /bin/sh -c 'echo pid $(($$ - 2))'; cat ${host.root}/out`;
    const {stdout} = spawnSync('unshare', [...(NAMESPACE ?? []), '/bin/sh', '-c', script], {
      encoding: 'latin1',
      env: {PATH: process.env['PATH'], ZBUFCTL_ROOT: host.root},
    });

    expect(stdout).toMatch(/^ZBUFCTL OK|posture\{posture="(at-risk|broken)"\} 1/m);
    const started = Number(/^pid (\d+)$/m.exec(stdout)?.[1]);
    process.stdout.write(`a ${format} check of ${state} started ${started} processes\n`);
    expect(started).toBeGreaterThan(20);
    expect(started).toBeLessThan(MOST);
  } finally {
    host.remove();
  }
});

const WITH_PROCSTAT = {
  ...ONE_PROCESS,
  procstat: `case $* in
'--libxo json -f -a') exec cat "$root/replay/procstat-f" ;;
'-v '*)
	shift
	for pid in "$@"; do shift; set -- "$@" "$root/replay/map-$pid"; done
	exec awk 'NR == 1 || FNR > 1' "$@" ;;
*) exit 64 ;;
esac`,
};
