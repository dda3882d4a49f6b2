import {readFile} from 'node:fs/promises';

/**
 * How many files and connections this process may have open at a time (RLIMIT_NOFILE; Node has
 * raised it as far as it may be); undefined: no limit, or not known.
 */
export async function descriptorLimit(): Promise<number | undefined> {
  const limit = (await fromProc()) ?? fromReport();
  return typeof limit === 'number' && Number.isSafeInteger(limit) ? limit : undefined;
}

/** proc(5), where there is one: at no cost. */
async function fromProc(): Promise<number | undefined> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const found = /^Max open files +(\d+) /m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Elsewhere, as on FreeBSD, Node's own report knows it. */
function fromReport(): unknown {
  const report = process.report.getReport() as {
    readonly userLimits?: {readonly open_files?: {readonly soft?: unknown}};
  };
  return report.userLimits?.open_files?.soft;
}
