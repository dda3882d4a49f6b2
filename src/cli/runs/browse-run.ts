import type {Choice} from '../../io/prompt/interview.js';
import {Interview} from '../../io/prompt/interview.js';
import {askByNumber} from '../../io/prompt/plain-menu.js';
import type {AuditedHost, AuditRun} from '../../model/audit-run.js';
import {
  findingEntries,
  findingText,
  hostEntries,
  hostText,
  planCommandFor,
  stateEntries,
} from '../../report/runs/browse.js';
import type {Entry} from '../../report/runs/browse.js';
import type {Page} from '../../report/terminal/page.js';
import {plural} from '../../report/terminal/page.js';
import {painter} from '../../report/terminal/paint.js';
import type {Terminal} from '../terminal/terminal.js';

/** What a menu leaves free: its question and the help below it; the mark or number in front. */
const MARGIN = {lines: 8, columns: 6};

/** Asks for one of several things; `undefined`: the person gave up. */
type Choose = <T extends string>(
  message: string,
  choices: readonly Choice<T>[],
) => Promise<T | undefined>;

/** Asks which of several hosts; `undefined`: the person gave up. */
type Pick = (hosts: readonly string[]) => Promise<readonly string[] | undefined>;

/**
 * `zbufctl runs show RUN --browse`: hosts by posture, down to the readings, and the command that
 * plans for a selection.
 * @returns false where nobody is there to choose: the caller prints the run as always
 */
export async function browseRun(run: AuditRun, terminal: Terminal): Promise<boolean> {
  const interview = Interview.with(process.stdin, process.stderr);
  if (interview === undefined || !process.stdout.isTTY) return false;
  const rows = process.stderr.rows || 24;
  const width = process.stderr.columns || 80;
  const dumb = process.env['TERM'] === 'dumb';
  const streams = {input: process.stdin, output: process.stderr};
  const listed = Math.max(3, rows - MARGIN.lines);
  const choose: Choose = dumb
    ? (message, choices) => askByNumber(message, choices, streams)
    : (message, choices) => interview.choose(message, choices, choices[0]?.value, listed);
  const pick: Pick = (hosts) =>
    dumb || hosts.length === 1
      ? Promise.resolve(hosts)
      : interview.pick(
          'Hosts to plan for (space unticks one, enter goes on)',
          hosts.map((value) => ({value, label: value})),
          (picked) => `${picked} of ${hosts.length} hosts`,
        );
  const page = {run, width, verbose: true, paint: painter(terminal.colour)};
  await new Browser(page, {choose, pick}, terminal).states();
  return true;
}

const NOTHING = Promise.resolve(true);

/** Each screen asks until its "back" is chosen, so that one is always where one came from. */
class Browser {
  constructor(
    private readonly page: Page,
    private readonly ask: {readonly choose: Choose; readonly pick: Pick},
    private readonly terminal: Terminal,
  ) {}

  async states(): Promise<void> {
    const {run} = this.page;
    await this.screen(`Run ${run.run}, ${plural(run.hosts.length, 'host')}`, 'quit', {
      entries: () => stateEntries(run),
      open: (state) => this.hosts(state),
    });
  }

  private async hosts(state: ReturnType<typeof stateEntries>[number]['value']): Promise<boolean> {
    const {run} = this.page;
    const entries = hostEntries(run, state, this.wide);
    return this.screen(`${state}: ${plural(entries.length, 'host')}`, 'back', {
      entries: () => entries,
      open: (host) => this.host(host),
      plan: entries.map(({value}) => value.host),
    });
  }

  private async host(host: AuditedHost): Promise<boolean> {
    this.show(hostText(this.page, host));
    return this.screen(`${host.host}: findings`, 'back', {
      entries: () => findingEntries(host, this.wide),
      open: (finding) => {
        this.show(findingText(this.page, host, finding));
        // A short menu: a long one would push the readings off a small screen.
        return this.screen(finding.rule, 'back', {entries: () => [], open: () => NOTHING});
      },
      plan: [host.host],
    });
  }

  /** @returns false when the person gave up, and every screen behind ends, too */
  private async screen<T>(
    message: string,
    leave: 'back' | 'quit',
    what: {
      readonly entries: () => readonly Entry<T>[];
      readonly open: (value: T) => Promise<boolean>;
      readonly plan?: readonly string[];
    },
  ): Promise<boolean> {
    for (;;) {
      const entries = what.entries();
      const plan = what.plan ?? [];
      const answer = await this.ask.choose(message, [
        ...entries.map(({label}, i) => ({value: String(i), label})),
        ...(plan.length === 0
          ? []
          : [
              {
                value: 'plan',
                label: `plan for ${plan.length === 1 ? 'this host' : `these ${plan.length} hosts`}`,
              },
            ]),
        {value: 'leave', label: leave},
      ]);
      if (answer === undefined) return false;
      if (answer === 'leave') return true;
      if (answer === 'plan') {
        const hosts = await this.ask.pick(plan);
        if (hosts === undefined) return false;
        if (hosts.length > 0)
          await this.terminal.result(`${planCommandFor(this.page.run.run, hosts)}\n`);
        continue;
      }
      const entry = entries[Number(answer)];
      if (entry !== undefined && !(await what.open(entry.value))) return false;
    }
  }

  private get wide(): number {
    return this.page.width - MARGIN.columns;
  }

  private show(text: string): void {
    process.stderr.write(`\n${text}\n`);
  }
}
