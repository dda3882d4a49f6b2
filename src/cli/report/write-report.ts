import {overflowShelf} from '../../io/files/overflow-shelf.js';
import {loadReportAssets} from '../../io/package/report-assets.js';
import {NAMESPACE} from '../../io/signing/sshsig-format.js';
import type {Severity} from '../../model/finding.js';
import type {Report} from '../../model/report.js';
import {wordOf} from '../../model/words.js';
import type {Parts} from '../../text/pieces.js';
import {REPORT_FORMATS, REPORT_RENDERERS} from '../../report/report-renderers.js';
import {signFiles} from '../sign-files.js';
import {signerFor} from '../signer-for.js';
import type {Output} from '../terminal/output.js';
import {writeOutputs} from '../terminal/write-outputs.js';
import type {World} from '../world.js';

export interface WriteOptions {
  readonly outputs: readonly Output[];
  readonly failOn: Severity;
  /** `agent` or a key file; absent: nothing is signed. */
  readonly sign: string | undefined;
  /** The report with its evidence, written and signed as the formats are. */
  readonly bundle: {readonly file: string; readonly parts: Parts} | undefined;
}

/** No format of its own: it holds more than the report. */
const BUNDLE = 'bundle';

/** Renders and writes every format, files first, and signs each file into FILE.sig. */
export async function writeReport(
  report: Report,
  {outputs, failOn, sign, bundle}: WriteOptions,
  {terminal, surroundings}: World,
): Promise<void> {
  // The key comes first: a report that should be signed and can not be is not written.
  const signer = sign === undefined ? undefined : await signerFor(sign, surroundings);
  const html = () => loadReportAssets().html;
  await writeOutputs(
    bundle === undefined ? outputs : [{format: BUNDLE, file: bundle.file}, ...outputs],
    async (format, look) => {
      if (format === BUNDLE && bundle !== undefined) return bundle.parts;
      const known = wordOf(REPORT_FORMATS, format);
      if (known === undefined) throw new Error(`no renderer for ${format}`);
      return (await REPORT_RENDERERS[known]())(report, {
        ...look,
        failOn,
        html,
        shelf: overflowShelf,
      });
    },
    terminal,
    signer && signFiles(signer, NAMESPACE, terminal),
  );
}
