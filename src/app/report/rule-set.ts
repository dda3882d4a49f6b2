import type {RuleSet} from '../../model/bundle.js';
import type {Service} from '../../model/service.js';
import {sha256} from '../../report/sha256.js';
import {canonicalJson} from '../../text/canonical-json.js';

import {ruleTexts} from './report-of-run.js';

/** Which rules these are: equal digests give equal verdicts, as far as texts can tell. */
export const ruleSet = (version: string, services: readonly Service[]): RuleSet => ({
  version,
  digest: sha256(canonicalJson({rules: ruleTexts(), services})),
});
