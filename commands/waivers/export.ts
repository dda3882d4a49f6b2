import {Args} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {exportWaivers} from '../../src/cli/report/waiver-files.js';
import {waiverExportFlags} from '../../src/cli/report/waiver-flags.js';

export default class WaiversExport extends BaseCommand {
  static override summary = 'Print the waivers of one host as an InSpec waiver file.';
  static override description =
    'The control ids are the ids of the rules, as in -o hdf. InSpec knows no hosts, so a file is for one. A waiver of one service only is left out, since InSpec would waive the whole rule; so is what has ended or not begun. What is left out is told.';
  static override examples = ['<%= config.bin %> <%= command.id %> fw01 > fw01-waivers.yaml'];
  static override args = {
    host: Args.string({required: true, description: 'a host of the inventory'}),
  };
  static override flags = waiverExportFlags;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(WaiversExport);
    await exportWaivers(args.host, flags, this.world(flags));
  }
}
