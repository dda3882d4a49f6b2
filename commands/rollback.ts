import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {rollbackFlags} from '../src/cli/change/rollback-flags.js';
import {rollbackCommand} from '../src/cli/change/rollback-command.js';

export default class Rollback extends BaseCommand {
  static override summary = 'Undo what an apply run did.';
  static override description =
    'Shows the inverse steps, the difference of every file, and which critical or high findings that brings back; then asks. Each host puts back its own byte-exact copies, last step first, and says what it did. A file that was changed since by somebody else is left alone and named.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --dry-run',
    '<%= config.bin %> <%= command.id %> latest',
    '<%= config.bin %> <%= command.id %> latest fw03 --preview',
    '<%= config.bin %> <%= command.id %> 20261124T082000Z-apply-51c2 fw03 fw04 --yes',
  ];
  static override strict = false;
  static override args = {
    run: Args.string({
      required: true,
      description:
        'id of an apply run, the start of one, or latest (the latest that changed something, or one of the hosts named)',
    }),
    host: Args.string({description: 'only these hosts of the run'}),
  };
  static override flags = rollbackFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Rollback);
    const [run = '', ...hosts] = argv as string[];
    this.finish(await rollbackCommand(run, hosts, flags, this.world(flags)));
  }
}
