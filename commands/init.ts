import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {EXIT} from '../src/cli/exit-codes.js';
import {initFlags} from '../src/cli/init-flags.js';
import {noteStrangers, requestOf} from '../src/cli/init-command.js';
import {runInit} from '../src/cli/run-init.js';

export default class Init extends BaseCommand {
  static override summary =
    'Make an inventory with a policy, from what ssh and Ansible know, or from questions.';
  static override description =
    'What is not given is asked. Without a terminal, name the hosts as you would to ssh (root@192.0.2.9:2222, fw[01-04]), or use one of the --from flags. Nothing of an Ansible inventory is executed. An existing file is replaced only after a yes, or with --force.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> fw[01-04].example.net root@192.0.2.9:2222 --zerocopy auto',
    '<%= config.bin %> <%= command.id %> --from-ssh-config',
    '<%= config.bin %> <%= command.id %> --from-ansible hosts.ini --keep suricata --audit',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({description: 'host names or ranges, or user@host:port'}),
  };
  static override flags = initFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Init);
    const terminal = this.terminal(flags);
    const made = await runInit(requestOf(argv.map(String), flags));
    if (made === undefined) {
      terminal.note('Nothing was written.');
      this.finish(EXIT.refused);
      return;
    }
    await terminal.result(`${made.path}\n`);
    const count = `${made.hosts} host${made.hosts === 1 ? '' : 's'}`;
    if (!made.audit) {
      terminal.note(`${count}. Next: zbufctl audit (changes nothing)`);
      return;
    }
    terminal.note(`${count}. Auditing them:`);
    const state = flags['state-dir'] === undefined ? [] : ['--state-dir', flags['state-dir']];
    await this.config.runCommand('audit', ['-i', made.path, ...state]);
    await noteStrangers(this.world(flags));
  }
}
