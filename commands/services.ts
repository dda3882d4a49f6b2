import {Args, Flags} from '@oclif/core';

import {BaseCommand} from '../src/cli/base-command.js';
import {FORK_PATTERNS, listServices, OUTLOOKS} from '../src/cli/list-services.js';

export default class Services extends BaseCommand {
  static override summary =
    'The capture programs zbufctl knows, and what zero-copy would do to them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> dhcp',
    '<%= config.bin %> <%= command.id %> --risk breaks --json',
  ];
  static override strict = false;
  static override args = {
    text: Args.string({description: 'words that must all occur in the entry'}),
  };
  static override flags = {
    risk: Flags.option({
      options: OUTLOOKS,
      helpValue: OUTLOOKS.join('|'),
      summary: 'only services with this outlook in their default start',
    })(),
    pattern: Flags.option({
      options: FORK_PATTERNS,
      helpValue: 'PATTERN',
      summary: `only services with this fork pattern: ${FORK_PATTERNS.join(', ')}`,
    })(),
    json: Flags.boolean({
      env: 'ZBUFCTL_JSON',
      summary: 'print the entries as JSON',
      helpGroup: 'RESULT',
    }),
  };

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Services);
    const terminal = this.terminal(flags);
    const text = argv.join(' ');
    const {risk, pattern} = flags;
    const query = {
      ...(text === '' ? {} : {text}),
      ...(risk === undefined ? {} : {risk}),
      ...(pattern === undefined ? {} : {pattern}),
    };
    await terminal.result(
      await listServices(query, {json: flags.json, colour: terminal.colour, width: terminal.width}),
    );
  }
}
