import {Flags} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {labList} from '../../src/cli/lab/lab.js';
import {labFlags} from '../../src/cli/lab/lab-flags.js';

export default class LabList extends BaseCommand {
  static override summary =
    'Show the hosts of the practice fleet, or the scenarios to choose from.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --scenarios',
  ];
  static override flags = {
    ...labFlags,
    scenarios: Flags.boolean({summary: 'the scenarios there are, instead'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(LabList);
    await labList(flags, this.terminal(flags));
  }
}
