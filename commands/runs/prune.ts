import {BaseCommand} from '../../src/cli/base-command.js';
import {pruneFlags} from '../../src/cli/runs/prune-flags.js';
import {pruneStoredRuns} from '../../src/cli/runs/prune-runs.js';

export default class RunsPrune extends BaseCommand {
  static override summary =
    'Show which stored runs are past the retention, and remove them after a yes.';
  static override description = `How long runs are kept is written in zbufctl.yaml: retention: {keep: 365d, atLeast: 10}.
A record of what was removed becomes part of the hash chain. Unfinished applies, and runs a kept apply rests on, stay.
Exit codes: 0 nothing to remove, or removed; 2 no retention; 5 not agreed to, or something stored is not as it was stored.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --keep 90d --baseline 20260101 --yes',
  ];
  static override flags = pruneFlags;

  async run(): Promise<void> {
    const {flags} = await this.parse(RunsPrune);
    this.finish(await pruneStoredRuns(flags, this.world(flags)));
  }
}
