import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {afterAll, describe, expect, test} from 'vitest';

import type {Step} from '../../src/model/step.js';
import {beginScript, contactScript, ownerName} from '../../src/steps/change-script.js';
import {machineOf} from '../lab/practice-root.js';

import {changeFleet, planned, RUN, steps, template} from './change-host.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

const begin = (plan: readonly Step[], more: object = {}): string =>
  beginScript({
    run: RUN,
    plan: 'plan-1',
    owner: 'op@ctl',
    confirmSeconds: 5,
    steps: planned(plan),
    template,
    ...more,
  });

test('a script cut anywhere does nothing', {timeout: 120_000}, async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const before = host.snapshot();
  const script = begin([steps.boot, steps.running, steps.restart]).trimEnd();
  // Every cut near both ends, where calls could stand alone, and many between.
  const cuts = new Set([
    ...Array.from({length: 120}, (_, i) => i),
    ...Array.from({length: 120}, (_, i) => script.length - 1 - i),
    ...Array.from({length: 250}, (_, i) => Math.floor((script.length * i) / 250)),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-cut-'));
  // One shell for many cuts: each runs in a process of its own.
  for (const cut of cuts) writeFileSync(join(folder, String(cut)), script.slice(0, cut));
  execFileSync(
    '/bin/sh',
    ['-c', 'for cut in "$0"/*; do /bin/sh -s <"$cut"; done >"$0.out" 2>&1 || :', folder],
    {
      env: {
        ZBUFCTL_ROOT: host.root,
        PATH: `${host.root}/bin:/usr/bin:/bin`,
        LAB_UID: '0',
        LAB_USER: 'root',
      },
    },
  );

  expect(host.snapshot()).toEqual(before);
  expect(existsSync(host.path('var/db/zbufctl'))).toBe(false);
  // The same shell does carry out the whole of it.
  expect((await host.give(script)).record?.state).toBe('waiting');
  await host.contact('undo', RUN);
  rmSync(folder, {recursive: true});
  rmSync(`${folder}.out`);
});

test('the joined script passes shellcheck, and sh can read what is sent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zbufctl-check-'));
  const file = join(folder, 'change.sh');
  writeFileSync(file, template);
  execFileSync('shellcheck', ['-s', 'sh', file]);
  for (const text of [
    template,
    begin([steps.boot, steps.rc]),
    contactScript({what: 'status', template}),
  ]) {
    writeFileSync(file, text);
    execFileSync('/bin/sh', ['-n', file]);
  }
  rmSync(folder, {recursive: true});
  expect(template.trimEnd().split('\n').at(-1)).toBe('main "$@" </dev/null; exit');
  expect(template).toMatch(/^#!\/bin\/sh\n#\n# change\.sh /);
  expect(template).toMatch(/^set -u$/m);
});

test('bytes arrive as they are: quotes, tabs, control characters, UTF-8, no newline at the end', async () => {
  const host = fleet.open(machineOf('stalled-pflogd'));
  const odd = `#\t'"\`$(rm -rf /)\\ %s \\n ü \u{1f512}\x01\x7f\r\nnet.bpf.zerocopy_enable=0`;

  const {record} = await host.begin([{...steps.boot, to: odd}]);

  expect(record?.steps[0]?.outcome).toBe('changed');
  expect(host.text('etc/sysctl.conf')).toBe(odd);
  await host.contact('undo', RUN);
});

describe('nonsense is thrown out before it is sent', () => {
  test.each<[string, () => string]>([
    ['a run that is a path', () => begin([steps.boot], {run: '../x'})],
    ['a plan with a blank', () => begin([steps.boot], {plan: 'a b'})],
    ['an owner with a quote', () => begin([steps.boot], {owner: "o'p"})],
    ['no time to confirm', () => begin([steps.boot], {confirmSeconds: 0})],
    ['half a second', () => begin([steps.boot], {confirmSeconds: 0.5})],
    ['no step', () => begin([])],
    ['only verify steps', () => begin([{kind: 'verify', what: 'running', expected: 0}])],
    [
      'another sysctl',
      () => begin([{...steps.running, oid: 'kern.securelevel'} as unknown as Step]),
    ],
    ['a fraction', () => begin([{...steps.running, to: 0.5}])],
    ['another file', () => begin([{...steps.boot, file: '/etc/passwd'} as unknown as Step])],
    ['an rc file elsewhere', () => begin([{...steps.rc, file: '/etc/rc.conf.d/../passwd'}])],
    ['a variable that is code', () => begin([{...steps.rc, variable: 'a;b'}])],
    ['a value with a substitution', () => begin([{...steps.rc, to: '$(reboot)'}])],
    ['a value of two lines', () => begin([{...steps.rc, to: 'a\nb'}])],
    ['a service that is a path', () => begin([{...steps.restart, service: '../x'}])],
    ['no time limit', () => begin([{...steps.restart, timeLimit: 0}])],
    ['undo of nothing', () => contactScript({what: 'undo', template})],
    ['status of a path', () => contactScript({what: 'status', run: '/etc', template})],
  ])('%s', (_, make) => {
    expect(make).toThrow(Error);
  });
});

test('an owner is made of what the host accepts', () => {
  expect(ownerName('dom\\jörg', 'ctl.example.net')).toBe('dom_j_rg@ctl.example.net');
  expect(() => begin([steps.boot], {owner: ownerName('dom\\jörg', 'c t l')})).not.toThrow();
});

test('the script itself refuses arguments that are no names', async () => {
  const host = fleet.open(machineOf('healthy'));
  for (const args of [
    'undo ../etc',
    'undo',
    'status .',
    'begin x',
    'confirm lock',
    'nonsense',
    'work',
    "undo 'a b'",
  ]) {
    const {out, err} = await host.give(`set -- ${args}\n${template}`);
    expect([args, out]).toEqual([args, '']);
    expect(err).toContain('change.sh begin run plan');
  }
  expect(existsSync(host.path('var/db/zbufctl'))).toBe(false);
});
