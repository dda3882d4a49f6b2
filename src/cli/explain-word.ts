import {explain} from '../app/explain.js';
import {OperatorError} from '../model/operator-error.js';
import {prettyJson} from '../text/canonical-json.js';
import {sanitize} from '../text/sanitize.js';

import {hangLines} from '../report/terminal/wrap.js';
import {loadServices} from './hosts/load-services.js';

/** `zbufctl explain ID`: the text, or JSON. */
export async function explainWord(
  word: string,
  options: {readonly json: boolean; readonly width: number},
): Promise<string> {
  const found = explain(word, await loadServices());
  if (found.kind === 'not-found') {
    const hint = found.near.length === 0 ? '' : `Did you mean ${found.near.join(' or ')}? `;
    throw new OperatorError(
      `nothing is called "${sanitize(word, {limit: 80})}" here`,
      `${hint}zbufctl services lists the services; also known: rules (ZBUF-001), postures, failures, results, steps, fork-patterns.`,
    );
  }
  if (options.json)
    return prettyJson({schema: 'zbufctl.explanation/1', id: found.id, text: found.text});
  return Number.isFinite(options.width) ? hangLines(found.text, options.width) : found.text;
}
