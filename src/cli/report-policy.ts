import {waiversOf} from '../inventory/waiver-reader.js';
import type {ReportAssets} from '../io/report-assets.js';
import type {Host} from '../model/host.js';
import {OperatorError} from '../model/operator-error.js';
import type {Controls} from '../model/report.js';
import type {Waiver} from '../model/waiver.js';
import {extendControls, parseControls} from '../report/controls.js';
import {RULES} from '../rules/index.js';
import {listComplaints} from '../text/list-complaints.js';

/** The waivers in the policies of these hosts. Throws OperatorError with everything that is wrong with any of them. */
export function readPolicyWaivers(hosts: readonly Host[], folder: string): readonly Waiver[] {
  const {waivers, complaints} = waiversOf(
    hosts,
    RULES.map(({id}) => id),
  );
  if (complaints.length > 0)
    throw new OperatorError(
      listComplaints(complaints, folder),
      'Mend the waivers; without them the report would be another.',
    );
  return waivers;
}

/** The controls this tool brings, with what the policies of these hosts add and correct. Throws OperatorError. */
export function readControls(
  {text, file, schema}: ReportAssets['controls'],
  hosts: readonly Host[],
  folder: string,
): Controls {
  const own = parseControls(text, file, schema);
  if (own.complaints.length > 0) throw new Error(listComplaints(own.complaints));

  const added = new Map(
    hosts
      .filter(({policy}) => policy['controls'] !== undefined)
      .map((host) => [JSON.stringify(host.policy['controls']), host]),
  );
  let {controls} = own;
  for (const {policy, origin} of added.values()) {
    const read = extendControls(controls, policy['controls'], origin.file, schema);
    if (read.complaints.length > 0)
      throw new OperatorError(listComplaints(read.complaints, folder), 'Mend the controls of the policy.');
    controls = read.controls;
  }
  return controls;
}
