/**
 * A process that stores runs, for tests that need another process: to kill it, or to have two at
 * once.
 *
 * usage: store-child.ts STATE_DIR RUN HOSTS PAUSE_AT
 *
 * Prints `evidence N`, `document`, `locked` and `done RUN` as it goes. With PAUSE_AT one of these
 * words, it stops there and waits to be killed.
 */
import {writeSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';

import {withLock} from '../../../src/io/store/lock-file.js';
import {RunStore} from '../../../src/io/store/run-store.js';
import {evidenceFor, fleetOf} from '../../world.js';

const [stateDir = '', run = '', hosts = '', pauseAt = ''] = process.argv.slice(2);

async function say(word: string): Promise<void> {
  // process.stdout may be asynchronous, and this process is about to be killed.
  writeSync(1, `${word}\n`);
  if (word === pauseAt) await sleep(600_000);
}

const onNotice = (text: string): void => void writeSync(1, `notice ${text}\n`);
const store = new RunStore(stateDir, {onNotice});
const writer = await store.begin(run);
const document = {...fleetOf(Number(hosts)), run};
for (const [i, host] of document.hosts.entries()) {
  await writer.keepEvidence(evidenceFor(host));
  await say(`evidence ${i + 1}`);
}
if (pauseAt === 'locked')
  await withLock(`${stateDir}/runs/lock`, {waitMs: 60_000, onNotice}, () => say('locked'));
await writer.finish(document);
await say(`done ${run}`);
