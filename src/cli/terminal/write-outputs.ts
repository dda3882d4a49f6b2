import {writeTextFile} from '../../io/files/result-file.js';
import type {RenderOptions} from '../../report/renderer.js';
import type {Parts} from '../../text/pieces.js';
import {piecesOf} from '../../text/pieces.js';

import type {Output} from './output.js';
import type {Terminal} from './terminal.js';

/** Makes one result in a format, for a terminal or (uncoloured, unwrapped, in full) for a file. */
export type Render = (format: string, look: RenderOptions) => Parts | Promise<Parts>;

/** Goes along with one file. */
export interface Following {
  see(piece: string): void;
  /** The file is in place. */
  written(file: string): Promise<void>;
}

const FOR_FILES: RenderOptions = {colour: false, width: Infinity, verbose: true};

/**
 * Writes a result in every format asked for: files first, so that what is on the terminal last is
 * what a person reads. Each file is named on stderr with its size.
 * @param follow sees every file pass, and what else it needs is made of that, e.g. its signature
 */
export async function writeOutputs(
  outputs: readonly Output[],
  render: Render,
  terminal: Terminal,
  follow?: () => Following,
): Promise<void> {
  for (const {format, file} of outputs) {
    if (file === undefined) continue;
    const parts = await render(format, FOR_FILES);
    const following = follow?.();
    let bytes = 0;
    await writeTextFile(
      file,
      seen(parts, (piece) => {
        bytes += Buffer.byteLength(piece);
        following?.see(piece);
      }),
    );
    terminal.note(`Wrote ${file} (${sizeOf(bytes)}).`);
    await following?.written(file);
  }
  const {colour, width, verbose} = terminal;
  for (const {format, file} of outputs)
    if (file === undefined)
      for (const piece of piecesOf(await render(format, {colour, width, verbose})))
        await terminal.result(piece);
}

/** The same pieces, shown to somebody as they pass. */
function* seen(parts: Parts, onPiece: (piece: string) => void): Iterable<string> {
  for (const piece of piecesOf(parts)) {
    onPiece(piece);
    yield piece;
  }
}

/** A size as people say it: 812 bytes, 14 KB, 2.1 MB. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
