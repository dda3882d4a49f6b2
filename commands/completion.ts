import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {loadCompletion, SHELLS} from '../src/cli/completion/script.js';

export default class Completion extends BaseCommand {
  static override summary = 'Print the script that makes a shell complete zbufctl with Tab.';
  static override description = [
    'Commands, flags, hosts, groups, runs, plans, rules and services are completed. In bash: eval "$(zbufctl completion bash)" in ~/.bashrc. zsh: the same in ~/.zshrc, or write it to a file _zbufctl in a folder of fpath. fish: write it to ~/.config/fish/completions/zbufctl.fish. tcsh (FreeBSD): write it to a file and source that in ~/.tcshrc.',
  ].join('\n\n');
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash',
    '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/zbufctl.fish',
    '<%= config.bin %> <%= command.id %> tcsh > ~/.zbufctl.tcsh',
  ];
  static override args = {
    shell: Args.string({
      required: true,
      options: [...SHELLS],
      description: `which shell: ${SHELLS.join(', ')}`,
    }),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Completion);
    await this.terminal(flags).result(loadCompletion(args.shell));
  }
}
