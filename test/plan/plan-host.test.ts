import {expect, test} from 'vitest';

import {literal} from '../../src/collect/facts/rc-files.js';
import type {Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';
import type {PlannedHost} from '../../src/model/plan.js';
import type {Layout} from '../rules/scene.js';

import type {PlanSpec} from './scene.js';
import {evidenceOf, pflogd, planOf, probeOf, shown, textOf} from './scene.js';

const BOOT_ON = 'net.bpf.zerocopy_enable=1\n';
const STALLED: Layout = {
  running: '1',
  sysctlConf: BOOT_ON,
  enabled: ['/etc/rc.d/pflog'],
  variables: {pflog_enable: 'YES'},
  captures: [pflogd('stalled')],
};

test('off: the value is set back now and at boot, what still captures in zero-copy mode is restarted, then all is verified', () => {
  const plan = planOf({evidence: evidenceOf(STALLED), policy: {zerocopy: 'off'}});
  expect(shown(plan)).toEqual([
    'running 1 -> 0',
    'boot /etc/sysctl.conf 1 -> 0',
    'restart-service pflog may kill',
    'verify running 0',
    'verify boot 0',
    'verify captures pflogd',
  ]);
  expect(plan.gate).toEqual({allowed: true, reasons: []});
  expect(plan.steps.map((s) => s.inverse?.kind ?? null)).toEqual([
    'set-running',
    'write-boot',
    'restart-service',
    null,
    null,
    null,
  ]);
  // Each step names what it answers: the value does not cure a capture that is stalled, the restart
  // does.
  expect(plan.steps.map((s) => s.why)).toEqual([
    ['ZBUF-002', 'ZBUF-005'],
    ['ZBUF-003', 'ZBUF-005'],
    ['ZBUF-001', 'ZBUF-013'],
    [],
    [],
    [],
  ]);
  expect(plan.steps[2]).toMatchObject({timeLimit: 20});
  const write = plan.steps[1];
  expect(write).toMatchObject({
    from: BOOT_ON,
    to: 'net.bpf.zerocopy_enable=0\n',
    inverse: {from: 'net.bpf.zerocopy_enable=0\n', to: BOOT_ON},
  });
});

test('a host that is as it should be has no steps, and neither has one after its plan was carried out', () => {
  const after = evidenceOf({
    ...STALLED,
    running: '0',
    sysctlConf: 'net.bpf.zerocopy_enable=0\n',
    captures: [pflogd('fine')],
  });
  for (const zerocopy of ['off', 'auto', undefined] as const) {
    const plan = planOf({evidence: after, policy: zerocopy === undefined ? {} : {zerocopy}});
    expect([zerocopy, plan.steps, plan.gate.allowed]).toEqual([zerocopy, [], true]);
  }
});

test('a capture whose mode is not decided is restarted while the value is on, and left alone once it is 0', () => {
  const undecided = {...pflogd('fine'), offset: 0};
  const on = planOf({
    evidence: evidenceOf({...STALLED, captures: [undecided]}),
    policy: {zerocopy: 'off'},
  });
  expect(shown(on)).toContain('restart-service pflog may kill');
  const off = planOf({
    evidence: evidenceOf({...STALLED, running: '0', captures: [undecided]}),
    policy: {zerocopy: 'off'},
  });
  expect(shown(off)).toEqual(['boot /etc/sysctl.conf 1 -> 0', 'verify running 0', 'verify boot 0']);
});

test('without a policy only what the findings demand is planned', () => {
  expect(shown(planOf({evidence: evidenceOf(STALLED)}))).toContain('running 1 -> 0');
  // On, and nothing captures: nobody said that it should be off.
  expect(planOf({evidence: evidenceOf({running: '1', sysctlConf: BOOT_ON})}).steps).toEqual([]);
});

test('the file whose assignment wins is edited; duplicates go only when asked', () => {
  const layout: Layout = {
    running: '0',
    sysctlConf: BOOT_ON,
    sysctlConfLocal: `# local\n${BOOT_ON}`,
  };
  const spec: PlanSpec = {evidence: evidenceOf(layout), policy: {zerocopy: 'off'}};
  expect(shown(planOf(spec))[0]).toBe('boot /etc/sysctl.conf.local 1 -> 0');
  expect(shown(planOf(spec)).filter((s) => s.startsWith('boot'))).toHaveLength(1);
  const clean = planOf({...spec, cleanDuplicates: true});
  expect(shown(clean).filter((s) => s.startsWith('boot'))).toEqual([
    'boot /etc/sysctl.conf 1 -> 1',
    'boot /etc/sysctl.conf.local 1 -> 0',
  ]);
  expect(clean.steps[0]).toMatchObject({from: BOOT_ON, to: ''});
});

test('the file a setting needs and is not there is made, and its inverse takes it away', () => {
  const plan = planOf({
    evidence: evidenceOf({running: '0', sysctlConf: undefined as unknown as string}),
    policy: {zerocopy: 'on'},
    probe: probeOf(),
  });
  expect(plan.gate.allowed).toBe(true);
  expect(plan.steps.find((s) => s.kind === 'write-boot')).toMatchObject({
    from: null,
    inverse: {to: null},
  });
});

test('on, proven safe: the services to disable are stopped before the value is set', () => {
  const evidence = evidenceOf({
    ...STALLED,
    running: '0',
    sysctlConf: '',
    captures: [pflogd('fine')],
  });
  const spec: PlanSpec = {
    evidence,
    policy: {zerocopy: 'on'},
    changes: {disable: ['pflogd']},
    probe: probeOf(),
  };
  const names = planOf(spec);
  const byScript = planOf({...spec, changes: {disable: ['pflog']}});
  const plan = names.steps.length > 0 ? names : byScript;
  expect(plan.gate).toEqual({allowed: true, reasons: []});
  expect(shown(plan)).toEqual([
    'stop-service pflog',
    'rc /etc/rc.conf pflog_enable YES -> NO',
    'running 0 -> 1',
    'boot /etc/sysctl.conf 0 -> 1',
    'verify running 1',
    'verify boot 1',
  ]);
  const undo = [...plan.steps]
    .reverse()
    .flatMap(({inverse}) => (inverse === null ? [] : [inverse.kind]));
  expect(undo).toEqual(['write-boot', 'set-running', 'set-rc', 'start-service']);
});

test('on, with a service that breaks: refused, with every reason, and nothing is planned', () => {
  const evidence = evidenceOf({
    ...STALLED,
    running: '0',
    sysctlConf: '',
    captures: [pflogd('fine')],
  });
  const plan = planOf({evidence, policy: {zerocopy: 'on'}});
  expect(plan.steps).toEqual([]);
  expect(plan.gate.allowed).toBe(false);
  expect(textOf(plan.gate)).toMatch(/pflog.* forks after opening/);
  expect(textOf(plan.gate)).toContain('not probed');
  expect(textOf(plan.gate)).toContain('zbufctl probe fw01.example.net --allow-enable');
});

test('auto is on where it is proven safe, and off where it is not; off says why', () => {
  const quiet = evidenceOf({running: '0', sysctlConf: ''});
  expect(shown(planOf({evidence: quiet, policy: {zerocopy: 'auto'}, probe: probeOf()}))).toContain(
    'running 0 -> 1',
  );
  const noProbe = planOf({
    evidence: evidenceOf({running: '1', sysctlConf: BOOT_ON}),
    policy: {zerocopy: 'auto'},
  });
  expect(shown(noProbe)).toContain('running 1 -> 0');
  expect(noProbe.gate.allowed).toBe(true);
  expect(textOf(noProbe.gate)).toContain('auto: 0 is planned, since 1 is not proven safe');
});

test('a service to keep is never restarted: the host is refused', () => {
  const plan = planOf({
    evidence: evidenceOf(STALLED),
    policy: {zerocopy: 'off'},
    changes: {keep: ['pflog']},
  });
  expect(plan.steps).toEqual([]);
  expect(plan.gate.allowed).toBe(false);
  expect(textOf(plan.gate)).toContain('policy.keep says not to touch');
});

test('what no rc script starts is left to a person, and does not block', () => {
  const tcpdump = {...pflogd('stalled'), pid: 77, command: 'tcpdump', args: 'tcpdump -i em0'};
  const plan = planOf({
    evidence: evidenceOf({...STALLED, captures: [pflogd('stalled'), tcpdump]}),
    policy: {zerocopy: 'off'},
  });
  expect(plan.gate.allowed).toBe(true);
  expect(textOf(plan.gate)).toMatch(/tcpdump \(pid 77\) .* no enabled rc script starts it/);
  expect(shown(plan).filter((s) => s.startsWith('restart'))).toEqual([
    'restart-service pflog may kill',
  ]);
});

test('an rc variable that differs is set, and the service that runs is restarted for it', () => {
  const layout: Layout = {
    ...STALLED,
    running: '0',
    sysctlConf: '',
    captures: [pflogd('fine')],
    variables: {pflog_enable: 'YES', pflog_flags: '-s 116'},
  };
  const plan = planOf({
    evidence: evidenceOf(layout),
    policy: {zerocopy: 'off'},
    changes: {rc: {pflog_flags: '-s 256', softflowd_enable: 'NO'}},
  });
  expect(shown(plan)).toEqual([
    'rc /etc/rc.conf pflog_flags -s 116 -> -s 256',
    'rc /etc/rc.conf softflowd_enable unset -> NO',
    'restart-service pflog',
    'verify running 0',
    'verify boot 0',
    'verify captures pflogd',
  ]);
  const undo = [...plan.steps]
    .reverse()
    .flatMap(({inverse}) => (inverse === null ? [] : [inverse.kind]));
  expect(undo).toEqual(['restart-service', 'set-rc', 'set-rc']);
  const same = planOf({
    evidence: evidenceOf({...layout, variables: {pflog_flags: '-s 256', softflowd_enable: 'no'}}),
    changes: {rc: {pflog_flags: '-s 256', softflowd_enable: 'NO'}},
  });
  expect(same.steps).toEqual([]);
});

test('an rc file that is not plain, or a link, is refused', () => {
  const evidence = evidenceOf({variables: {pflog_flags: '-s 1'}});
  const [main, local] = evidence.rc.files ?? [];
  if (main === undefined || local === undefined) throw new Error('rc files');
  const spec = (file: object): PlannedHost =>
    planOf({
      evidence: {...evidence, rc: {...evidence.rc, files: [{...main, ...file}, local]}},
      changes: {rc: {pflog_flags: '-s 2'}},
    });
  expect(spec({}).gate.allowed).toBe(true);
  expect(textOf(spec({linkTarget: '/nfs/rc.conf'}).gate)).toContain(
    'symbolic link to /nfs/rc.conf',
  );
  expect(textOf(spec({flags: 'schg'}).gate)).toContain('schg');
  const odd = read([{line: 3, name: 'pflog_flags', value: '"$x"', literal: false}]);
  expect(textOf(spec({assignments: odd}).gate)).toContain('line 3 of /etc/rc.conf');
});

/** /etc/rc.conf as it stands, and what sh makes of it. */
function withRcConf(text: string, variables: Readonly<Record<string, string>>): Evidence {
  const evidence = evidenceOf({sysctlConf: '', variables});
  const lines = text.split('\n').slice(0, -1);
  const assignments = lines.map((line, i) => {
    const [, name = '', value = ''] = /^\s*(?:export )?(\w+)=(.*)$/s.exec(line) ?? [];
    return {line: i + 1, name, ...literal(value), text: line};
  });
  const main = {path: '/etc/rc.conf', assignments: read(assignments), lines: lines.length};
  return {...evidence, rc: {...evidence.rc, files: [main]}};
}

test('a value that ends in a carriage return is said to be what it is', () => {
  const plan = planOf({
    evidence: withRcConf('pflog_enable="YES"\r\npflog_flags="-s 116"\r\n', {
      pflog_enable: 'YES\r',
      pflog_flags: '-s 116\r',
    }),
    changes: {rc: {pflog_flags: '-s 256'}},
  });

  expect(plan.gate.allowed).toBe(false);
  expect(textOf(plan.gate)).toContain(
    'line 2 of /etc/rc.conf ends in a carriage return: rc reads pflog_flags as "-s 116<CR>", and takes pflog_enable as not set',
  );
});

test('a change of an exported variable adds a line, as sysrc does, and its undoing shows the reverse', () => {
  const [step] = planOf({
    evidence: withRcConf("  export pflog_flags='-s 116'\n", {pflog_flags: '-s 116'}),
    changes: {rc: {pflog_flags: '-s 256'}},
  }).steps;

  expect(step).toMatchObject({
    lines: {at: 2, before: [], after: ['pflog_flags="-s 256"']},
    inverse: {lines: {at: 2, before: ['pflog_flags="-s 256"'], after: []}},
  });
});

test('a line that is not what decides is not changed', () => {
  const plan = planOf({
    evidence: withRcConf('pflog_flags="-s 1"\n', {pflog_flags: '-s 9'}),
    changes: {rc: {pflog_flags: '-s 256'}},
  });

  expect(textOf(plan.gate)).toContain('line 1 of /etc/rc.conf is not what decides');
});

const identity = (change: Partial<Evidence['identity']>): Partial<Evidence> => {
  const {identity: own} = evidenceOf({});
  return {identity: {...own, ...change}};
};

test.each([
  [
    'OPNsense',
    identity({product: read({name: 'OPNsense', detail: '26.1'})}),
    'System > Settings > Tunables',
  ],
  [
    'pfSense',
    identity({product: read({name: 'pfSense', detail: '2.8'})}),
    'System > Advanced > System Tunables',
  ],
  ['TrueNAS', identity({product: read({name: 'TrueNAS', detail: '13'})}), 'Tunables'],
  ['NanoBSD', identity({product: read({name: 'NanoBSD', detail: ''})}), '/cfg'],
  [
    'an appliance nobody knows',
    identity({product: read({name: 'other', detail: 'box 1'})}),
    'box 1',
  ],
  ['a jail', identity({jailed: read(true)}), "jail's host"],
  ['a collector that was not root', identity({uid: read(1001)}), 'uid 1001'],
  ['unknown jail', identity({jailed: {state: 'unreadable', why: 'x'}}), 'whether this is a jail'],
  ['unknown product', identity({product: {state: 'unreadable', why: 'x'}}), 'whether an appliance'],
  ['unreadable holders', {holders: {state: 'unreadable' as const, why: 'denied'}}, 'denied'],
])('%s: 0 is not set either, and the reason says where or why', (_, change, part) => {
  const plan = planOf({evidence: evidenceOf(STALLED, change), policy: {zerocopy: 'off'}});
  expect(plan.steps).toEqual([]);
  expect(plan.gate.allowed).toBe(false);
  expect(textOf(plan.gate)).toContain(part);
});

test('a sysctl.conf that cannot be kept or replaced is refused, unless it need not be written', () => {
  const withFile = (change: object, layout: Layout): PlannedHost => {
    const evidence = evidenceOf(layout);
    const files = evidence.files.map((f) =>
      f.path === '/etc/sysctl.conf' ? {...f, ...change} : f,
    );
    return planOf({evidence: {...evidence, files}, policy: {zerocopy: 'off'}});
  };
  for (const change of [{linkTarget: '/x'}, {flags: 'schg'}, {lossy: true}]) {
    expect(withFile(change, STALLED).gate.allowed).toBe(false);
    expect(shown(withFile(change, {...STALLED, sysctlConf: ''}))).toContain('running 1 -> 0');
  }
});

test('of hosts that have nothing to set nothing is asked', () => {
  const linux = evidenceOf({}, identity({system: read('Linux')}));
  expect(planOf({evidence: linux, policy: {zerocopy: 'off'}})).toMatchObject({
    gate: {allowed: true},
    steps: [],
  });
  expect(planOf({evidence: linux, policy: {zerocopy: 'on'}})).toMatchObject({
    gate: {allowed: false},
    steps: [],
  });
  const jail = evidenceOf({running: '0'}, identity({jailed: read(true)}));
  expect(planOf({evidence: jail, policy: {zerocopy: 'off'}}).gate.allowed).toBe(true);
});

test('a plan that switches a service on is judged with that service on', () => {
  const evidence = evidenceOf({running: '0', sysctlConf: '', variables: {pflog_enable: 'NO'}});
  const plan = planOf({
    evidence,
    policy: {zerocopy: 'on'},
    changes: {rc: {pflog_enable: 'YES'}},
    probe: probeOf(),
  });
  expect(plan.gate.allowed).toBe(false);
  expect(textOf(plan.gate)).toMatch(/forks after opening/);
});

test('a capture in a jail of the host is left to a person', () => {
  const evidence = evidenceOf(STALLED);
  const jailed =
    evidence.processes.state === 'read'
      ? evidence.processes.value.map((p) => ({...p, jid: 4}))
      : [];
  const plan = planOf({
    evidence: {...evidence, processes: read(jailed)},
    policy: {zerocopy: 'off'},
  });
  expect(textOf(plan.gate)).toContain('runs in jail 4');
  expect(shown(plan).join()).not.toContain('restart');
});

test('keeping a program that no script starts keeps no other one', () => {
  const arp = {...pflogd('stalled'), pid: 77, command: 'tcpdump', args: 'tcpdump -i em0'};
  const plan = planOf({
    evidence: evidenceOf({...STALLED, captures: [arp]}),
    policy: {zerocopy: 'off'},
    changes: {keep: ['ngrep']},
  });
  expect(plan.gate.allowed).toBe(true);
});

test('a service that is to be disabled and captures in a jail, too, is refused', () => {
  const evidence = evidenceOf({
    ...STALLED,
    running: '0',
    sysctlConf: '',
    captures: [pflogd('fine')],
  });
  const inJail =
    evidence.processes.state === 'read'
      ? evidence.processes.value.map((p) => ({...p, jid: 4}))
      : [];
  const plan = planOf({
    evidence: {...evidence, processes: read(inJail)},
    policy: {zerocopy: 'on'},
    changes: {disable: ['pflog']},
    probe: probeOf(),
  });
  expect(plan.gate.allowed).toBe(false);
  expect(textOf(plan.gate)).toContain('captures in a jail');
});

test('where the value is on and stays, a variable that switches on a service which breaks is refused', () => {
  const spec: PlanSpec = {
    evidence: evidenceOf({running: '1', sysctlConf: BOOT_ON, variables: {pflog_enable: 'NO'}}),
    changes: {rc: {pflog_enable: 'YES'}},
    probe: probeOf(),
  };
  expect(textOf(planOf(spec).gate)).toMatch(/forks after opening/);
  const off = planOf({
    ...spec,
    evidence: evidenceOf({running: '0', sysctlConf: '', variables: {pflog_enable: 'NO'}}),
  });
  expect(off.gate.allowed).toBe(true);
});

test('a variable that switches off a service that runs stops it, and starts nothing', () => {
  const evidence = evidenceOf({
    ...STALLED,
    running: '0',
    sysctlConf: '',
    captures: [pflogd('fine')],
  });
  const plan = planOf({evidence, policy: {zerocopy: 'off'}, changes: {rc: {pflog_enable: 'NO'}}});
  expect(shown(plan)).toEqual([
    'stop-service pflog',
    'rc /etc/rc.conf pflog_enable YES -> NO',
    'verify running 0',
    'verify boot 0',
  ]);
});
