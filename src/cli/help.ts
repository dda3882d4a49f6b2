import type {Command} from '@oclif/core';
import {Help} from '@oclif/core';

import {EXIT_MEANING} from './exit-codes.js';

/** oclif's help with the contract's exit codes under every command that can end with more than 0 and 2. */
export default class ZbufctlHelp extends Help {
  protected override formatCommand(command: Command.Loadable): string {
    const codes = Object.entries(EXIT_MEANING).map(([code, meaning]) => [code, meaning] as [string, string]);
    const table = this.section(
      'EXIT CODES',
      this.renderList(codes, {indentation: 2, stripAnsi: this.opts.stripAnsi ?? false}),
    );
    return `${super.formatCommand(command)}\n\n${table}`;
  }
}
