import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {probeFlags} from '../src/cli/probe/probe-flags.js';
import {probeCommand} from '../src/cli/probe/probe-command.js';

export default class Probe extends BaseCommand {
  static override summary = 'Prove on the kernel itself what fork does to a zero-copy capture.';
  static override description = [
    'Sends a small program, runs it and removes it: it captures its own traffic on loopback in every buffer mode, forks in every way, and counts packets. Needs root on the host. Touches no other capture.',
    'Where net.bpf.zerocopy_enable is 0 it says so and stops, unless --allow-enable lets it set the value for microseconds.',
  ].join('\n\n');
  static override examples = [
    '<%= config.bin %> <%= command.id %> fw01',
    '<%= config.bin %> <%= command.id %> fw01 --allow-enable --bench',
    '<%= config.bin %> <%= command.id %> --local --only zbuf/share',
    '<%= config.bin %> <%= command.id %> --local --model',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port',
    }),
  };
  static override flags = probeFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Probe);
    this.finish(await probeCommand(argv as string[], flags, this.world(flags)));
  }
}
