import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {Plan, PlannedStep} from '../../src/model/plan.js';
import {planIdOf} from '../../src/plan/plan-id.js';

import type {ChangeLab} from './change-lab.js';
import {changeLab, POLICY, runningOf, setRunning, snapshot} from './change-lab.js';
import {documentOf} from './cli.js';

/** What a plan may hold, and who says so: forged plans and signatures. */
const HOSTS = {forged: 'forged', signed: 'signed'} as const;

let fleet: ChangeLab;
beforeAll(async () => {
  const scenario = 'pf-logger-at-boot';
  fleet = await changeLab(Object.values(HOSTS).map((name) => ({name, scenario})));
  for (const host of fleet.lab.hosts) setRunning(host, 1);
});
afterAll(async () => {
  await fleet.stop();
});

const hostOf = (name: string) => fleet.lab.host(name);

test.concurrent(
  'an edited plan is refused: with its id by what is in it, with an id made to fit by planning again',
  {timeout: 300_000},
  async () => {
    const host = hostOf(HOSTS.forged);
    const plan = await fleet.plan([host.name]);
    const before = snapshot(host);
    const [planned] = plan.hosts;
    if (planned === undefined) throw new Error('no host in the plan');
    const code: PlannedStep = {
      kind: 'set-rc',
      file: '/etc/rc.conf',
      variable: 'local_startup',
      from: null,
      to: '/usr/local/etc/rc.d /home/mallory/rc.d',
      why: ['ZBUF-005'],
      inverse: {
        kind: 'set-rc',
        file: '/etc/rc.conf',
        variable: 'local_startup',
        from: '/usr/local/etc/rc.d /home/mallory/rc.d',
        to: null,
      },
    };
    const write = (name: string, forged: object): string => {
      const file = join(fleet.dir, name);
      writeFileSync(file, JSON.stringify(forged));
      return file;
    };
    const withId = (change: Partial<Plan>): Plan => {
      const {id: _, ...rest} = {...plan, ...change};
      return {...rest, id: planIdOf(rest)};
    };
    const hosts = [{...planned, steps: [code, ...planned.steps]}];

    const sameId = await fleet.run([
      'apply',
      write('same.json', {...plan, hosts}),
      ...fleet.where,
      '--yes',
    ]);
    expect(sameId.stderr).toContain(`is not ${plan.id} any more: it was changed after it was made`);
    expect(sameId.code).toBe(2);

    const ran = await fleet.apply(write('forged.json', withId({hosts})));
    expect(ran.host(host.name)).toMatchObject({result: 'refused', refusedAs: 'forged'});
    expect(ran.host(host.name).reason).toContain('local_startup');
    expect(ran.code).toBe(5);

    // With the policy edited to match, it is not the policy of the inventory any more.
    const policies = plan.policies.map((one) => ({
      ...one,
      policy: {...one.policy, rc: {pflog_flags: '-s 128', local_startup: code.to}},
    }));
    const other = await fleet.apply(write('policy.json', withId({hosts, policies})));
    expect(other.host(host.name)).toMatchObject({result: 'refused', refusedAs: 'stale'});
    expect(other.host(host.name).reason).toContain('policy rc was');

    expect(snapshot(host)).toEqual(before);
  },
);

test.concurrent(
  'a signed plan is what ssh-keygen verifies; where the policy wants one, no other is carried out',
  {timeout: 300_000},
  async () => {
    const host = hostOf(HOSTS.signed);
    const at = (name: string): string => join(fleet.dir, name);
    for (const key of ['boss', 'stranger'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(key)]);
    const line = readFileSync(at('boss.pub'), 'utf8').trim();
    writeFileSync(at('signers'), `boss namespaces="zbufctl-plan" ${line}\n`);
    writeFileSync(at('strict.yaml'), `${POLICY}signedPlans: required\n`);
    const where = [
      '-i',
      fleet.lab.inventoryPath,
      '--policy',
      at('strict.yaml'),
      '--timeout',
      '120',
    ];
    const apply = (plan: string, ...more: readonly string[]) =>
      fleet.run(['apply', plan, ...where, '--yes', '--json', ...more]);
    const by = ['--allowed-signers', at('signers')];
    const planned = async (...more: readonly string[]): Promise<Plan> => {
      const ran = await fleet.run(['plan', host.name, ...where, '--json', '-q', ...more]);
      return documentOf(ran) as Plan;
    };
    const before = snapshot(host);

    const unsigned = await planned();
    const none = await apply(unsigned.id);
    expect([none.code, none.stderr]).toEqual([
      5,
      expect.stringContaining('takes signed plans only'),
    ]);
    const strangers = await planned('--sign', at('stranger'));
    const unknown = await apply(strangers.id, ...by);
    expect([unknown.code, unknown.stderr]).toEqual([
      5,
      expect.stringContaining('in no line of the allowed'),
    ]);

    const file = at('signed.json');
    const plan = await planned('-o', `json:${file}`, '--sign', at('boss'));
    const args = ['-Y', 'verify', '-f', at('signers'), '-I', 'boss', '-s', `${file}.sig`];
    const openssh = (namespace: string) =>
      spawnSync('ssh-keygen', [...args, '-n', namespace], {
        input: readFileSync(file),
        encoding: 'utf8',
      });
    expect(openssh('zbufctl-plan').stdout).toContain('Good "zbufctl-plan" signature for boss');
    expect(openssh('zbufctl-report').status).not.toBe(0);

    const edited = at('edited.json');
    writeFileSync(edited, readFileSync(file, 'utf8').replace('"-s 128"', '"-s 129"'));
    writeFileSync(`${edited}.sig`, readFileSync(`${file}.sig`));
    const changed = await apply(edited, ...by);
    expect(changed.code).not.toBe(0);
    expect(snapshot(host)).toEqual(before);

    // By id: the plan in the state directory is signed, too.
    const ran = await apply(plan.id, ...by);
    expect(ran.code).toBe(0);
    expect(documentOf(ran)).toMatchObject({signedBy: {principals: ['boss']}, plan: plan.id});
    expect(runningOf(host)).toBe('0');
  },
);
