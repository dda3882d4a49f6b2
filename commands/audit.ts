import {Args} from '@oclif/core';

import {auditCommand} from '../src/cli/audit/audit-command.js';
import {BaseCommand} from '../src/cli/base-command.js';
import {auditFlags} from '../src/cli/audit/audit-flags.js';

export default class Audit extends BaseCommand {
  static override summary =
    'Tell which hosts lose packet captures, now or at the next start. Changes nothing.';
  static override description =
    'Collects evidence from each host over SSH (one connection, one read-only script), judges it by the rules, prints postures and findings, and stores the run.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> fw01 fw02 -i hosts.ini',
    '<%= config.bin %> <%= command.id %> -g edge -o table -o json:run.json',
    '<%= config.bin %> <%= command.id %> --shard 1/2',
    '<%= config.bin %> <%= command.id %> --only-failed',
    '<%= config.bin %> <%= command.id %> --resume 20261124T081500Z-audit-3f9a',
    '<%= config.bin %> <%= command.id %> --local',
    '<%= config.bin %> <%= command.id %> --from evidence/ --json',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port',
    }),
  };
  static override flags = auditFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Audit);
    this.finish(await auditCommand(argv as string[], flags, this.world(flags)));
  }
}
