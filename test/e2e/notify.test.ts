import {chmodSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterAll, beforeAll, expect, test} from 'vitest';

import type {ChangeLab} from './change-lab.js';
import {changeLab} from './change-lab.js';
import {freshFolder} from './cli.js';

let fleet: ChangeLab;
beforeAll(async () => {
  fleet = await changeLab(
    [
      {name: 'fine', scenario: 'healthy'},
      {name: 'stalled', scenario: 'stalled-pflogd'},
    ],
    'zerocopy: off\n',
  );
});
afterAll(async () => {
  await fleet.stop();
});

test('from cron: what changed is printed and mailed, once, and the exit code stays the verdict’s', async () => {
  const folder = freshFolder();
  const sent = join(folder, 'sent');
  const sendmail = join(folder, 'sendmail');
  writeFileSync(sendmail, `#!/bin/sh\ncat >${sent}\n`);
  chmodSync(sendmail, 0o755);
  const inventory = join(folder, 'notify.yaml');
  writeFileSync(
    inventory,
    `notify: {m: {kind: mail, to: root, program: ${sendmail}}}\nhosts: []\n`,
  );
  const args = ['audit', ...fleet.where, '-i', inventory, '--since', 'latest', '--notify', 'm'];
  const mail = (): string => {
    const text = existsSync(sent) ? readFileSync(sent, 'utf8') : '';
    rmSync(sent, {force: true});
    return text;
  };

  const first = await fleet.run(args);
  expect([first.code, first.stderr]).toEqual([3, expect.stringContaining('no earlier audit')]);
  expect(first.stdout).toContain('broken');
  expect(mail()).toMatch(
    /Subject: zbufctl: 1 compliant, 1 broken \(practice\)\n[^]*stalled: broken/,
  );

  const second = await fleet.run(args);
  expect([second.code, second.stdout, second.stderr, mail()]).toEqual([3, '', '', '']);

  writeFileSync(
    join(fleet.lab.hosts[0]?.root ?? '', 'etc/sysctl.conf'),
    'net.bpf.zerocopy_enable=1\n',
  );
  const third = await fleet.run(args);
  expect([third.code, third.stdout.includes('stalled')]).toEqual([3, false]);
  expect(third.stdout).toContain('fine');
  expect(mail()).toMatch(/Subject: zbufctl: 2 new, 1 host changed|Subject: zbufctl: \d+ new/);

  const wrong = await fleet.run(['audit', ...fleet.where, '--notify', 'nobody']);
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
});
