import {writeTextFile} from '../../io/files/result-file.js';
import type {ProbedHost, ProbeRun} from '../../model/probe.js';
import {compareWithExpected} from '../../probe/compare.js';
import {conclude} from '../../probe/conclude.js';
import {describeProbeError} from '../../probe/describe-error.js';
import {EXPECTED_SOURCE} from '../../probe/expected-matrix.js';
import type {ProbeView} from '../../report/probe/probe-matrix.js';
import {renderProbeMatrix} from '../../report/probe/probe-matrix.js';
import {prettyJson} from '../../text/canonical-json.js';

import type {Output} from '../terminal/output.js';
import type {Terminal} from '../terminal/terminal.js';

/** Shows a probe run: a matrix a host, or the document. */
export async function writeProbe(
  run: ProbeRun,
  complete: boolean,
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<void> {
  const render = (format: string, colour: boolean, width: number): string =>
    format === 'json'
      ? prettyJson(run)
      : run.hosts
          .map((host) =>
            renderProbeMatrix(viewOf(host, complete), {colour, width, verbose: terminal.verbose}),
          )
          .join('\n');
  for (const {format, file} of outputs) {
    if (file === undefined) await terminal.result(render(format, terminal.colour, terminal.width));
    else await writeTextFile(file, render(format, false, Infinity));
  }
}

function viewOf(host: ProbedHost, complete: boolean): ProbeView {
  const {error} = host;
  return {
    host,
    conclusions: error === undefined || host.matrix.length > 0 ? conclude(host.matrix) : [],
    ...(error === undefined ? {differences: compareWithExpected(host.matrix, {complete})} : {}),
    expectedSource: EXPECTED_SOURCE,
    ...(error === undefined ? {} : {problem: 'message' in error ? error : describeProbeError(error)}),
  };
}
