import {parseWindowRange} from '../inventory/index.js';
import type {InventoryAnswers} from '../inventory/index.js';
import type {ZerocopyWish} from '../model/policy.js';
import {OperatorError} from '../model/operator-error.js';
import type {Service} from '../model/service.js';
import {wordsIn} from '../model/words.js';

import type {InitInterview, InitRequest} from './init-ports.js';
import {serviceNames, unknownServiceFix} from './service-names.js';

type PolicyAnswers = Pick<InventoryAnswers, 'zerocopy' | 'keep' | 'window'>;

/** The three questions' first: what people want, not what the key is called. */
const ZEROCOPY_LABEL: Readonly<Record<ZerocopyWish, string>> = {
  auto: 'only where a probe of that very kernel proved it safe (auto)',
  off: 'no: copying is fast enough, and no capture can lose its buffers (off)',
  on: 'yes, wherever a plan finds nothing against it (on)',
};

/**
 * What the policy is to say, in three questions: may captures be zero-copy, what must never be
 * restarted, and when may hosts be changed. `undefined`: the person gave up.
 */
export async function gatherPolicy(
  request: Pick<InitRequest, 'zerocopy' | 'keep' | 'window'>,
  interview: InitInterview | undefined,
  services: readonly Service[],
): Promise<PolicyAnswers | undefined> {
  const known = serviceNames(services);
  const keepProblem = (names: readonly string[]): string | undefined => {
    const wrong = names.find((name) => !known.has(name));
    return wrong === undefined
      ? undefined
      : `There is no service "${wrong}". ${unknownServiceFix(wrong, known)}`;
  };
  for (const problem of [keepProblem(request.keep ?? []), windowProblem(request.window ?? '')])
    if (problem !== undefined) throw new OperatorError('the policy cannot be so', problem);
  const zerocopy =
    request.zerocopy ??
    (interview === undefined
      ? 'auto'
      : await interview.choose(
          'May programs capture through shared memory (zero-copy) here?',
          wordsIn(ZEROCOPY_LABEL).map((value) => ({value, label: ZEROCOPY_LABEL[value]})),
          'auto',
        ));
  if (zerocopy === undefined) return undefined;
  const keep =
    request.keep ??
    words(
      interview === undefined
        ? ''
        : await interview.text(
            'Services that must never be restarted, even to revive a capture (e.g. suricata; empty: none)',
            '',
            (text) => keepProblem(words(text) ?? []),
          ),
    );
  if (keep === undefined) return undefined;
  const window =
    request.window ??
    (interview === undefined
      ? ''
      : await interview.text(
          'When may hosts be changed (e.g. Sat,Sun 02:00-04:00; empty: at any time)',
          '',
          windowProblem,
        ));
  if (window === undefined) return undefined;
  return {zerocopy, keep, ...(window === '' ? {} : {window})};
}

const words = (line: string | undefined): readonly string[] | undefined =>
  line?.split(/[\s,]+/).filter((word) => word !== '');

function windowProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const read = parseWindowRange(text);
  return read.ok ? undefined : `It ${read.error.message}. ${read.error.fix}`;
}
