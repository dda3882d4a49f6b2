import {Args, Flags} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {connectionFlags, inventoryFlags, resultFlags} from '../src/cli/flags.js';
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
    host: Args.string({description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port'}),
  };
  static override flags = {
    ...inventoryFlags,
    ...connectionFlags,
    ...resultFlags,
    local: Flags.boolean({
      summary: 'probe this machine',
      exclusive: ['inventory', 'group', 'program'],
      helpGroup: 'HOSTS',
    }),
    model: Flags.boolean({
      summary: 'ask the model of the kernel on this Linux machine; proves nothing about a kernel',
      exclusive: ['inventory', 'group', 'program'],
      helpGroup: 'HOSTS',
    }),
    program: Flags.string({
      helpValue: 'FILE',
      summary: 'send this program instead of the one shipped for the machine',
      helpGroup: 'PROBE',
    }),
    bench: Flags.boolean({summary: 'also measure buffered against zero-copy capture', helpGroup: 'PROBE'}),
    'allow-enable': Flags.boolean({
      summary: 'set net.bpf.zerocopy_enable for microseconds where it is 0, and restore it',
      helpGroup: 'PROBE',
    }),
    only: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'CELL',
      summary: 'only MODE[/INHERIT[/SCENARIO]]; * for all (repeatable)',
      helpGroup: 'PROBE',
    }),
    interface: Flags.string({
      helpValue: 'NAME',
      summary: 'capture there instead of lo0 (sends multicast with TTL 1)',
      helpGroup: 'PROBE',
    }),
    'time-limit': Flags.integer({
      default: 15,
      min: 1,
      max: 60,
      helpValue: 'SECONDS',
      summary: 'the probe ends itself after that',
      helpGroup: 'PROBE',
    }),
  };

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Probe);
    this.finish(await probeCommand(argv as string[], flags, this.terminal(flags)));
  }
}
