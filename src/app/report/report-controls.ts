import type {Host} from '../../model/host.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Controls} from '../../model/report.js';
import {extendControls, parseControls} from '../../report/compliance/controls.js';
import {listComplaints} from '../../text/list-complaints.js';

/** The mapping of rules to controls that this tool brings, as text with its schema. */
export interface ControlsSource {
  readonly text: string;
  readonly file: string;
  readonly schema: object;
}

/**
 * The controls this tool brings, with what the policies of these hosts add and correct. Throws
 * OperatorError.
 */
export function readControls(
  {text, file, schema}: ControlsSource,
  hosts: readonly Host[],
  folder: string,
): Controls {
  const own = parseControls(text, file, schema);
  if (own.complaints.length > 0) throw new Error(listComplaints(own.complaints));

  const added = new Map(
    hosts
      .filter(({policy}) => policy.controls !== undefined)
      .map((host) => [JSON.stringify(host.policy.controls), host]),
  );
  let {controls} = own;
  for (const {policy, origin} of added.values()) {
    const read = extendControls(controls, policy.controls, origin.file, schema);
    if (read.complaints.length > 0)
      throw new OperatorError(
        listComplaints(read.complaints, folder),
        'Fix the controls of the policy.',
      );
    controls = read.controls;
  }
  return controls;
}
