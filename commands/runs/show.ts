import {Args, Flags} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {AUDIT_OUTPUT, resultFlags} from '../../src/cli/flags.js';
import {showRun} from '../../src/cli/runs/runs.js';

export default class RunsShow extends BaseCommand {
  static override summary = 'Show a stored run as its command printed it, in any format.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest',
    '<%= config.bin %> <%= command.id %> 20261124T0815 -o csv:run.csv',
    '<%= config.bin %> <%= command.id %> latest --browse',
  ];
  static override args = {
    run: Args.string({required: true, description: 'id of a run, the start of one, or "latest"'}),
  };
  static override flags = {
    json: resultFlags.json,
    output: AUDIT_OUTPUT,
    browse: Flags.boolean({
      exclusive: ['json', 'output'],
      summary: 'choose hosts by posture, down to the readings, and plan for some (on a terminal)',
      helpGroup: 'RESULT',
    }),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RunsShow);
    await showRun(args.run, flags, this.world(flags));
  }
}
