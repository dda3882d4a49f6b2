import {Args} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {verifyFlags} from '../../src/cli/report/verify-flags.js';
import {verifyReports} from '../../src/cli/report/verify-report.js';

export default class ReportVerify extends BaseCommand {
  static override summary =
    'Check signatures of reports, and everything stored against its hash chain.';
  static override description =
    'Names the first broken link. A changed byte in a signed report, in a stored run or in its evidence is found. With --rejudge the verdicts are worked out again from the evidence in the file. Plain OpenSSH can check a signature, too: ssh-keygen -Y verify -n zbufctl-report -f ALLOWED -I WHO -s FILE.sig < FILE';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> report.html results.json --allowed-signers ~/.ssh/allowed_signers',
    '<%= config.bin %> <%= command.id %> bundle.json --rejudge',
  ];
  static override strict = false;
  static override args = {
    file: Args.string({description: 'reports to check (repeatable); none: only what is stored'}),
  };
  static override flags = verifyFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(ReportVerify);
    this.finish(await verifyReports(argv as string[], flags, this.world(flags)));
  }
}
