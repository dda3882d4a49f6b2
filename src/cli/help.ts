import type {Command} from '@oclif/core';
import {Help} from '@oclif/core';

import type {ExitCode} from './exit-codes.js';
import {EXIT_MEANING} from './exit-codes.js';

/**
 * The codes a command can end with beside 0, 1 and 2; commands that are not here have no others.
 */
const CODES: Readonly<Record<string, readonly ExitCode[]>> = {
  audit: [3, 4, 5],
  collect: [4],
  probe: [3, 4, 5],
  plan: [3, 4, 5],
  apply: [3, 4, 5, 6, 7],
  rollback: [3, 4, 5, 6, 7],
  report: [3, 4],
  'report:verify': [3, 4],
  runs: [3],
  'runs:prune': [5],
  init: [5],
};

/** What somebody types who has never seen zbufctl. */
const FIRST_STEPS: [string, string][] = [
  ['zbufctl lab up', 'a practice fleet on this machine; then: zbufctl audit -i FILE, as it says'],
  ['zbufctl init', 'an inventory of your own hosts, from questions or ~/.ssh/config'],
  ['zbufctl audit root@192.0.2.9', 'one host, without an inventory; changes nothing'],
];

/** oclif's help with those of the contract's exit codes that the command can end with. */
export default class ZbufctlHelp extends Help {
  override formatRoot(): string {
    const steps = this.renderList(FIRST_STEPS, {
      indentation: 2,
      stripAnsi: this.opts.stripAnsi ?? false,
    });
    return `${super.formatRoot()}\n\n${this.section('FIRST STEPS', steps)}`;
  }

  protected override formatCommand(command: Command.Loadable): string {
    const can: readonly ExitCode[] = [0, 1, 2, ...(CODES[command.id] ?? [])];
    const codes = can.map((code) => [String(code), EXIT_MEANING[code]] as [string, string]);
    const table = this.section(
      'EXIT CODES',
      this.renderList(codes, {indentation: 2, stripAnsi: this.opts.stripAnsi ?? false}),
    );
    return `${super.formatCommand(command)}\n\n${table}`;
  }
}
