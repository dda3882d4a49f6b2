import {BaseCommand} from '../../src/cli/base-command.js';
import {labDown} from '../../src/cli/lab/lab.js';
import {labFlags} from '../../src/cli/lab/lab-flags.js';

export default class LabDown extends BaseCommand {
  static override summary = 'Stop the practice fleet and remove its files.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];
  static override flags = labFlags;

  async run(): Promise<void> {
    const {flags} = await this.parse(LabDown);
    await labDown(flags, this.terminal(flags));
  }
}
