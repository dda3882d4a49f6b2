import {Flags} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {inventoryFlags} from '../../src/cli/flags.js';
import {listStoredRuns} from '../../src/cli/runs/runs.js';

export default class Runs extends BaseCommand {
  static override summary = 'List the stored runs, newest first.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --verify',
  ];
  static override flags = {
    inventory: inventoryFlags.inventory,
    json: Flags.boolean({
      env: 'ZBUFCTL_JSON',
      summary: 'print the list as JSON',
      helpGroup: 'RESULT',
    }),
    verify: Flags.boolean({
      summary: 'check everything stored against its hash chain',
      helpGroup: 'RESULT',
    }),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(Runs);
    this.finish(await listStoredRuns(flags, this.world(flags)));
  }
}
