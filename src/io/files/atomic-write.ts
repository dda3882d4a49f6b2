import {randomBytes} from 'node:crypto';
import {closeSync, fsync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {promisify} from 'node:util';

import type {Parts} from '../../text/pieces.js';
import {piecesOf} from '../../text/pieces.js';

const synced = promisify(fsync);

/**
 * Puts a file in place whole or not at all: a temporary file beside it (never through a link
 * somebody left there), fsync, rename. After a crash the old file or the new one is there; a
 * `.name.….tmp` may be left and is read by nobody. The entry itself is on disk for sure only after
 * `syncDirectory`.
 *
 * Only fsync waits for the disk, so only fsync is left to another thread: to hand it each of the
 * other four calls costs more than they do, and an audit writes a file a host.
 */
export async function writeFileAtomically(path: string, text: Parts, mode = 0o600): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      for (const piece of piecesOf(text)) writeFileSync(file, piece);
      await synced(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removed(temporary);
    throw error;
  }
}

/** What went wrong before is what is told. */
function removed(path: string): void {
  try {
    rmSync(path, {force: true});
  } catch {
    // It stays, and is read by nobody.
  }
}

/**
 * Makes the names in a directory (what was created, renamed or removed there) survive a power cut.
 */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
