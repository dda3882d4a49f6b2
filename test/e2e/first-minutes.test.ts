import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';

import {describe, expect, onTestFinished, test} from 'vitest';

import {hostsOf} from '../inventory/read.js';
import {HAS_TERMINAL, onTerminal} from '../tools/on-terminal.js';

import {freshFolder} from './cli.js';

/** An Ansible inventory (INI) of these hosts, as somebody has it who manages them with it. */
function ansibleInventory(lab: string): string {
  const hosts = hostsOf(readFileSync(join(lab, 'zbufctl.yaml'), 'utf8'));
  const lines = hosts.map(({name, address, port, user}) =>
    [
      name,
      `ansible_host=${address}`,
      `ansible_port=${port ?? 22}`,
      `ansible_user=${user ?? 'root'}`,
      `ansible_ssh_private_key_file=${join(lab, 'id_ed25519')}`,
      `ansible_ssh_common_args='-o UserKnownHostsFile=${join(lab, 'known_hosts')}'`,
    ].join(' '),
  );
  return `[firewalls]\n${lines.join('\n')}\n`;
}

/** What git knows, as it stands here: a fresh clone, also of what is not committed yet. */
function freshClone(): string {
  const folder = freshFolder();
  const files = execFileSync('git', ['ls-files', '-z'], {encoding: 'utf8'}).split('\0');
  for (const file of files) if (file !== '' && existsSync(file)) cpSync(file, join(folder, file));
  // What `npm ci` makes; CI has just run it.
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe.skipIf(!HAS_TERMINAL || !existsSync('.git'))('the first five minutes', () => {
  test('in a fresh clone, from the bare word to an inventory, a first audit, an explanation and a report', async () => {
    const clone = freshClone();
    const begun = Date.now();
    execFileSync('npm', ['run', '-s', 'build'], {cwd: clone});
    const main = join(clone, 'dist', 'src', 'main.cjs');
    const home = freshFolder();
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_STATE_HOME: join(home, 'state'),
      XDG_CONFIG_HOME: join(home, 'config'),
    };
    const type = (line: string, typed: Parameters<typeof onTerminal>[1] = []) =>
      onTerminal(`'${process.execPath}' '${main}' ${line}`, typed, {cwd: home, env});

    const alone = await type('');
    expect(alone.screen).toMatch(/FIRST STEPS\s+zbufctl lab up .*\s+zbufctl init /s);

    onTestFinished(() => {
      execFileSync(process.execPath, [main, 'lab', 'down', '--dir', join(home, 'lab')]);
    });
    const up = await type('lab up --hosts 4 --dir lab');
    expect(up.screen).toContain('4 practice hosts are up');
    writeFileSync(join(home, 'hosts.ini'), ansibleInventory(join(home, 'lab')));

    const ENTER = '\r';
    const init = await type('init', [
      {at: /Where are your hosts\?[^]*in an Ansible inventory/, keys: ENTER},
      {at: /Path of the Ansible inventory/, keys: `hosts.ini${ENTER}`},
      {at: /May programs capture through shared memory/, keys: ENTER},
      {at: /Services that must never be restarted/, keys: `suricat${ENTER}`},
      {at: /Did you mean "suricata"/, keys: `a${ENTER}`},
      {at: /When may hosts be changed/, keys: `Sat${ENTER}`},
      {at: /not a span of time/, keys: ` 02:00-04:00${ENTER}`},
      {at: /Audit these 4 hosts now\?/, keys: ENTER},
    ]);
    expect(init.screen).toContain('4 hosts. Auditing them:');
    expect(init.screen).toMatch(/broken +fw02 .*Capture stalled/);
    expect(init.screen).toMatch(/Do this on fw02, as root/);
    expect(init.screen).toContain('truss -f -o /tmp/zbufctl-trace flowtapd');
    expect(init.screen).toContain('- {id: flowtapd, command: flowtapd, pattern: ');
    expect(init.code).toBe(3);
    expect(hostsOf(readFileSync(join(home, 'zbufctl.yaml'), 'utf8'))).toMatchObject([
      {
        name: 'fw01',
        policy: {zerocopy: 'auto', keep: ['suricata'], window: 'Sat 02:00-04:00'},
      },
      {name: 'fw02'},
      {name: 'fw03'},
      {name: 'fw04'},
    ]);

    const explained = await type('explain broken');
    expect(explained.screen).toContain('losing packets now');
    const reported = await type('report -o html:report.html');
    expect(reported.screen).toMatch(/Wrote report\.html \(\d+ KB\)/);
    expect(readFileSync(join(home, 'report.html'), 'utf8')).toContain('Do this on <bdi>fw02</bdi>');
    expect(Date.now() - begun).toBeLessThan(300_000);
  });
});
