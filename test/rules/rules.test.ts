import {describe, expect, test} from 'vitest';

import {absent, unreadable} from '../../src/model/reading.js';
import {RULES} from '../../src/rules/index.js';
import {makeEvidence} from '../world.js';

import type {CaptureSpec} from './scene.js';
import {hostOf, judgeEvidence, pages, WITHOUT} from './scene.js';

const forked = [pages('C----', 30), pages('C----', 256)];
const own = [pages('-----', 30), pages('-----', 314)];

const stalled: CaptureSpec = {
  pid: 700,
  command: 'acmesniff',
  before: [240, 24316, 12156],
  after: [260, 26000, 12156],
  memory: forked,
  state: 'R',
};
const healthy: CaptureSpec = {
  pid: 701,
  command: 'tcpdump',
  args: 'tcpdump -n -i em0',
  before: [120, 0, 3116],
  after: [120, 0, 3116],
  memory: own,
};

test('the rules are those of the contract, in order, and each says why and what to do', () => {
  expect(RULES.map((r) => r.id)).toEqual(
    Array.from({length: 15}, (_, i) => `ZBUF-${String(i + 1).padStart(3, '0')}`),
  );
  for (const rule of RULES) {
    expect(rule.slug).toMatch(/^[a-z]+(-[a-z]+)+$/);
    for (const text of [rule.claim, rule.matters, rule.remedy])
      expect(text.length).toBeGreaterThan(20);
    expect(rule.sources.length).toBeGreaterThan(0);
  }
});

describe('ZBUF-001', () => {
  test('an unknown program whose held buffer does not move while packets arrive has lost its capture', () => {
    const judged = judgeEvidence(hostOf({running: '1', captures: [stalled]}));

    expect(judged.verdicts('ZBUF-001')).toEqual(['fail']);
    expect(judged.posture).toBe('broken');
    const [finding] = judged.findings;
    expect(finding).toMatchObject({rule: 'ZBUF-001', pid: 700, severity: 'critical'});
    expect(finding?.summary).toContain('acmesniff');
    expect(finding?.because.map((b) => b.value)).toContain('12156 then 12156');
    expect(finding?.fix).toContain('sysctl net.bpf.zerocopy_enable=0');
  });

  test('it is found with the value at 0 again, too: the mode of an open descriptor does not change', () => {
    expect(judgeEvidence(hostOf({running: '0', captures: [stalled]})).verdicts('ZBUF-001')).toEqual(
      ['fail'],
    );
  });

  test('without libpcap, and with buffers of its own size among fresh memory, spinning gives it away', () => {
    const memory = [pages('C----', 16), pages('-----', 20)];
    const spec = {...stalled, loadsLibpcap: false, memory};

    expect(judgeEvidence(hostOf({running: '1', captures: [spec]})).verdicts('ZBUF-001')).toEqual([
      'fail',
    ]);
    expect(
      judgeEvidence(hostOf({running: '1', captures: [{...spec, state: 'S'}]})).verdicts('ZBUF-001'),
    ).toEqual(['unknown']);
  });

  test('both buffers full of packets nobody takes, and no traffic: lost all the same', () => {
    const idle = {...stalled, after: stalled.before};

    expect(judgeEvidence(hostOf({running: '1', captures: [idle]})).verdicts('ZBUF-001')).toEqual([
      'fail',
    ]);
  });

  test('a healthy zero-copy capture rests with one buffer out and is not accused', () => {
    const judged = judgeEvidence(hostOf({running: '1', captures: [healthy]}));

    expect(judged.verdicts('ZBUF-001')).toEqual(['pass']);
    expect(judged.posture).not.toBe('broken');
  });

  test('a daemon that forked before it opened has old inherited memory and is not accused', () => {
    const memory = [pages('C----', 60), pages('-----', 256)];
    for (const after of [healthy.after, [150, 40, 900]] as const) {
      const spec = {...healthy, command: 'acmed', memory, after};
      expect(judgeEvidence(hostOf({running: '1', captures: [spec]})).verdicts('ZBUF-001')).toEqual([
        'pass',
      ]);
    }
  });

  test('a daemon(3) after the open leaves everything inherited, but its buffers move', () => {
    const spec = {...stalled, after: [260, 100, 4000] as const, state: 'S'};

    expect(judgeEvidence(hostOf({running: '1', captures: [spec]})).verdicts('ZBUF-001')).toEqual([
      'pass',
    ]);
  });

  test('a buffered capture shared with a fork passes: read(2) moved its offset', () => {
    const spec = {
      ...stalled,
      before: [80, 0, 0] as const,
      after: [81, 120, 0] as const,
      offset: 12156,
    };

    expect(judgeEvidence(hostOf({captures: [spec]})).verdicts('ZBUF-001')).toEqual(['pass']);
  });

  test('one buffer out, memory cut off, no packets: nobody can tell, and it says what would', () => {
    const spec = {
      ...stalled,
      before: [80, 0, 12156] as const,
      after: [80, 0, 12156] as const,
      state: 'S',
    };
    const judged = judgeEvidence(hostOf({running: '1', captures: [spec]}));

    expect(judged.verdicts('ZBUF-001')).toEqual(['unknown']);
    expect(judged.findings[0]?.fix).toContain('--with-helper');
    expect(judged.posture).toBe('unknown');
  });

  test('the buffer mode read from the kernel decides', () => {
    const base = hostOf({
      running: '1',
      captures: [{...stalled, memory: [pages('C----', 300), pages('-----', 300)], state: 'S'}],
    });
    const stats = (mode: 'buffer' | 'zbuf'): ReturnType<typeof makeEvidence> => ({
      ...base,
      descriptorStats: {
        state: 'read',
        value: [
          {
            pid: 700,
            interfaceName: 'em0',
            mode,
            received: 1,
            dropped: 0,
            matched: 1,
            storeLength: 1,
            holdLength: 1,
            bufferSize: 524256,
            zeroCopies: 0,
          },
        ],
      },
    });

    expect(judgeEvidence(base).verdicts('ZBUF-001')).toEqual(['unknown']);
    expect(judgeEvidence(stats('zbuf')).verdicts('ZBUF-001')).toEqual(['fail']);
    expect(judgeEvidence(stats('buffer')).verdicts('ZBUF-001')).toEqual(['pass']);
  });

  test('not permitted to look is unknown, not an empty list', () => {
    const evidence = makeEvidence({
      samples: [
        {at: absent, descriptors: unreadable('Operation not permitted')},
        {at: absent, descriptors: unreadable('Operation not permitted')},
      ],
    });

    expect(judgeEvidence(evidence).verdicts('ZBUF-001')).toEqual(['unknown']);
    expect(judgeEvidence(evidence).posture).toBe('unknown');
  });
});

describe('ZBUF-002 and ZBUF-003', () => {
  const pflog = {enabled: ['/etc/rc.d/pflog']};

  test('pflogd enabled, value on, libpcap with zero-copy: it breaks at the next start', () => {
    const judged = judgeEvidence(
      hostOf({running: '1', sysctlConf: 'net.bpf.zerocopy_enable=1\n', ...pflog}),
    );

    expect(judged.verdicts('ZBUF-002')).toEqual(['fail']);
    expect(judged.verdicts('ZBUF-003')).toEqual(['fail']);
    expect(judged.posture).toBe('at-risk');
    expect(judged.findings.find((f) => f.rule === 'ZBUF-003')?.service).toBe('pflogd');
  });

  test('only the boot value is on: the running rule passes, the boot rule fails', () => {
    const judged = judgeEvidence(hostOf({sysctlConf: 'net.bpf.zerocopy_enable=1\n', ...pflog}));

    expect(judged.verdicts('ZBUF-002')).toEqual(['pass']);
    expect(judged.verdicts('ZBUF-003')).toEqual(['fail']);
    expect(judged.posture).toBe('at-risk');
  });

  test('a libpcap that cannot do zero-copy takes the risk away; the setting is without effect', () => {
    const judged = judgeEvidence(
      hostOf({running: '1', sysctlConf: 'net.bpf.zerocopy_enable=1\n', libpcap: WITHOUT, ...pflog}),
    );

    expect(judged.verdicts('ZBUF-002')).toEqual(['pass']);
    expect(judged.verdicts('ZBUF-007')).toEqual(['fail']);
    expect(judged.posture).toBe('ineffective');
  });

  test('tcpdump without -n forks a helper; with -n it does not', () => {
    const moving = {...healthy, after: [140, 40, 900] as const};
    const withNames = {...moving, args: 'tcpdump -i em0'};

    expect(judgeEvidence(hostOf({running: '1', captures: [moving]})).verdicts('ZBUF-002')).toEqual([
      'pass',
    ]);
    expect(
      judgeEvidence(hostOf({running: '1', captures: [withNames]})).verdicts('ZBUF-002'),
    ).toEqual(['fail']);
  });

  test('a program nobody described is unknown while the value is on, and settled by the policy', () => {
    const spec = {...healthy, command: 'acmed', args: '/usr/local/sbin/acmed'};
    const evidence = hostOf({running: '1', captures: [spec]});

    expect(judgeEvidence(evidence).verdicts('ZBUF-002')).toEqual(['unknown']);
    expect(judgeEvidence(evidence).verdicts('ZBUF-011')).toEqual(['fail']);
    const known = {
      id: 'acmed',
      name: 'acmed',
      origin: 'policy',
      commands: ['acmed'],
      flagsVariables: [],
      captureApi: 'libpcap',
      requestsZerocopy: 'via-libpcap' as const,
      pattern: 'none' as const,
      otherSide: 'none' as const,
      notes: '',
      variants: [],
      evidence: ['zbufctl.yaml'],
      verified: true,
    };
    expect(judgeEvidence(evidence, {}, [known]).verdicts('ZBUF-002')).toEqual(['pass']);
    expect(judgeEvidence(evidence, {}, [known]).verdicts('ZBUF-011')).toEqual(['pass']);
  });
});

describe('ZBUF-004 to ZBUF-009', () => {
  test('running and boot value differ: drift', () => {
    const judged = judgeEvidence(hostOf({running: '1'}));

    expect(judged.verdicts('ZBUF-004')).toEqual(['fail']);
    expect(judged.posture).toBe('drift');
  });

  test('any non-zero number is on: 2 is not 0', () => {
    const judged = judgeEvidence(hostOf({running: '2', enabled: ['/etc/rc.d/pflog']}));

    expect(judged.verdicts('ZBUF-002')).toEqual(['fail']);
  });

  test('the policy is compared with both values; no policy, no verdict', () => {
    const on = hostOf({running: '1', sysctlConf: 'net.bpf.zerocopy_enable: "1"\n'});

    expect(judgeEvidence(on, {zerocopy: 'off'}).verdicts('ZBUF-005')).toEqual(['fail']);
    expect(judgeEvidence(on, {zerocopy: 'on'}).verdicts('ZBUF-005')).toEqual(['pass']);
    // Nothing captures, and still: on needs a proof.
    expect(judgeEvidence(on, {zerocopy: 'auto'}).verdicts('ZBUF-005')).toEqual(['fail']);
    expect(judgeEvidence(on, {zerocopy: 'auto'}).posture).toBe('drift');
    expect(judgeEvidence(on).verdicts('ZBUF-005')).toEqual(['not-applicable']);
    expect(judgeEvidence(hostOf({}), {zerocopy: 'off'}).verdicts('ZBUF-005')).toEqual(['pass']);
    expect(judgeEvidence(hostOf({}), {zerocopy: 'on'}).verdicts('ZBUF-005')).toEqual(['fail']);
  });

  test('auto with a service that would break fails', () => {
    const evidence = hostOf({
      running: '1',
      sysctlConf: 'net.bpf.zerocopy_enable=1\n',
      enabled: ['/etc/rc.d/pflog'],
    });

    expect(judgeEvidence(evidence, {zerocopy: 'auto'}).verdicts('ZBUF-005')).toEqual(['fail']);
  });

  test.each([
    ['only in loader.conf', {loaderConf: 'net.bpf.zerocopy_enable="1"\n'}, 'not a loader tunable'],
    [
      'written twice',
      {sysctlConf: 'net.bpf.zerocopy_enable=0\nnet.bpf.zerocopy_enable=0\n'},
      'says the same again',
    ],
    [
      'overridden in sysctl.conf.local',
      {sysctlConf: 'net.bpf.zerocopy_enable=1\n', sysctlConfLocal: 'net.bpf.zerocopy_enable=0\n'},
      '/etc/sysctl.conf line 1 (1) is overridden by /etc/sysctl.conf.local line 1 (0)',
    ],
    ['a value that is refused', {sysctlConf: 'net.bpf.zerocopy_enable=yes\n'}, 'sysctl(8) refuses'],
  ])('ZBUF-006 notices a setting that is %s', (_title, layout, expected) => {
    const judged = judgeEvidence(hostOf(layout));

    expect(judged.verdicts('ZBUF-006')).toEqual(['fail']);
    expect(judged.findings.find((f) => f.rule === 'ZBUF-006')?.summary).toContain(expected);
  });

  test('the last line that sysctl(8) accepts wins, and the default is 0', () => {
    const judged = judgeEvidence(
      hostOf({
        running: '1',
        sysctlConf:
          'net.bpf.zerocopy_enable=0\nnet.bpf.zerocopy_enable = 0x1 # on\nnet.bpf.zerocopy_enable=no\n',
      }),
    );

    expect(judged.verdicts('ZBUF-004')).toEqual(['pass']);
  });

  test('an unreadable sysctl.conf leaves the boot value unknown, never 0', () => {
    const evidence = {
      ...hostOf({}),
      files: [{path: '/etc/sysctl.conf', content: unreadable('Permission denied')}],
    };

    for (const rule of ['ZBUF-003', 'ZBUF-004', 'ZBUF-006', 'ZBUF-009']) {
      expect(judgeEvidence(evidence).verdicts(rule)).toEqual(['unknown']);
    }
    expect(judgeEvidence(evidence).posture).toBe('unknown');
  });

  test('a line that does not load is named with its number', () => {
    const evidence = {
      ...hostOf({sysctlConf: '# x\nkern.nonsense=1\nnet.inet.x\n'}),
      unknownOids: {state: 'read' as const, value: ['kern.nonsense']},
    };
    const judged = judgeEvidence(evidence);

    expect(judged.verdicts('ZBUF-009')).toEqual(['fail']);
    expect(judged.findings.find((f) => f.rule === 'ZBUF-009')?.summary).toContain(
      "line 2: unknown oid 'kern.nonsense'",
    );
    expect(judged.findings.find((f) => f.rule === 'ZBUF-009')?.summary).toContain('line 3');
    expect(judged.posture).toBe('drift');
  });
});

describe('ZBUF-008, ZBUF-012 and ZBUF-013', () => {
  const buffered: CaptureSpec = {
    pid: 710,
    ppid: 709,
    command: 'pflogd',
    args: 'pflogd: [running] -s 116 -i pflog0',
    before: [80, 0, 0],
    after: [82, 0, 0],
    offset: 12156,
    memory: forked,
  };

  test('a buffered capture shared with a fork is fine while the value is 0 and stays 0', () => {
    expect(judgeEvidence(hostOf({captures: [buffered]})).verdicts('ZBUF-008')).toEqual(['pass']);
    expect(
      judgeEvidence(hostOf({captures: [buffered], running: '1'})).verdicts('ZBUF-008'),
    ).toEqual(['fail']);
    expect(
      judgeEvidence(hostOf({captures: [buffered], running: '1', libpcap: WITHOUT})).verdicts(
        'ZBUF-008',
      ),
    ).toEqual(['pass']);
  });

  test('a helper without a descriptor that still shares the pages can read the packets', () => {
    const shared = pages('CN---', 256, {refCount: 2, privateResident: 256});
    const evidence = hostOf({running: '1', captures: [{...stalled, memory: [shared]}]});
    const withHelper = {
      ...evidence,
      memoryMaps: {...evidence.memoryMaps, '800': {state: 'read' as const, value: [shared]}},
    };

    expect(judgeEvidence(evidence).verdicts('ZBUF-012')).toEqual(['pass']);
    expect(judgeEvidence(withHelper).verdicts('ZBUF-012')).toEqual(['fail']);
  });

  test('a stalled pflogd hangs service stop', () => {
    const evidence = hostOf({
      running: '1',
      enabled: ['/etc/rc.d/pflog'],
      captures: [{...stalled, command: 'pflogd', args: buffered.args ?? ''}],
    });
    const judged = judgeEvidence(evidence);

    expect(judged.verdicts('ZBUF-013')).toEqual(['fail']);
    const hanging = judged.findings.find((f) => f.rule === 'ZBUF-013');
    expect(hanging?.fix).toContain('kill -KILL 700');
    // A stop that hangs need not mean a stall: facts per-program-modes.md.
    expect(hanging?.fix).toContain('waits for a packet');
    expect(judgeEvidence(hostOf({captures: [buffered]})).verdicts('ZBUF-013')).toEqual(['pass']);
  });
});

test('another system, or a kernel without bpf, is not judged', () => {
  const linux = makeEvidence();
  const identity = {...linux.identity, system: {state: 'read' as const, value: 'Linux'}};

  expect(judgeEvidence({...linux, identity}).posture).toBe('not-applicable');
  expect(new Set(judgeEvidence({...linux, identity}).findings.map((f) => f.verdict))).toEqual(
    new Set(['not-applicable']),
  );
  expect(
    judgeEvidence(makeEvidence({sysctls: {state: 'read', value: {'net.bpf.bufsize': '4096'}}}))
      .posture,
  ).toBe('not-applicable');
});

test('in a jail the boot value is the business of the host', () => {
  const evidence = hostOf({running: '1'});
  const jailed = {
    ...evidence,
    identity: {...evidence.identity, jailed: {state: 'read' as const, value: true}},
  };

  expect(judgeEvidence(jailed).verdicts('ZBUF-003')).toEqual(['not-applicable']);
  expect(judgeEvidence(jailed).verdicts('ZBUF-004')).toEqual(['not-applicable']);
});
