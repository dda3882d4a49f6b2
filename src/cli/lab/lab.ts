import {join, resolve} from 'node:path';

import {
  claimFolder,
  discardFleet,
  runFleet,
  startFleet,
  stopFleet,
} from '../../lab/fleet-process.js';
import type {LabState} from '../../lab/lab-state.js';
import {isRunning, readState} from '../../lab/lab-state.js';
import {RELEASES} from '../../lab/machine.js';
import {SCENARIOS, SCENARIO_NAMES, requestHosts} from '../../lab/scenarios.js';
import type {ScenarioName} from '../../lab/scenarios.js';

import {surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

// For the flags of commands/lab, which may not look into the lab itself.
export {RELEASES, SCENARIO_NAMES};

export interface LabFolder {
  readonly dir?: string | undefined;
  readonly 'state-dir'?: string | undefined;
  readonly json: boolean;
}

export interface LabUpFlags extends LabFolder {
  readonly hosts?: number | undefined;
  readonly scenario?: readonly ScenarioName[] | undefined;
  readonly release?: (typeof RELEASES)[number] | undefined;
  readonly foreground: boolean;
}

/** Where a fleet is made: --dir, or $XDG_STATE_HOME/zbufctl/lab. */
const folderOf = (flags: LabFolder): string =>
  flags.dir === undefined
    ? join(surroundings(flags['state-dir']).stateDirectory, 'lab')
    : resolve(flags.dir);

/** Where a fleet is: --dir, else the current folder when a fleet is in it, else the default. */
const folderOfFleet = (flags: LabFolder): string =>
  flags.dir === undefined && typeof readState(process.cwd()) !== 'string'
    ? process.cwd()
    : folderOf(flags);

/** `zbufctl lab up`: starts the practice fleet and says how to use it. */
export async function labUp(flags: LabUpFlags, terminal: Terminal): Promise<void> {
  const dir = folderOf(flags);
  const hosts = requestHosts(flags.hosts, flags.scenario ?? [], flags.release);
  claimFolder(dir, (stale) => {
    terminal.note(`Removing what a practice fleet left that was killed (pid ${stale.pid}).`);
  });
  if (!flags.foreground) {
    const state = await startFleet({dir, hosts});
    await terminal.result(flags.json ? json(state) : welcome(flags, dir, state));
    return;
  }
  const stop = new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await runFleet({dir, hosts}, stop, () => {
    const state = readState(dir);
    if (typeof state === 'string') return;
    void terminal.result(flags.json ? json(state) : welcome(flags, dir, state));
  });
  discardFleet(dir);
  terminal.note('The practice fleet has stopped.');
}

/** `zbufctl lab down`: stops it and removes its files. */
export async function labDown(flags: LabFolder, terminal: Terminal): Promise<void> {
  const dir = folderOfFleet(flags);
  const outcome = await stopFleet(dir);
  const said = {
    stopped: 'The practice fleet has stopped; its files are removed.',
    stale: 'The practice fleet had been killed; its files are removed.',
    none: `No practice fleet in ${dir}.`,
  }[outcome];
  await terminal.result(
    flags.json ? json({schema: 'zbufctl.lab-down/1', dir, outcome}) : `${said}\n`,
  );
}

/** `zbufctl lab list`: the hosts of the running fleet, or the scenarios there are. */
export async function labList(
  flags: LabFolder & {readonly scenarios: boolean},
  terminal: Terminal,
): Promise<void> {
  if (flags.scenarios) {
    const scenarios = SCENARIO_NAMES.map((name) => ({
      name,
      releases: SCENARIOS[name].releases,
      summary: SCENARIOS[name].summary,
    }));
    const rows = scenarios.map(({name, releases, summary}) => [name, releases.join(' '), summary]);
    await terminal.result(
      flags.json
        ? json({schema: 'zbufctl.lab-scenarios/1', scenarios})
        : columns([['SCENARIO', 'RELEASES', 'WHAT'], ...rows]),
    );
    return;
  }
  const dir = folderOfFleet(flags);
  const state = readState(dir);
  if (typeof state === 'string') {
    const none = {schema: 'zbufctl.lab/1', running: false, hosts: []};
    await terminal.result(flags.json ? json(none) : `No practice fleet in ${dir}.\n`);
    return;
  }
  const running = isRunning(state);
  if (!running)
    terminal.note(
      `This practice fleet was killed (pid ${state.pid}); zbufctl lab down removes it.`,
    );
  const rows = state.hosts.map((h) => [
    h.name,
    h.scenario,
    h.release,
    `${h.address}:${h.port}`,
    h.user,
  ]);
  await terminal.result(
    flags.json
      ? json({...state, running})
      : columns([['HOST', 'SCENARIO', 'RELEASE', 'ADDRESS', 'USER'], ...rows]),
  );
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function welcome(flags: LabUpFlags, dir: string, state: LabState): string {
  const same = flags.dir === undefined ? '' : ` --dir ${dir}`;
  return [
    `${state.hosts.length === 1 ? '1 practice host is' : `${state.hosts.length} practice hosts are`} up in ${dir} (pid ${state.pid}).`,
    `Audit them:  zbufctl audit -i ${state.inventory}`,
    `See them:    zbufctl lab list${same}`,
    `Stop them:   ${flags.foreground ? 'Ctrl-C' : `zbufctl lab down${same}`}`,
    '',
  ].join('\n');
}

/** Names of hosts and scenarios are plain ASCII: a character is a column. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) =>
    Math.max(...rows.map((row) => (row[i] ?? '').length)),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
