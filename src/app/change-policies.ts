import {changePolicyOf} from '../inventory/change-policy-reader.js';
import type {ChangePolicy} from '../model/change-policy.js';
import type {Complaint, Host} from '../model/host.js';
import {OperatorError} from '../model/operator-error.js';
import type {Service} from '../model/service.js';
import {listComplaints} from '../text/list-complaints.js';

import {serviceNames, unknownServiceFix} from './service-names.js';

/**
 * What the policy of each host says of changes, by host. Throws OperatorError with everything that
 * only the merged policy shows, and that no line of a file is wrong about (policy-check.ts): one
 * group keeps a service that another disables, or names one that only another group describes.
 */
export function readChangePolicies(
  hosts: readonly Host[],
  servicesFor: (host: Host) => readonly Service[],
  folder: string,
): ReadonlyMap<string, ChangePolicy> {
  const complaints: Complaint[] = [];
  const policies = hosts.map((host) => {
    const policy = changePolicyOf(host.policy);
    complaints.push(...conflicts(host, policy), ...unknownNames(host, policy, servicesFor(host)));
    return [host.name, policy] as const;
  });
  if (complaints.length > 0) {
    const unique = [...new Map(complaints.map((c) => [JSON.stringify(c), c])).values()];
    throw new OperatorError(listComplaints(unique, folder), 'Fix the policy.');
  }
  return new Map(policies);
}

function conflicts({name, origin}: Host, {disable, keep}: ChangePolicy): readonly Complaint[] {
  const both = disable.filter((service) => keep.includes(service));
  return both.length === 0
    ? []
    : [
        {
          ...origin,
          message: `policy of ${name}: ${both.join(', ')} is to be kept and to be disabled`,
          fix: 'Take it out of keep or out of disable.',
        },
      ];
}

function unknownNames(
  host: Host,
  policy: ChangePolicy,
  services: readonly Service[],
): readonly Complaint[] {
  const named = {
    disable: policy.disable,
    keep: policy.keep,
    preload: policy.preload,
    // A program may be anybody's; it is named by its path.
    modes:
      policy.modes === 'auto'
        ? []
        : Object.keys(policy.modes).filter((name) => !name.startsWith('/')),
  };
  // Hardly any policy names a service, and an audit asks for every host.
  if (Object.values(named).every((names) => names.length === 0)) return [];
  const known = serviceNames(services);
  return (['disable', 'keep', 'modes', 'preload'] as const).flatMap((key) =>
    named[key]
      .filter((name) => !known.has(name))
      .map((name) => ({
        ...host.origin,
        message: `policy of ${host.name}: ${key} names ${JSON.stringify(name)}, which is not a known service`,
        fix: unknownServiceFix(name, known),
      })),
  );
}
