import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {traceCommand} from '../src/cli/trace/trace-command.js';
import {traceFlags} from '../src/cli/trace/trace-flags.js';

export default class Trace extends BaseCommand {
  static override summary = "Find out why a firewall's log is empty.";
  static override description =
    'Follows a logged packet in one read-only contact: do pf rules log and match, is the pflog interface there and does it count, does somebody capture on it, are the buffers alive, does the process run and keep up, does its file grow. Names the first layer that is broken, with the readings and what to do. Knows pflogd and filterlog. Exit code 3: a layer is broken; 4: a layer that comes before it, or any if none is broken, is not known.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> fw01',
    '<%= config.bin %> <%= command.id %> root@192.0.2.9 pflogd --wait 70',
  ];
  static override args = {
    host: Args.string({
      required: true,
      description: 'one host of the inventory, or user@host:port',
    }),
    service: Args.string({
      description: 'the logger; none: whoever captures where pf logs to',
    }),
  };
  static override flags = traceFlags;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Trace);
    this.finish(await traceCommand(args.host, args.service, flags, this.world(flags)));
  }
}
