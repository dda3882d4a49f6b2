import {Args, Flags} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {explainWord} from '../src/cli/explain-word.js';

export default class Explain extends BaseCommand {
  static override summary =
    'Explain a rule, a capture service, or any word zbufctl prints, in plain language.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> ZBUF-001',
    '<%= config.bin %> <%= command.id %> runtime-matches-boot',
    '<%= config.bin %> <%= command.id %> pflogd',
    '<%= config.bin %> <%= command.id %> net.bpf.zerocopy_enable',
    '<%= config.bin %> <%= command.id %> releases',
    '<%= config.bin %> <%= command.id %> fork-patterns',
    '<%= config.bin %> <%= command.id %> timed-out',
  ];
  static override args = {
    id: Args.string({
      required: true,
      description:
        'a rule (ZBUF-001, its number or its slug), a service (pflogd), a word (broken, auth, lost, fork-patterns), net.bpf.zerocopy_enable or releases',
    }),
  };
  static override flags = {
    json: Flags.boolean({env: 'ZBUFCTL_JSON', summary: 'print it as JSON', helpGroup: 'RESULT'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain);
    const terminal = this.terminal(flags);
    await terminal.result(await explainWord(args.id, {json: flags.json, width: terminal.width}));
  }
}
