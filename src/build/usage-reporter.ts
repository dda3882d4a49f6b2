import {renameSync, writeFileSync} from 'node:fs';

/**
 * Preloaded (`node --import`) into a zbufctl process that is measured: at its end it writes what
 * the process used to the file named by ZBUFCTL_USAGE_FILE, and before that on SIGUSR2, when what
 * is garbage is gone (node --expose-gc). CPU in milliseconds, memory in KiB.
 */
const file = process.env['ZBUFCTL_USAGE_FILE'];
if (file !== undefined) {
  const write = (): void => {
    const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
    const {rss, heapUsed, external} = process.memoryUsage();
    const usage = {
      cpuMs: (userCPUTime + systemCPUTime) / 1000,
      maxRssKiB: maxRSS,
      rssKiB: rss / 1024,
      usedKiB: (heapUsed + external) / 1024,
    };
    // Renamed: whoever waits for it reads all of it.
    writeFileSync(`${file}.new`, JSON.stringify(usage));
    renameSync(`${file}.new`, file);
  };
  process.on('exit', write);
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    write();
  });
}
