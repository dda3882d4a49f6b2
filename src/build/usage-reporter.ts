import {writeFileSync} from 'node:fs';

/**
 * Preloaded (`node --import`) into a zbufctl process that is measured: at its end it writes what
 * the process used to the file named by ZBUFCTL_USAGE_FILE. CPU in milliseconds, memory in KiB.
 */
const file = process.env['ZBUFCTL_USAGE_FILE'];
if (file !== undefined) {
  process.on('exit', () => {
    const {userCPUTime, systemCPUTime, maxRSS} = process.resourceUsage();
    writeFileSync(
      file,
      JSON.stringify({cpuMs: (userCPUTime + systemCPUTime) / 1000, maxRssKiB: maxRSS}),
    );
  });
}
