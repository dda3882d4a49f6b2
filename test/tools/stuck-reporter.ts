import {spawnSync} from 'node:child_process';

import type {Reporter, TestCase, TestModule} from 'vitest/node';

/** What a file was last known to do. */
interface News {
  /** A worker tells in bundles: a test that blocks it at once may not have been told. */
  readonly doing: string;
  /** Milliseconds of Date.now(): until then nothing more needs to be heard of it. */
  readonly until: number;
}

/**
 * Ends a run in which a file gives no sign of life for `seconds`, or for twice what its test may
 * take: says which file, kills what the run started and exits with 1. vitest itself cannot: its
 * time limits are timers of the worker, and never fire there while the test waits inside a call (a
 * deadlock of Node, execFileSync of a program that asks something). CI would wait until its own
 * limit, and could not say for whom.
 */
export default class StuckReporter implements Reporter {
  readonly #limit: number;
  readonly #news = new Map<string, News>();
  #timer: NodeJS.Timeout | undefined;

  constructor({seconds}: {readonly seconds: number}) {
    this.#limit = seconds * 1000;
  }

  onTestRunStart(): void {
    this.#timer = setInterval(() => {
      this.#look();
    }, this.#limit / 10);
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  onTestModuleQueued(module: TestModule): void {
    this.#heard(module, 'loading');
  }

  onTestModuleStart(module: TestModule): void {
    this.#heard(module, 'starting');
  }

  onTestCaseReady(test: TestCase): void {
    this.#heard(test.module, test.fullName, 2 * (test.options.timeout ?? 0));
  }

  onTestCaseResult(test: TestCase): void {
    this.#heard(test.module, `after "${test.fullName}"`);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#news.delete(module.relativeModuleId);
  }

  /** @param own milliseconds the test itself may take, where that is more */
  #heard(module: TestModule, doing: string, own = 0): void {
    const until = Date.now() + Math.max(this.#limit, own);
    this.#news.set(module.relativeModuleId, {doing, until});
  }

  #look(): void {
    const stuck = [...this.#news].filter(([, {until}]) => Date.now() > until);
    if (stuck.length === 0) return;
    for (const [file, {doing}] of stuck)
      process.stdout.write(`stuck: ${file}, last heard: ${doing}\n`);
    killDescendants();
    // eslint-disable-next-line no-restricted-properties -- vitest would wait for the worker.
    process.exit(1);
  }
}

/** Workers as well: one that is stuck would live on, and hold the output of the run open. */
function killDescendants(): void {
  const {stdout} = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], {encoding: 'utf8'});
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): readonly number[] =>
    pairs.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  for (const pid of below(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in between, as ps itself did.
    }
  }
}
