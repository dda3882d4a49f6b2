import {randomBytes} from 'node:crypto';
import {link, open, readFile, rm} from 'node:fs/promises';
import {hostname} from 'node:os';
import {setTimeout as sleep} from 'node:timers/promises';

import {OperatorError} from '../../model/operator-error.js';
import {sanitize} from '../../text/sanitize.js';
import {errorCode} from '../files/io-error.js';

export interface LockOptions {
  /** Milliseconds to wait for another process that is alive. */
  readonly waitMs: number;
  /** Told when a lock of a process that is gone was removed. */
  readonly onNotice: (text: string) => void;
}

/** Who holds a lock. `nonce` makes each taking of it a thing of its own. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
  readonly nonce: string;
}

const RETRY_MS = 25;

/**
 * Does `work` while no other process does, by a lock file that names its owner. The lock of a
 * process that has ended is recovered, and said so; one of another machine, or one that cannot be
 * read, is never broken: after `waitMs` the error says whose it is and how to remove it.
 */
export async function withLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const nonce = await acquire(path, options);
  try {
    return await work();
  } finally {
    const owner = await readOwner(path);
    if (owner?.nonce === nonce) await rm(path, {force: true});
  }
}

async function acquire(path: string, options: LockOptions): Promise<string> {
  const owner: Owner = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    nonce: randomBytes(8).toString('hex'),
  };
  const mine = `${path}.${owner.nonce}`;
  const deadline = performance.now() + options.waitMs;
  await writeNew(mine, JSON.stringify(owner));
  try {
    for (;;) {
      // A hard link appears with its content or not at all, and never over an existing lock.
      if (await tryLink(mine, path)) return owner.nonce;
      const other = await readOwner(path);
      if (other !== undefined && isGone(other) && (await breakLock(path, other))) {
        options.onNotice(
          `removed a stale lock: ${path} was taken by process ${other.pid} at ${other.since}, which has ended`,
        );
        continue;
      }
      if (performance.now() > deadline) throw heldError(path, other);
      await sleep(RETRY_MS);
    }
  } finally {
    await rm(mine, {force: true});
  }
}

/**
 * Removes one particular taking of the lock. Only one process can create the marker with its nonce,
 * so no process can remove a lock that somebody took in the meantime.
 */
async function breakLock(path: string, stale: Owner): Promise<boolean> {
  const marker = `${path}.broken-${stale.nonce}`;
  try {
    await writeNew(marker, String(process.pid));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    // Between our reading and our marker another process may have broken it, removed its marker,
    // and a third taken the lock.
    const current = await readOwner(path);
    if (current?.nonce !== stale.nonce) return false;
    await rm(path, {force: true});
    return true;
  } finally {
    await rm(marker, {force: true});
  }
}

function heldError(path: string, owner: Owner | undefined): OperatorError {
  const who =
    owner === undefined
      ? 'an unknown owner'
      : `process ${owner.pid} on ${sanitize(owner.host, {limit: 255})} since ${sanitize(owner.since, {limit: 40})}`;
  return new OperatorError(
    `${path} is held by ${who}`,
    `Wait for it to end. If no zbufctl runs there, remove the lock: rm '${path}'*`,
    5,
  );
}

/** True when the owner was a process of this machine and no such process exists any more. */
function isGone({pid, host}: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

/** Undefined when there is no lock, or one that says nothing we understand. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const {pid, host, since, nonce} = value as Record<string, unknown>;
  return (
    Number.isInteger(pid) &&
    (pid as number) > 0 &&
    typeof host === 'string' &&
    typeof since === 'string' &&
    typeof nonce === 'string' &&
    /^[0-9a-f]{16}$/.test(nonce)
  );
}
