import type {PolicyMistake} from '../../model/inventory-input.js';
import {extendControls, parseControls} from '../../report/compliance/controls.js';

import type {ControlsSource} from './report-controls.js';

/**
 * What is wrong with a policy's `controls`. Apart from policy-check.ts: it brings the schema
 * validator with it.
 */
export function controlMistakes(
  value: unknown,
  {text, file, schema}: ControlsSource,
): readonly PolicyMistake[] {
  const own = parseControls(text, file, schema);
  return extendControls(own.controls, value, '', schema).complaints.map(({path, what, fix}) => ({
    path: ['controls', ...path],
    message: what,
    fix,
  }));
}
