import type {Command, Interfaces} from '@oclif/core';
import {CommandHelp, Help} from '@oclif/core';

import type {ExitCode} from './exit-codes.js';
import {EXIT_MEANING} from './exit-codes.js';
import type {UsageCommand} from './usage-line.js';
import {usageParts} from './usage-line.js';

/**
 * The codes a command can end with beside 0, 1 and 2; commands that are not here have no others.
 */
const CODES: Readonly<Record<string, readonly ExitCode[]>> = {
  audit: [3, 4, 5],
  collect: [4],
  ingest: [3, 4, 5],
  trace: [3, 4],
  watch: [3, 4],
  doctor: [3, 4],
  probe: [3, 4, 5],
  plan: [3, 4, 5],
  apply: [3, 4, 5, 6, 7],
  rollback: [3, 4, 5, 6, 7],
  report: [3, 4],
  'report:verify': [3, 4],
  runs: [3],
  'runs:merge': [3, 4, 5],
  'runs:prune': [5],
  init: [5],
};

/** What somebody types who has never seen zbufctl. */
const FIRST_STEPS: [string, string][] = [
  ['zbufctl lab up', 'a practice fleet on this machine; then: zbufctl audit -i FILE, as it says'],
  ['zbufctl init', 'an inventory of your own hosts, from questions or ~/.ssh/config'],
  ['zbufctl audit root@192.0.2.9', 'one host, without an inventory; changes nothing'],
];

/** Flags of all commands are of least interest: they come last. */
const LAST = ['CONNECTION', 'GLOBAL'];

/** Prose is read in 80 columns, as in a manual; a narrow terminal gets less. */
const width = (): number => Math.min(80, Math.max(40, process.stdout.columns || 80));

/** oclif's, with our usage line, and the groups of flags in one order everywhere. */
class ZbufctlCommandHelp extends CommandHelp {
  protected override usage(): string {
    const {id} = this.command;
    const parts = usageParts(this.command as unknown as UsageCommand);
    const width = this.opts.maxWidth - this.indentSpacing * 2;
    const lines = [`$ ${this.config.bin} ${id.replaceAll(':', ' ')}`];
    // A part is never cut: `-i FILE...` on two lines is hard to read.
    for (const part of parts) {
      const line = lines.at(-1) ?? '';
      const fits = line.length + 1 + part.length <= width;
      if (fits) lines[lines.length - 1] = `${line} ${part}`;
      else lines.push(`  ${part}`);
    }
    return lines.join('\n');
  }

  /** Without the summary, which stands on top. */
  protected override description(): string | undefined {
    const {description} = this.command;
    return description === undefined ? undefined : this.wrap(description);
  }

  protected override groupFlags(flags: Command.Flag.Any[]): ReturnType<CommandHelp['groupFlags']> {
    const {flagGroups, mainFlags} = super.groupFlags(flags);
    const rank = (name: string): number => LAST.indexOf(name);
    const ordered = Object.entries(flagGroups).sort(([a], [b]) => rank(a) - rank(b));
    return {flagGroups: Object.fromEntries(ordered), mainFlags};
  }
}

/** oclif's help with those of the contract's exit codes that the command can end with. */
export default class ZbufctlHelp extends Help {
  protected override CommandHelpClass = ZbufctlCommandHelp;

  constructor(config: Interfaces.Config, opts: Partial<Interfaces.HelpOptions> = {}) {
    super(config, {...opts, maxWidth: width()});
  }

  /** Without the version, which differs with the machine: the build writes help down. */
  override formatRoot(): string {
    const {description = ''} = this.config.pjson as {readonly description?: string};
    const summary = this.wrap(description, 0);
    const usage = this.section('USAGE', `$ ${this.config.bin} [COMMAND]`);
    const steps = this.renderList(FIRST_STEPS, {
      indentation: 2,
      stripAnsi: this.opts.stripAnsi ?? false,
    });
    return [summary, usage, this.section('FIRST STEPS', steps)].join('\n\n');
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
