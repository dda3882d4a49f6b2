#!/usr/bin/env node
import {fileURLToPath} from 'node:url';

/**
 * Starts oclif. The version is answered before anything else is loaded: scripts ask for it often,
 * and it needs none of the 200 modules a command needs (npm run bench measures both).
 */
async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  if (['--version', '-V', 'version'].includes(first ?? '') && rest.length === 0) {
    const {readVersion} = await import('./io/package/version.js');
    process.stdout.write(`zbufctl ${readVersion()} node-${process.version}\n`);
    return;
  }
  // A shell that waits for a Tab: everything oclif does would take four times as long.
  if (first === '__complete') {
    const {complete} = await import('./cli/completion/complete.js');
    process.stdout.write(await complete(rest, process.env).catch(() => ''));
    return;
  }
  const {runCli} = await import('./cli/run-cli.js');
  await runCli(process.argv.slice(2), fileURLToPath(import.meta.url));
}

await main();
