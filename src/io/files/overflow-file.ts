import {closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {OperatorError} from '../../model/operator-error.js';

import {errorCode, explainIoError} from './io-error.js';

/** What is kept in memory before the disk is used. */
const IN_MEMORY = 4 * 1024 * 1024;

/**
 * Keeps pieces for this process: the first in memory, the rest in a temporary file that nobody else
 * can open, and that is gone with the process however it ends (its name is removed at once).
 */
export class Overflow {
  private readonly pieces: {readonly bytes?: Uint8Array; readonly at: number; length: number}[] =
    [];
  private inMemory = 0;
  private file: number | undefined;
  private written = 0;

  /** @param room bytes in memory; absent: some megabytes */
  constructor(private readonly room = IN_MEMORY) {}

  put(bytes: Uint8Array): number {
    const {length} = bytes;
    if (this.inMemory + length <= this.room) {
      this.inMemory += length;
      this.pieces.push({bytes, at: 0, length});
    } else {
      this.pieces.push({at: this.written, length});
      this.append(bytes);
    }
    return this.pieces.length - 1;
  }

  get(index: number): Uint8Array {
    const piece = this.pieces[index];
    if (piece === undefined) throw new Error(`no piece ${index}`);
    if (piece.bytes !== undefined) return piece.bytes;
    const bytes = Buffer.alloc(piece.length);
    const file = this.opened();
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, piece.at + length);
      if (read === 0) throw new Error('a temporary file was cut');
      length += read;
    }
    return bytes;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private append(bytes: Uint8Array): void {
    try {
      const file = this.opened();
      let length = 0;
      while (length < bytes.length)
        length += writeSync(file, bytes, length, bytes.length - length, this.written + length);
      this.written += bytes.length;
    } catch (error) {
      const doing = `cannot write a temporary file in ${tmpdir()}`;
      if (errorCode(error) === 'ENOENT')
        throw new OperatorError(`${doing}: it is not there`, 'Set TMPDIR to a folder that is.');
      throw explainIoError(error, doing, 'set TMPDIR to another folder');
    }
  }

  private opened(): number {
    if (this.file !== undefined) return this.file;
    const folder = mkdtempSync(join(tmpdir(), 'zbufctl-'));
    try {
      this.file = openSync(join(folder, 'hosts'), 'wx+', 0o600);
    } finally {
      rmSync(folder, {recursive: true, force: true});
    }
    return this.file;
  }
}
