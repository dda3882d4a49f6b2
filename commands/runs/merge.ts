import {Args} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {mergeFlags} from '../../src/cli/runs/merge-flags.js';
import {mergeStoredRuns} from '../../src/cli/runs/merge-runs.js';

export default class RunsMerge extends BaseCommand {
  static override summary = 'Make one stored run of several audits, e.g. of all shards of one.';
  static override description =
    'No host is asked. The new run holds every host of the runs with its evidence; of a host that is in several, what was heard last. What keeps the runs from being a whole is told. A run of another controller is named by its directory.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> 20261124T0815 20261124T0816',
    '<%= config.bin %> <%= command.id %> latest /mnt/other/zbufctl/runs/20261124T081500Z-audit-3f9a',
  ];
  static override strict = false;
  static override args = {
    run: Args.string({
      required: true,
      description: 'two audits or more: id, start of one, "latest", or the directory of one',
    }),
  };
  static override flags = mergeFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(RunsMerge);
    this.finish(await mergeStoredRuns(argv as string[], flags, this.world(flags)));
  }
}
