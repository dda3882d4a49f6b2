import {Args} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {reportFlags} from '../../src/cli/report/report-flags.js';
import {reportCommand} from '../../src/cli/report/report-command.js';

export default class Report extends BaseCommand {
  static override summary =
    'Make a compliance report from stored runs, in any format, signed if wanted.';
  static override description =
    'Formats: table, markdown, html (one file, opens offline; of more than 5,000 hosts it lists the 2,000 that need attention most), junit, sarif, csv, json, ndjson, oscal (NIST assessment-results), hdf (MITRE Heimdall). Waivers are judged on the day the report is made. Without a run, or with "latest": the newest evidence of every host of the inventory (without an inventory: of the newest audit of a whole one), whatever run it is of; the newest probe of each that came to a result; and the changes since the first audit of the trend. Interrupted runs count only when named.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -o html:report.html -o oscal:results.json --sign agent',
    '<%= config.bin %> <%= command.id %> --bundle bundle.json --sign agent',
    '<%= config.bin %> <%= command.id %> latest --baseline 20261101 -o markdown',
  ];
  static override strict = false;
  static override args = {
    run: Args.string({
      description: 'runs to report on: id, start of one, or "latest" (repeatable)',
    }),
  };
  static override flags = reportFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Report);
    this.finish(await reportCommand(argv as string[], flags, this.world(flags)));
  }
}
