import type {Complaint} from '../model/host.js';
import type {Service} from '../model/service.js';

import type {Origin} from './policy-entry.js';
import {PolicyEntry} from './policy-entry.js';
import type {PolicyService} from './policy-service.js';
import {readPolicyService} from './policy-service.js';

/**
 * The knowledge base with a policy's services in it. The policy's word is the operator's: it adds
 * programs of their own and corrects entries member by member. An entry with a complaint is left
 * out as a whole; the others count.
 *
 * ```yaml
 * policy:
 *   services:
 *     - id: flowmirror              # new: needs command and pattern
 *       command: flowmirrord
 *       rcScript: flowmirror
 *       pattern: fork-child-captures
 *       otherSide: lives-on
 *       variants:
 *         - given: [-f]
 *           pattern: none
 *     - id: arpwatch                # known: only what is stated changes
 *       pattern: fork-before-open
 * ```
 */
export function mergeServices(
  base: readonly Service[],
  policyServices: readonly unknown[],
  originOf: (at: number) => Origin = () => ({file: 'policy', line: 0}),
): {readonly services: readonly Service[]; readonly complaints: readonly Complaint[]} {
  const complaints: Complaint[] = [];
  const merged = new Map(base.map((service) => [service.id, service]));
  const seen = new Set<string>();
  policyServices.forEach((value, at) => {
    const own: Complaint[] = [];
    const {label = labelOf(value, at), ...origin} = originOf(at);
    const entry = PolicyEntry.of(value, label, origin, own);
    const stated = entry === undefined ? undefined : readPolicyService(entry);
    if (entry !== undefined && stated !== undefined) {
      if (seen.has(stated.id))
        entry.complain('an earlier entry has the same id', 'Join the two entries.');
      seen.add(stated.id);
      const known = merged.get(stated.id);
      const service = known === undefined ? added(stated, entry) : corrected(known, stated);
      if (own.length === 0 && service !== undefined) {
        if (known === undefined) giveWay(merged, service);
        merged.set(service.id, service);
      }
    }
    complaints.push(...own);
  });
  return {services: [...merged.values()], complaints};
}

function labelOf(value: unknown, at: number): string {
  const id: unknown =
    typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && /^[\w.-]{1,64}$/.test(id)
    ? `services[${at}] (${id})`
    : `services[${at}]`;
}

/** A program the knowledge base does not know. What is not stated is taken for the worse. */
function added(stated: PolicyService, entry: PolicyEntry): Service | undefined {
  if (stated.commands === undefined && !entry.has('command')) {
    entry.complain(
      'it has no command, and the knowledge base has no such id',
      'Add command: the process name ps -o comm shows.',
    );
  }
  if (stated.pattern === undefined && !entry.has('pattern')) {
    entry.complain(
      'it has no pattern',
      'Add pattern: what the program does with fork relative to opening the capture (zbufctl services lists examples).',
    );
  }
  const {commands, pattern, otherSide} = stated;
  if (commands === undefined || pattern === undefined || otherSide === undefined) return undefined;
  return {
    name: stated.id,
    origin: 'policy',
    flagsVariables: [],
    captureApi: 'stated by the policy',
    requestsZerocopy: 'via-libpcap',
    notes: '',
    variants: [],
    evidence: ['policy'],
    verified: true,
    ...stated,
    commands,
    pattern,
    otherSide,
  };
}

/**
 * An entry of the knowledge base, corrected. Its variants speak of its own pattern, so a new
 * pattern drops them.
 */
function corrected(known: Service, stated: PolicyService): Service {
  return {
    ...known,
    ...(stated.pattern === undefined ? {} : {variants: [], verified: true}),
    ...stated,
    evidence: [...(stated.evidence ?? []), ...known.evidence],
  };
}

/**
 * A process name the policy claims is the policy's program, not the one the knowledge base knows by
 * that name.
 */
function giveWay(merged: Map<string, Service>, service: Service): void {
  if (service.argumentsMatch !== undefined) return;
  for (const [id, other] of merged) {
    const left = other.commands.filter((command) => !service.commands.includes(command));
    if (left.length < other.commands.length) merged.set(id, {...other, commands: left});
  }
}
