import {expect, test} from 'vitest';

import type {Evidence} from '../../src/model/evidence.js';
import {read} from '../../src/model/reading.js';

import {evidenceOf, planOf, shown, textOf} from './scene.js';

/**
 * A host whose sysctl.conf somebody sealed (hardening scripts: chflags schg and
 * kern_securelevel=1).
 */
function sealed(flags: string, securelevel: number): Evidence {
  const evidence = evidenceOf({running: '1', sysctlConf: 'net.bpf.zerocopy_enable=1\n'});
  return {
    ...evidence,
    identity: {...evidence.identity, securelevel: read(securelevel)},
    files: evidence.files.map((file) =>
      file.path === '/etc/sysctl.conf' ? {...file, flags} : file,
    ),
  };
}

const planned = (flags: string, securelevel: number) =>
  planOf({evidence: sealed(flags, securelevel), policy: {zerocopy: 'off'}});

test('where nobody can unseal sysctl.conf now, sysctl.conf.local is written, which wins; what remains is said', () => {
  const plan = planned('schg', 1);
  expect(shown(plan)).toEqual(
    expect.arrayContaining(['running 1 -> 0', 'boot /etc/sysctl.conf.local 1 -> 0']),
  );
  expect(plan.steps.find(({kind}) => kind === 'write-boot')).toMatchObject({
    from: null,
    to: expect.stringContaining('net.bpf.zerocopy_enable=0') as string,
  });
  expect(textOf(plan.gate)).toContain('line 1 of /etc/sysctl.conf remains');
});

test.each([
  ['schg', 0],
  ['schg', -1],
  ['uchg', 1],
])('a flag that can be taken away is advised to be (%s at securelevel %i)', (flags, level) => {
  const plan = planned(flags, level);
  expect(plan.state).toBe('refused');
  expect(textOf(plan.gate)).toContain(`chflags no${flags} /etc/sysctl.conf`);
});

test('with both files sealed it is refused, without advice that cannot be followed', () => {
  const evidence = sealed('schg', 2);
  const [file] = evidence.files;
  if (file === undefined) throw new Error('no file');
  const local = {...file, path: '/etc/sysctl.conf.local', content: read('a=1\n'), flags: 'schg'};
  const files = [...evidence.files.filter(({path}) => path !== local.path), local];
  const plan = planOf({evidence: {...evidence, files}, policy: {zerocopy: 'off'}});
  expect(plan.state).toBe('refused');
  expect(textOf(plan.gate)).toContain('securelevel is 2: nobody can take that away now');
});
