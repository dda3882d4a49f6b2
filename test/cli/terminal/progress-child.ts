/**
 * A command that is waiting for hosts, for the test of the live line.
 *
 * usage: progress-child.ts STOP_FILE [quiet|verbose]
 *
 * One host of three is finished, one is under way, until STOP_FILE appears; then the result is
 * printed.
 */
import {existsSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';

import {startProgress} from '../../../src/cli/terminal/progress.js';
import {terminalOf} from '../../../src/cli/terminal/terminal.js';

const [stop = '', word = ''] = process.argv.slice(2);
const terminal = terminalOf({colour: false, quiet: word === 'quiet', verbose: word === 'verbose'});
const progress = startProgress(3, terminal);

progress.event({kind: 'started', host: 'fw1', stage: 'connecting'});
progress.event({kind: 'started', host: 'fw2\u001b[2J', stage: 'connecting'});
progress.event({
  kind: 'finished',
  host: 'fw1',
  posture: 'unreachable',
  failure: {kind: 'refused', message: 'refused\u0007', fix: ''},
});
progress.event({kind: 'started', host: 'fw2\u001b[2J', stage: 'collecting'});
while (!existsSync(stop)) await sleep(20);
progress.end();
await terminal.result('RESULT\n');
