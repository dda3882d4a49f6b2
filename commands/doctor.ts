import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {doctorCommand} from '../src/cli/doctor/doctor-command.js';
import {doctorFlags} from '../src/cli/doctor/doctor-flags.js';

export default class Doctor extends BaseCommand {
  static override summary =
    'Tell whether this machine, and a host step by step, are fit for zbufctl. Changes nothing.';
  static override description =
    'This machine: Node.js, the native library, the programs for FreeBSD hosts, ssh, its agent and keys, known_hosts, the state folder, the inventory, the clock. Of a host: resolve, connect, host key, auth, shell, become, tools, clock; after the first that fails the others are skipped. Each comes with what to do about it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> fw01',
    '<%= config.bin %> <%= command.id %> root@192.0.2.9:2222 --json',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port',
    }),
  };
  static override flags = doctorFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Doctor);
    this.finish(await doctorCommand(argv as string[], flags, this.world(flags)));
  }
}
