import {Args} from '@oclif/core';

import {collectFlags} from '../src/cli/audit/collect-flags.js';
import {collectCommand} from '../src/cli/audit/collect-command.js';
import {BaseCommand} from '../src/cli/base-command.js';

export default class Collect extends BaseCommand {
  static override summary = 'Collect evidence without judging it, or print the script that does.';
  static override description =
    'For hosts zbufctl cannot reach: --print writes the read-only script. Run it there as root (sh collect.sh > fw01.txt), bring the output back, and judge it with zbufctl audit --from fw01.txt.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --print > collect.sh',
    '<%= config.bin %> <%= command.id %> fw01 > fw01.json',
    '<%= config.bin %> <%= command.id %> -g edge --out evidence',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port',
    }),
  };
  static override flags = collectFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Collect);
    this.finish(await collectCommand(argv as string[], flags, this.world(flags)));
  }
}
