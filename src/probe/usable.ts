import type {ProbedHost} from '../model/probe.js';
import {compareWithExpected} from './compare.js';

/**
 * Whether a probe says something of a kernel: it came to a result, of a kernel and not of a model,
 * and either asked everything or found what nobody expected.
 */
export function isUsable(probe: ProbedHost): boolean {
  if (probe.error !== undefined || probe.model) return false;
  const differences = compareWithExpected(probe.matrix, {complete: true});
  return (
    !differences.some(({what}) => what === 'missing') ||
    differences.some(({what}) => what !== 'missing')
  );
}
