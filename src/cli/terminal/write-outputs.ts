import {writeTextFile} from '../../io/files/result-file.js';
import type {RenderOptions} from '../../report/renderer.js';

import type {Output} from './output.js';
import type {Terminal} from './terminal.js';

/** Makes one result in a format, for a terminal or (uncoloured, unwrapped, in full) for a file. */
export type Render = (format: string, look: RenderOptions) => string | Promise<string>;

const FOR_FILES: RenderOptions = {colour: false, width: Infinity, verbose: true};

/**
 * Writes a result in every format asked for: files first, so that what is on the terminal last is
 * what a person reads. Each file is named on stderr with its size.
 * @param afterFile what else a file needs, e.g. its signature
 */
export async function writeOutputs(
  outputs: readonly Output[],
  render: Render,
  terminal: Terminal,
  afterFile?: (file: string, text: string) => Promise<void>,
): Promise<void> {
  for (const {format, file} of outputs) {
    if (file === undefined) continue;
    const text = await render(format, FOR_FILES);
    await writeTextFile(file, text);
    terminal.note(`Wrote ${file} (${sizeOf(Buffer.byteLength(text))}).`);
    await afterFile?.(file, text);
  }
  const {colour, width, verbose} = terminal;
  for (const {format, file} of outputs)
    if (file === undefined) await terminal.result(await render(format, {colour, width, verbose}));
}

/** A size as people say it: 812 bytes, 14 KB, 2.1 MB. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
