import {writeTextFile} from '../io/result-file.js';
import type {AuditRun} from '../model/audit-run.js';
import {isFormat, RENDERERS} from '../report/renderers.js';

import type {Output} from './output.js';
import type {Terminal} from './terminal.js';

/** Renders a run in every format asked for: files first, so that what is on the terminal last is what a person reads. */
export async function writeResults(
  run: AuditRun,
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<void> {
  const inOrder = [...outputs].sort((a, b) => Number(a.file === undefined) - Number(b.file === undefined));
  for (const {format, file} of inOrder) {
    if (!isFormat(format)) throw new Error(`no renderer for ${format}`);
    const render = await RENDERERS[format]();
    if (file === undefined) {
      await terminal.result(render(run, terminal));
    } else {
      await writeTextFile(file, render(run, {colour: false, width: Infinity, verbose: true}));
    }
  }
}
