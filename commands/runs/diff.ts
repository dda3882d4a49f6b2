import {Args, Flags} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {diffStoredRuns} from '../../src/cli/runs/runs.js';

export default class RunsDiff extends BaseCommand {
  static override summary =
    'What is different between two audits: findings new, fixed, changed, gone; postures.';
  static override examples = ['<%= config.bin %> <%= command.id %> 20261123T0815 latest'];
  static override args = {
    from: Args.string({
      required: true,
      description: 'the earlier audit: id, start of one, or "latest"',
    }),
    to: Args.string({required: true, description: 'the later audit'}),
  };
  static override flags = {
    json: Flags.boolean({env: 'ZBUFCTL_JSON', summary: 'print it as JSON', helpGroup: 'RESULT'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RunsDiff);
    await diffStoredRuns([args.from, args.to], flags, this.world(flags));
  }
}
