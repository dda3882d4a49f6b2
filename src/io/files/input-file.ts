import type {FileHandle} from 'node:fs/promises';
import {open} from 'node:fs/promises';

import type {Result} from '../../model/failure.js';
import {fail, ok} from '../../model/failure.js';
import type {Complaint} from '../../model/host.js';
import type {InputFile} from '../../model/inventory-input.js';
import {MAX_INVENTORY_TEXT} from '../../model/inventory-input.js';

import {errorCode} from './io-error.js';

const CHUNK = 64 * 1024;

/**
 * Reads a text file an operator named; also a pipe (`-i <(command)`). Why not, as a complaint about
 * the file.
 */
export async function readInputFile(path: string): Promise<Result<InputFile, Complaint>> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    if ((await handle.stat()).isDirectory())
      return fail(complaint(path, 'is a folder', 'Give a file; several files need several -i.'));
    // Not fatal: the parser names the line of a byte that is no UTF-8.
    const decoder = new TextDecoder('utf-8', {ignoreBOM: true});
    return ok({path, text: decoder.decode(await readUpTo(handle, MAX_INVENTORY_TEXT * 3 + 1))});
  } catch (error) {
    const code = errorCode(error) ?? '';
    const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
    if (known === undefined)
      return fail(
        complaint(path, `cannot be read (${code || String(error)})`, 'Give another file.'),
      );
    return fail(complaint(path, known[0], known[1]));
  } finally {
    await handle?.close();
  }
}

const REASONS: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ENOENT: ['is not there', 'Check the path; zbufctl init makes an inventory.'],
  ENOTDIR: ['is not there: a part of the path is not a folder', 'Check the path.'],
  EACCES: ['cannot be read: permission denied', 'Check its owner and mode (ls -l).'],
  EPERM: ['cannot be read: permission denied', 'Check its owner and mode (ls -l).'],
  ELOOP: ['is a symbolic link that leads to itself', 'Give the file itself.'],
  EISDIR: ['is a folder', 'Give a file; several files need several -i.'],
};

const complaint = (file: string, message: string, fix: string): Complaint => ({
  file,
  line: 0,
  message,
  fix,
});

/** A pipe or device has no size to ask for, and may never end. */
async function readUpTo(handle: FileHandle, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < limit) {
    const {bytesRead, buffer} = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, null);
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  return Buffer.concat(chunks);
}
