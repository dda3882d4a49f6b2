import {Args} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {exportCheck} from '../../src/cli/export/check-command.js';
import {checkFlags} from '../../src/cli/export/check-flags.js';

export default class ExportCheck extends BaseCommand {
  static override summary = 'Write one sh file that checks a FreeBSD host on its own.';
  static override description =
    'For the monitoring you have: copy the file to the host and let it run as root. It looks as an audit does, changes nothing, needs no controller, and says unknown where only an audit can decide. It holds what is known of capture programs and the policy: make it anew when those change. Alert rules and a dashboard are in templates/monitoring.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --as nagios -o check_zbufctl',
    '<%= config.bin %> <%= command.id %> fw01 --as prometheus -o zbufctl-check',
  ];
  static override args = {
    host: Args.string({description: 'the host whose policy counts; none: the policy of all'}),
  };
  static override flags = checkFlags;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ExportCheck);
    this.finish(await exportCheck(args.host, flags, this.world(flags)));
  }
}
