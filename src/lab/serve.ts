import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';

import type {ServeRequest} from './fleet-process.js';
import {runFleet} from './fleet-process.js';
import {STATE_FILE} from './lab-state.js';

/**
 * The process of a practice fleet: `node serve.js DIR` with a ServeRequest on stdin. Says "ready"
 * when it answers and ends on SIGTERM, or when its folder is gone. The folder stands in argv for
 * people who look at ps(1).
 */
const request = JSON.parse(await text(process.stdin)) as ServeRequest;
const stop = new Promise<void>((resolve) => {
  process.once('SIGTERM', resolve);
  const watch = setInterval(() => {
    if (existsSync(join(request.dir, STATE_FILE))) return;
    clearInterval(watch);
    resolve();
  }, 5000);
  watch.unref();
});
// Whoever started it may be gone by now.
process.stdout.on('error', () => undefined);
await runFleet(request, stop, () => {
  process.stdout.write('ready\n');
});
