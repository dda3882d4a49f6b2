import type {HelperResult} from '../../model/audit-run.js';
import {safeText} from './finding-text.js';

/** What the helper's answer on a practice host is worth. */
export const MODEL_HELPER =
  'a model of the kernel answered, which knows nothing of the captures there';

/**
 * What a reader has to know of --with-helper on a host; '' when it did its work, or nobody asked.
 */
export function helperText(helper: HelperResult | undefined): string {
  switch (helper?.state) {
    case undefined:
    case 'answered':
      return '';
    case 'model':
      return `The helper: ${MODEL_HELPER}.`;
    case 'failed':
      return `The helper failed: ${safeText(helper.why ?? 'no reason was given')}`;
  }
}
