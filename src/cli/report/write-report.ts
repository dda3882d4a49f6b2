import {loadReportAssets} from '../../io/package/report-assets.js';
import {writeTextFile} from '../../io/files/result-file.js';
import {fingerprint, NAMESPACE} from '../../io/signing/sshsig-format.js';
import {signMessage} from '../../io/signing/sshsig.js';
import type {Severity} from '../../model/finding.js';
import type {Report} from '../../model/report.js';
import {isReportFormat, REPORT_RENDERERS} from '../../report/report-renderers.js';

import type {Output} from '../terminal/output.js';
import {signerFor} from '../signer-for.js';
import type {Surroundings} from '../terminal/surroundings.js';
import type {Terminal} from '../terminal/terminal.js';

export interface WriteOptions {
  readonly outputs: readonly Output[];
  readonly failOn: Severity;
  /** `agent` or a key file; absent: nothing is signed. */
  readonly sign: string | undefined;
  readonly around: Surroundings;
  readonly terminal: Terminal;
}

/** Renders and writes every format, files first, and signs each file into FILE.sig. */
export async function writeReport(report: Report, options: WriteOptions): Promise<void> {
  const {outputs, terminal, failOn} = options;
  // The key comes first: a report that should be signed and can not be is not written.
  const signer = options.sign === undefined ? undefined : await signerFor(options.sign, options.around);
  const html = () => loadReportAssets().html;
  const inOrder = [...outputs].sort((a, b) => Number(a.file === undefined) - Number(b.file === undefined));
  for (const {format, file} of inOrder) {
    if (!isReportFormat(format)) throw new Error(`no renderer for ${format}`);
    const render = await REPORT_RENDERERS[format]();
    if (file === undefined) {
      const {colour, width, verbose} = terminal;
      await terminal.result(render(report, {colour, width, verbose, failOn, html}));
      continue;
    }
    const text = render(report, {colour: false, width: Infinity, verbose: true, failOn, html});
    await writeTextFile(file, text);
    if (signer === undefined) continue;
    await writeTextFile(`${file}.sig`, await signMessage(Buffer.from(text), signer));
    terminal.note(`Signed ${file} with ${fingerprint(signer.publicKey)} for ${NAMESPACE}: ${file}.sig`);
  }
}
