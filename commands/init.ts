import {Args, Flags} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {EXIT} from '../src/cli/exit-codes.js';
import {runInit} from '../src/cli/run-init.js';
import {BECOME} from '../src/model/host.js';
import {ZEROCOPY_WISHES} from '../src/model/policy.js';

export default class Init extends BaseCommand {
  static override summary =
    'Make an inventory with a policy, from questions or from ~/.ssh/config.';
  static override description =
    'What is not given is asked. Without a terminal, name the hosts or use --from-ssh-config.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> fw[01-04].example.net --user root --zerocopy auto',
    '<%= config.bin %> <%= command.id %> --from-ssh-config',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({description: 'host names or ranges'}),
  };
  static override flags = {
    file: Flags.string({helpValue: 'FILE', default: 'zbufctl.yaml', summary: 'file to write'}),
    force: Flags.boolean({summary: 'replace an existing file without asking'}),
    'from-ssh-config': Flags.boolean({summary: 'take the hosts that ~/.ssh/config names'}),
    user: Flags.string({helpValue: 'NAME', summary: 'who to log in as'}),
    become: Flags.option({options: BECOME, summary: 'how to become root'})(),
    zerocopy: Flags.option({options: ZEROCOPY_WISHES, summary: 'what the policy wants'})(),
  };

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Init);
    const terminal = this.terminal(flags);
    const {user, become, zerocopy} = flags;
    const made = await runInit({
      file: flags.file,
      hosts: argv.map(String),
      fromSshConfig: flags['from-ssh-config'],
      ...(user === undefined ? {} : {user}),
      ...(become === undefined ? {} : {become}),
      ...(zerocopy === undefined ? {} : {zerocopy}),
      force: flags.force,
    });
    if (made === undefined) {
      terminal.note('Nothing was written.');
      this.finish(EXIT.refused);
      return;
    }
    await terminal.result(`${made.path}\n`);
    terminal.note(`${made.hosts} host${made.hosts === 1 ? '' : 's'}. Next: zbufctl audit`);
  }
}
