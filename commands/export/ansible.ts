import {BaseCommand} from '../../src/cli/base-command.js';
import {exportAnsible} from '../../src/cli/export/ansible-command.js';
import {ansibleFlags} from '../../src/cli/export/ansible-flags.js';

export default class ExportAnsible extends BaseCommand {
  static override summary =
    'Write an Ansible collection that audits and changes hosts with zbufctl.';
  static override description =
    'The collection zbufctl.freebsd has roles and playbooks to audit, plan, apply and monitor, and needs no Python on the hosts: Ansible reaches them, and zbufctl on the controller judges, plans and decides. It holds what the policies say to collect and to check, and how many hosts are changed at a time: make it anew when those change. Its README says how to run it.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --out collections/ansible_collections/zbufctl/freebsd',
    '<%= config.bin %> <%= command.id %> --out freebsd --canary 2 --batch 10% --max-failures 1',
  ];
  static override flags = ansibleFlags;

  async run(): Promise<void> {
    const {flags} = await this.parse(ExportAnsible);
    this.finish(await exportAnsible(flags, this.world(flags)));
  }
}
