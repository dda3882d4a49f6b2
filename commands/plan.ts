import {Args} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {planFlags} from '../src/cli/change/plan-flags.js';
import {planCommand} from '../src/cli/change/plan-command.js';

export default class Plan extends BaseCommand {
  static override summary =
    'Decide what to change on which hosts, and save it as a plan. Changes nothing.';
  static override description = [
    'Audits the hosts afresh, compares them with the policy, and shows for each host whether a change is allowed (with every reason why not, and what would make it safe), the steps, and the difference of every file. zbufctl apply carries the plan out, once, on hosts that are still as they were.',
    'Plain OpenSSH can check a signed plan: ssh-keygen -Y verify -n zbufctl-plan -f ALLOWED -I WHO -s plan.json.sig < plan.json. With signedPlans: required in the policy, apply takes no other.',
    'Exit codes: 0 nothing to do, 3 something to do (changes pending, or by hand), 4 some host was not assessed; findings may stand beside it, 5 a host is refused; the largest that applies.',
  ].join('\n\n');
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> fw01 fw02 -i hosts.ini --policy policy.yaml',
    '<%= config.bin %> <%= command.id %> -g edge -o table -o json:plan.json',
    '<%= config.bin %> <%= command.id %> --from latest --clean-duplicates',
    '<%= config.bin %> <%= command.id %> -o json:plan.json --sign ~/.ssh/id_ed25519',
  ];
  static override strict = false;
  static override args = {
    host: Args.string({
      description: 'hosts of the inventory (names, fw*, fw[01-09]), or user@host:port',
    }),
  };
  static override flags = planFlags;

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Plan);
    this.finish(await planCommand(argv as string[], flags, this.world(flags)));
  }
}
