import {Args} from '@oclif/core';

import {ingestCommand} from '../src/cli/audit/ingest-command.js';
import {ingestFlags} from '../src/cli/audit/ingest-flags.js';
import {BaseCommand} from '../src/cli/base-command.js';

export default class Ingest extends BaseCommand {
  static override summary = 'Make a stored run of what others collected, e.g. Ansible.';
  static override description =
    'Each file is the record of one host and is called after it: HOST.txt is what collect.sh printed there (zbufctl collect --print), HOST.json a document (zbufctl collect --out, the Ansible collection). They are judged, stored and shown as an audit is; the run says that it was ingested. A record that is damaged or not whole makes its host unknown, and is named with its line. The time of a HOST.txt is that of the file: keep it when you copy (cp -p, scp -p). No host is asked.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> evidence',
    '<%= config.bin %> <%= command.id %> evidence --whole --json',
  ];
  static override strict = false;
  static override args = {
    path: Args.string({
      required: true,
      description: 'records: files, directories of them, or the directory of a stored run',
    }),
  };
  static override flags = ingestFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Ingest);
    this.finish(await ingestCommand(argv as string[], flags, this.world(flags)));
  }
}
