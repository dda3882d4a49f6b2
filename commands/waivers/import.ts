import {Args} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {importWaivers} from '../../src/cli/report/waiver-files.js';
import {waiverImportFlags} from '../../src/cli/report/waiver-flags.js';

export default class WaiversImport extends BaseCommand {
  static override summary = 'Print an InSpec waiver file as waivers of a policy.';
  static override description =
    'Prints YAML to put under policy in zbufctl.yaml, and changes no file. A waiver says who accepts the risk, where that was decided, for which hosts and until when; InSpec says only the last, so the flags give the rest. Controls of other profiles are left out, and told.';
  static override examples = [
    "<%= config.bin %> <%= command.id %> waivers.yaml --approver 'Jane Doe' --ticket CHG-1042 --for fw01,fw02",
  ];
  static override args = {
    file: Args.string({required: true, description: 'an InSpec waiver file (YAML)'}),
  };
  static override flags = waiverImportFlags;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(WaiversImport);
    await importWaivers(args.file, flags, this.world(flags));
  }
}
