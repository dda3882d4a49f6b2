import {waiversOf} from '../inventory/waiver-reader.js';
import type {Host} from '../model/host.js';
import {OperatorError} from '../model/operator-error.js';
import type {Waiver} from '../model/waiver.js';
import {RULES} from '../rules/index.js';
import {listComplaints} from '../text/list-complaints.js';

/**
 * The waivers in the policies of these hosts. Throws OperatorError with everything that is wrong
 * with any of them.
 */
export function readPolicyWaivers(hosts: readonly Host[], folder: string): readonly Waiver[] {
  const {waivers, complaints} = waiversOf(
    hosts,
    RULES.map(({id}) => id),
  );
  if (complaints.length > 0)
    throw new OperatorError(
      listComplaints(complaints, folder),
      'Fix the waivers: the report would be wrong without them.',
    );
  return waivers;
}
