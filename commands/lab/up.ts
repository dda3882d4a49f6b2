import {Flags} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {RELEASES, SCENARIO_NAMES, labUp} from '../../src/cli/lab/lab.js';
import {labFlags} from '../../src/cli/lab/lab-flags.js';

export default class LabUp extends BaseCommand {
  static override summary =
    'Start the practice fleet: simulated FreeBSD hosts behind real SSH on loopback.';
  static override description =
    'Each host has its own SSH server, host key and files. Without --scenario: a mix worth seeing. ' +
    'zbufctl lab list --scenarios names them all.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --hosts 12',
    '<%= config.bin %> <%= command.id %> --scenario stalled-pflogd --scenario healthy',
    '<%= config.bin %> <%= command.id %> --hosts 300 --dir /tmp/fleet --foreground',
  ];
  static override flags = {
    ...labFlags,
    hosts: Flags.integer({
      helpValue: 'N',
      min: 1,
      max: 2000,
      summary: 'how many hosts (default 12, or one a scenario)',
    }),
    scenario: Flags.option({
      options: SCENARIO_NAMES,
      multiple: true as const,
      multipleNonGreedy: true,
      helpValue: 'NAME',
      summary: 'what kind of hosts (repeatable; taken in turn)',
    })(),
    release: Flags.option({
      options: RELEASES,
      helpValue: RELEASES.join('|'),
      summary: 'the FreeBSD release to imitate, where the scenario exists in it',
    })(),
    foreground: Flags.boolean({summary: 'stay, and stop the fleet on Ctrl-C'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(LabUp);
    await labUp(flags, this.terminal(flags));
  }
}
