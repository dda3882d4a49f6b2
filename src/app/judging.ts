import type {JudgeDeps} from './audit.js';
import {changePolicyOf} from '../inventory/change-policy-reader.js';
import {waiversOf} from '../inventory/waiver-reader.js';
import {mergeServices} from '../knowledge/merge-services.js';
import type {Host} from '../model/host.js';
import {OperatorError} from '../model/operator-error.js';
import type {Service} from '../model/service.js';
import {listComplaints} from '../text/list-complaints.js';

import type {Deps} from './ports.js';
import {storedProbes} from './evidence/stored-probes.js';

/**
 * What hosts are judged by: the knowledge base with each policy merged in once, however many hosts
 * share it; probes, change policies and waivers.
 */
export async function openLookups(
  hosts: readonly Host[],
  {store, services, modeObjects}: Pick<Deps, 'store' | 'services' | 'modeObjects'>,
): Promise<Omit<JudgeDeps, 'now'>> {
  const names = hosts.map(({name}) => name);
  const [base, {byHost: probes}] = await Promise.all([services(), storedProbes(store, names)]);
  return {
    servicesFor: servicesOf(hosts, base),
    probeFor: (host) => probes.get(host),
    changesFor: (host) => changePolicyOf(host.policy),
    waivers: waiversOf(hosts),
    modeObjects: modeObjects(),
  };
}

/** The knowledge base with a host's policy merged in, once a policy. Throws OperatorError. */
export function servicesOf(
  hosts: readonly Host[],
  base: readonly Service[],
): (host: Host) => readonly Service[] {
  const services = servicesByPolicy(base);
  hosts.forEach(services.of);
  services.refuse();
  return services.of;
}

/** The same where the hosts are not known yet. */
export interface ServicesByPolicy {
  readonly of: (host: Host) => readonly Service[];
  /** Throws OperatorError with what is wrong in the policies so far. */
  readonly refuse: () => void;
}

export function servicesByPolicy(base: readonly Service[]): ServicesByPolicy {
  const merged = new Map<string, readonly Service[]>();
  const complaints: string[] = [];
  return {
    of: ({policy, origin}) => {
      const key = JSON.stringify(policy.services ?? []);
      const known = merged.get(key);
      if (known !== undefined) return known;
      const result = mergeServices(base, policy.services ?? [], () => origin);
      merged.set(key, result.services);
      if (result.complaints.length > 0) complaints.push(listComplaints(result.complaints));
      return result.services;
    },
    refuse: () => {
      if (complaints.length > 0)
        throw new OperatorError(complaints.join('\n'), 'Fix the services of the policy.');
    },
  };
}
