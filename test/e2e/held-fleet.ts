import type {ChildProcess} from 'node:child_process';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';

import {expect} from 'vitest';

import type {LabHost} from '../../src/lab/start-lab.js';
import type {HostResult} from '../../src/model/apply-run.js';
import type {Plan} from '../../src/model/plan.js';

import type {ChangeLab} from './change-lab.js';
import {atPath, changeLab, lockOf, setRunning, snapshot, until} from './change-lab.js';

/**
 * A call of the host's script during a change. An undisturbed run is traced first; then there is
 * one host a call, each held just before that call, so that one `apply` stands at every point at
 * once.
 */
export interface Point {
  readonly part: 'begin' | 'take-lock' | 'work' | 'confirm' | 'free-lock';
  readonly number: number;
}

/**
 * Calls that leave everything as it is, or only see to it that it is on disk: to stand before one
 * is to stand before the next that does more. The journal is written by the shell itself, just
 * before it is synced.
 */
const READS =
  /^\d+\t(?:(?:id|ps|stat|cmp|readlink|chmod|sysctl -n|sysrc -f \S+ -n|service \S+ (?:one)?status|lockf)\b|fsync (?!\S*journal))/;

export const calls = (host: LabHost, part: string): readonly string[] => {
  const file = atPath(host, `.lab/trace.${part}`);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
};

/** The points of a change, and how a host looks before and after it. */
export interface Traced {
  readonly points: readonly Point[];
  readonly untouched: Readonly<Record<string, string>>;
  readonly changed: Readonly<Record<string, string>>;
}

/** Fleets of one test file; `stop` ends them all. */
export class HeldFleets {
  private readonly fleets: ChangeLab[] = [];

  async open(names: readonly string[]): Promise<ChangeLab> {
    const fleet = await changeLab(names.map((name) => ({name, scenario: 'pf-logger-at-boot'})));
    this.fleets.push(fleet);
    for (const host of fleet.lab.hosts) setRunning(host, 1);
    return fleet;
  }

  async stop(): Promise<void> {
    for (const fleet of this.fleets) await fleet.stop();
  }

  /** Carries a change out undisturbed and looks at what it did. */
  async trace(): Promise<Traced> {
    const fleet = await this.open(['traced']);
    const host = fleet.lab.host('traced');
    const untouched = withoutName(host);
    const plan = await fleet.plan();
    writeFileSync(atPath(host, '.lab/trace'), '');
    expect((await fleet.apply(plan.id)).host('traced').result).toBe('changed');
    const changed = withoutName(host);
    const points = (['begin', 'take-lock', 'work', 'confirm', 'free-lock'] as const).flatMap(
      (part) => {
        const made = calls(host, part);
        const start = made.findIndex((call) => call.includes('change.sh work'));
        // From the start of the worker on, begin only looks how far that is: as often as it takes.
        const steady = part === 'begin' ? made.slice(0, start + 1) : made;
        return steady.flatMap((call, i): Point[] =>
          READS.test(call) ? [] : [{part, number: i + 1}],
        );
      },
    );
    expect(points.length).toBeGreaterThan(35);
    return {points, untouched, changed};
  }

  /** Starts an apply and waits until every host stands at its point. */
  async holdAt(chosen: readonly Point[], confirmSeconds: number): Promise<Held> {
    const fleet = await this.open(chosen.map(nameOf));
    const plan = await fleet.plan();
    for (const point of chosen) {
      const host = fleet.lab.host(nameOf(point));
      writeFileSync(atPath(host, '.lab/trace'), '');
      writeFileSync(atPath(host, '.lab/trace.at'), `${point.part} ${point.number} before hold\n`);
    }
    let controller: ChildProcess | undefined;
    const apply = fleet.run(
      [
        'apply',
        plan.id,
        ...fleet.where,
        ...ALL_AT_ONCE,
        ...['--confirm-timeout', String(confirmSeconds)],
      ],
      {
        onStart: (child) => {
          controller = child;
        },
      },
    );
    await until(
      'every host to stand at its point',
      () => fleet.lab.hosts.every((host) => existsSync(atPath(host, '.lab/trace.held'))),
      300,
    );
    if (controller === undefined) throw new Error('not started');
    return {
      fleet,
      plan,
      apply,
      controller,
      release: () => {
        for (const host of fleet.lab.hosts) writeFileSync(atPath(host, '.lab/trace.go'), '');
      },
    };
  }
}

/** Hosts differ by name in some of their files. */
export const withoutName = (host: LabHost): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(snapshot(host)).map(([key, text]) => [key, text.replaceAll(host.name, 'NAME')]),
  );

export const nameOf = ({part, number}: Point): string => `${part}-${number}`;

export const ALL_AT_ONCE = [
  ...['--yes', '--json', '--canary', '0', '--batch', '100%', '--max-failures', '100%'],
  ...['--concurrency', '512'],
];

export interface Held {
  readonly fleet: ChangeLab;
  readonly plan: Plan;
  readonly apply: Promise<Awaited<ReturnType<ChangeLab['run']>>>;
  readonly controller: ChildProcess;
  /** Lets every host go on. */
  release(): void;
}

/** Nothing half-done, no lock, no temporary file beside anything. */
export function expectWhole(host: LabHost, results: readonly HostResult[], traced: Traced): void {
  const now = withoutName(host);
  const expected = results.includes('changed') ? traced.changed : traced.untouched;
  expect([host.name, now]).toEqual([host.name, expected]);
  expect([host.name, lockOf(host)]).toEqual([host.name, undefined]);
}
