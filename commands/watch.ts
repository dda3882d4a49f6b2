import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {watchCommand} from '../src/cli/watch/watch-command.js';
import {watchFlags} from '../src/cli/watch/watch-flags.js';

export default class Watch extends BaseCommand {
  static override summary =
    'Watch captures all the time, and tell when one goes silent. Changes nothing.';
  static override description =
    'Holds a connection to each host and samples its captures at an interval; one that does not move is looked at as an audit looks at it, and judged by the same rule. A capture that goes silent is told with the second sample after that. A host that is lost is asked again, and what it counts then is compared with nothing from before. --concurrency, --rate and --per-jump-host count for connections that are being made. Ends on Ctrl-C. Exit code 3: a capture is stalled at the end; 4: of some host that is not known at the end.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> -g edge --json --notify oncall --metrics 127.0.0.1:9742',
    '<%= config.bin %> <%= command.id %> --interval 2 --count 2',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port',
    }),
  };
  static override flags = watchFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Watch);
    this.finish(await watchCommand(argv as string[], flags, this.world(flags)));
  }
}
