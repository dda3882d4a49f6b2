import {expect, test} from 'vitest';

import {loadServices} from '../../../src/cli/hosts/load-services.js';
import {unreadable} from '../../../src/model/reading.js';
import {serviceFlags} from '../../../src/rules/reading/service-flags.js';
import {evidenceOf, planOf, pflogd, shown} from '../../plan/scene.js';

import {hostOf, judgeEvidence, pages} from '../scene.js';

const service = (await loadServices()).find(({id}) => id === 'pflogd');
if (service === undefined) throw new Error('pflogd');

const INSTANCES = {
  pflog_enable: 'YES',
  pflog_instances: 'wan lan',
  pflog_wan_dev: 'pflog1',
  pflog_lan_dev: 'pflog2',
};

test.each<[string, Readonly<Record<string, string>>, readonly (string | undefined)[]]>([
  ['none set', {}, [undefined]],
  ['one service', {pflog_flags: '-s 116'}, ['-s 116']],
  ['no instance has a device', {pflog_instances: 'wan', pflog_flags: '-x'}, ['-x']],
  [
    'the device decides, not the instance and not the service',
    {...INSTANCES, pflog_flags: '-x', pflog_wan_flags: '-y', pflog1_flags: '-s 9'},
    ['-s 9', undefined],
  ],
])('flags of pflog: %s', (_, variables, texts) => {
  expect(serviceFlags(hostOf({variables}), service).texts).toEqual(texts);
});

test('flags that cannot be read are not taken for none', () => {
  const host = hostOf({});
  const evidence = {...host, rc: {...host.rc, variables: unreadable('Permission denied')}};
  expect(serviceFlags(evidence, service)).toMatchObject({readable: false, texts: [undefined]});
});

test("an instance's flags are named where the service is judged, and changing them restarts it", () => {
  const variables = {...INSTANCES, pflog2_flags: '-s 9'};
  const enabled = ['/etc/rc.d/pflog'];
  const {findings} = judgeEvidence(
    hostOf({sysctlConf: 'net.bpf.zerocopy_enable=1\n', variables, enabled}),
  );
  const boots = findings.find(({rule, verdict}) => rule === 'ZBUF-003' && verdict === 'fail');
  expect(boots?.because).toContainEqual(
    expect.objectContaining({reading: 'pflog2_flags', value: '-s 9'}),
  );

  const plan = planOf({
    evidence: evidenceOf({sysctlConf: '', captures: [pflogd('fine')], variables, enabled}),
    policy: {zerocopy: 'off'},
    changes: {rc: {pflog2_flags: '-s 256'}},
  });
  expect(shown(plan)).toContain('restart-service pflog');
  expect(plan.fingerprint).toMatchObject({'rc pflog2_flags': '-s 9'});
});

test('rc takes YES with a carriage return as not set, and that is said of what runs all the same', () => {
  const {findings} = judgeEvidence(
    hostOf({
      running: '1',
      variables: {pflog_enable: 'YES\r'},
      captures: [
        {
          pid: 71,
          command: 'pflogd',
          state: 'R',
          before: [100, 30_000, 12_000],
          after: [120, 32_000, 12_000],
          memory: [pages('CN---', 300, {refCount: 2})],
        },
      ],
    }),
  );
  const said = 'pflog_enable is "YES<CR>", which rc takes as not set';
  const hangs = findings.find(({rule, verdict}) => rule === 'ZBUF-013' && verdict === 'fail');
  expect(hangs?.fix).toContain(`rc does not enable it (${said})`);
  const runs = findings.find(({rule, verdict}) => rule === 'ZBUF-002' && verdict === 'fail');
  expect(runs?.because.map(({value}) => value).join('\n')).toContain(`not enabled: ${said}`);
});
