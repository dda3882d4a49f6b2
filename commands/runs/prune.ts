import {Flags} from '@oclif/core';

import {BaseCommand} from '../../src/cli/base-command.js';
import {inventoryFlags} from '../../src/cli/flags.js';
import {pruneStoredRuns} from '../../src/cli/runs/prune-runs.js';

export default class RunsPrune extends BaseCommand {
  static override summary = 'Show which stored runs are past the retention, and remove them after a yes.';
  static override description = `How long runs are kept is written in zbufctl.yaml: retention: {keep: 365d, atLeast: 10}.
A record of what was removed becomes part of the hash chain. Unfinished applies, and runs a kept apply rests on, stay.
Exit codes: 0 nothing to remove, or removed; 2 no retention; 5 not agreed to, or something stored is not as it was stored.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --keep 90d --baseline 20260101 --yes',
  ];
  static override flags = {
    inventory: inventoryFlags.inventory,
    keep: Flags.string({
      aliases: ['older-than'],
      helpValue: 'DAYSd',
      env: 'ZBUFCTL_KEEP',
      summary: 'keep runs that ended within so many days (or --older-than)',
      helpGroup: 'RETENTION',
    }),
    'at-least': Flags.integer({
      helpValue: 'N',
      min: 1,
      max: 10_000,
      env: 'ZBUFCTL_AT_LEAST',
      summary: 'keep the newest N of each kind, however old',
      helpGroup: 'RETENTION',
    }),
    baseline: Flags.string({
      helpValue: 'RUN',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
      env: 'ZBUFCTL_BASELINE',
      summary: 'keep this run (repeatable)',
      helpGroup: 'RETENTION',
    }),
    // Without a variable: nothing in the surroundings shall make a command delete.
    yes: Flags.boolean({summary: 'remove without asking', helpGroup: 'RETENTION'}),
    json: Flags.boolean({env: 'ZBUFCTL_JSON', summary: 'print it as JSON', helpGroup: 'RESULT'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(RunsPrune);
    this.finish(await pruneStoredRuns(flags, this.terminal(flags)));
  }
}
