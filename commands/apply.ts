import {Args} from '@oclif/core';

import {applyCommand} from '../src/cli/change/apply-command.js';
import {BaseCommand} from '../src/cli/base-command.js';
import {applyFlags} from '../src/cli/change/apply-flags.js';

export default class Apply extends BaseCommand {
  static override summary =
    'Carry a plan out: re-check, canary, batches, verify, confirm, or roll back.';
  static override description = [
    'Each host is looked at again first: if it is not what the plan was made for, or the plan made again from it and from the policy has other steps, it is refused and the difference is shown. The host then changes itself, with a journal and byte-exact copies in /var/db/zbufctl, and undoes everything by itself unless it is looked at and confirmed over a new connection in time.',
    'Nothing is changed without a yes on the terminal, or --yes. A plan is used once; --resume continues a stopped run.',
  ].join('\n\n');
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --dry-run',
    '<%= config.bin %> <%= command.id %> plan-20261124T081500Z',
    '<%= config.bin %> <%= command.id %> plan.json --yes --canary 2 --batch 10% --max-failures 1',
    '<%= config.bin %> <%= command.id %> plan.json --allowed-signers signers',
    '<%= config.bin %> <%= command.id %> --resume 20261124T082000Z-apply-51c2',
  ];
  static override args = {
    plan: Args.string({description: 'id of a plan, the start of one, latest, or a file'}),
  };
  static override flags = applyFlags;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Apply);
    this.finish(await applyCommand(args.plan, flags, this.world(flags)));
  }
}
