import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';

import {packageRoot} from '../io/package/package-root.js';

/**
 * `npm run demo`: what a newcomer would type, shown and run. Starts the practice fleet, audits it
 * over SSH, prints the table, keeps the run as JSON, stops the fleet. Touches nothing outside a
 * temporary folder and zbufctl-demo.json.
 */
const main = join(packageRoot(), 'dist/src/main.cjs');
const result = join(process.cwd(), 'zbufctl-demo.json');
const dir = mkdtempSync(join(tmpdir(), 'zbufctl-demo-'));
const lab = join(dir, 'lab');

/** Runs zbufctl as shown; returns its exit code. */
function zbufctl(...args: string[]): number {
  process.stdout.write(
    `\n$ zbufctl ${args.map((a) => (relative(process.cwd(), a).length < a.length && a.startsWith('/') ? relative(process.cwd(), a) || a : a)).join(' ')}\n`,
  );
  const {status} = spawnSync(process.execPath, [main, ...args], {stdio: 'inherit'});
  return status ?? 1;
}

let code = 1;
try {
  if (zbufctl('lab', 'up', '--hosts', '12', '--dir', lab) === 0) {
    code = zbufctl(
      'audit',
      '-i',
      join(lab, 'zbufctl.yaml'),
      '--state-dir',
      join(dir, 'state'),
      '-o',
      `json:${result}`,
    );
  }
} finally {
  zbufctl('lab', 'down', '--dir', lab);
  rmSync(dir, {recursive: true, force: true});
}
// 3: findings, 4: unknown hosts. The practice fleet has both on purpose; anything else is a failed
// demo.
if (code === 3 || code === 4) {
  process.stdout.write(
    `\nThe run is in ${relative(process.cwd(), result)}. Exit code ${code} of the audit: it found what the practice hosts are there to show.\n`,
  );
} else {
  process.stdout.write(`\nThe demo did not work: the audit ended with ${code}.\n`);
  process.exitCode = 1;
}
