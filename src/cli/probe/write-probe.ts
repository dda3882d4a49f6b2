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
import {writeOutputs} from '../terminal/write-outputs.js';

/** Shows a probe run: a matrix a host, or the document. */
export async function writeProbe(
  run: ProbeRun,
  complete: boolean,
  outputs: readonly Output[],
  terminal: Terminal,
): Promise<void> {
  await writeOutputs(
    outputs,
    (format, look) =>
      format === 'json'
        ? prettyJson(run)
        : run.hosts.map((host) => renderProbeMatrix(viewOf(host, complete), look)).join('\n'),
    terminal,
  );
}

function viewOf(host: ProbedHost, complete: boolean): ProbeView {
  const {error} = host;
  return {
    host,
    conclusions: error === undefined || host.matrix.length > 0 ? conclude(host.matrix) : [],
    ...(error === undefined ? {differences: compareWithExpected(host.matrix, {complete})} : {}),
    expectedSource: EXPECTED_SOURCE,
    ...(error === undefined
      ? {}
      : {problem: 'message' in error ? error : describeProbeError(error)}),
  };
}
