import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {expect, test} from 'vitest';

import {loadWatchTemplates} from '../../src/io/package/templates.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {NAMESPACE, ONE_PROCESS} from '../collect/replay/process-count.js';
import {ReplayHost} from '../collect/replay/replay-host.js';

const {sample, look} = loadWatchTemplates();

/** How many processes a script starts on a host, all of its own forks among them. */
function processes(script: string): number {
  const host = new ReplayHost({
    state: 'freebsd-15.1/pflogd-stalled-zerocopy',
    programs: ONE_PROCESS,
  });
  try {
    writeFileSync(join(host.root, 'script.sh'), script);
    const count = `/bin/sh -s <"$ZBUFCTL_ROOT/script.sh"; /bin/sh -c 'echo pid $$'; :`;
    const {stdout} = spawnSync('unshare', [...(NAMESPACE ?? []), '/bin/sh', '-c', count], {
      encoding: 'utf8',
      env: {PATH: process.env['PATH'], ZBUFCTL_ROOT: host.root},
    });
    return Number(/^pid (\d+)$/m.exec(stdout)?.[1]);
  } finally {
    host.remove();
  }
}

const samples = (count: number): number =>
  processes(scriptWithArguments(sample, ['0', String(count)]));

test.runIf(NAMESPACE !== undefined)('what a sample and a look start on a host', () => {
  const each = (samples(12) - samples(2)) / 10;
  const looked = processes(scriptWithArguments(look, ['0']));
  process.stdout.write(`watch: ${each} processes a sample and a sleep, ${looked} a look\n`);
  // A count that is too small counts something else.
  expect([each >= 2, looked > 20]).toEqual([true, true]);
  expect(each).toBeLessThanOrEqual(4);
  expect(looked).toBeLessThanOrEqual(70);
});
