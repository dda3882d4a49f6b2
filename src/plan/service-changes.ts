import type {ChangePolicy} from '../model/change-policy.js';
import type {SetRc} from '../model/step.js';
import type {Service} from '../model/service.js';
import {scriptOf} from '../rules/reading/capture-services.js';
import type {RuleInput} from '../rules/rule.js';
import {flagsVariablesOf} from '../rules/reading/service-flags.js';
import type {NotEditable} from '../steps/editable.js';
import {isOff} from '../freebsd/rc-value.js';

import {rcChange} from './rc-changes.js';
import type {SeenCapture} from './seen-captures.js';

/** A service that is to be switched off: stopped when it runs, and its variable set to NO. */
export interface SwitchedOff {
  readonly service: Service;
  readonly script: string;
  readonly running: boolean;
  /** Absent: rc does not start it as it is. */
  readonly rc?: SetRc;
}

/**
 * An rc variable that is to change, and the rc scripts of the services that run and have to end or
 * begin anew for it.
 */
export interface Flagged {
  readonly rc: SetRc;
  /** It switches them off. */
  readonly stops: readonly string[];
  /** It is among their options. */
  readonly restarts: readonly string[];
}

export interface ServiceChanges {
  readonly off: readonly SwitchedOff[];
  readonly flagged: readonly Flagged[];
  readonly refusals: readonly NotEditable[];
}

/** The services a list of ids or rc scripts means. */
export const servicesNamed = (
  names: readonly string[],
  services: readonly Service[],
): readonly Service[] =>
  services.filter(
    (s) => names.includes(s.id) || (s.rcScript !== undefined && names.includes(s.rcScript)),
  );

/**
 * Two entries of the knowledge base may be started by one script (Snort 2 and 3): rc cannot tell
 * them apart.
 */
export const sameScript = (a: Service, b: Service): boolean =>
  a.id === b.id || (a.rcScript !== undefined && a.rcScript === b.rcScript);

/** Whether the policy forbids to touch a service. */
export const isKept = (
  service: Service,
  changes: ChangePolicy,
  services: readonly Service[],
): boolean => servicesNamed(changes.keep, services).some((kept) => sameScript(kept, service));

/**
 * What the policy wants of services, where it is not so yet. `disable` counts only where the value
 * is to be on.
 */
export function serviceChanges(
  scene: RuleInput,
  changes: ChangePolicy,
  seen: readonly SeenCapture[],
  turnsOn: boolean,
): ServiceChanges {
  const {evidence, services} = scene;
  const refusals: NotEditable[] = [];
  const off: SwitchedOff[] = [];
  const disabled = turnsOn ? servicesNamed(changes.disable, services) : [];
  const runs = (service: Service): boolean =>
    seen.some((c) => c.service !== undefined && sameScript(c.service, service));

  for (const service of disabled) {
    const {rcScript, rcVariable} = service;
    const running = seen.some((c) => c.service?.id === service.id);
    const enabled = scriptOf(scene, service) !== undefined;
    if (!running && !enabled) continue;
    if (rcScript === undefined || rcVariable === undefined || !enabled) {
      refusals.push({
        reason: `${service.name} is to be disabled, but rc does not start it, so no plan can stop it`,
        remedy: `End ${service.name} by hand, and whatever starts it.`,
      });
      continue;
    }
    if (seen.some((c) => c.service?.id === service.id && c.jid !== undefined && c.jid > 0)) {
      refusals.push({
        reason: `${service.name} is to be disabled, but also captures in a jail, where no plan can stop it`,
        remedy: `End ${service.name} in its jail.`,
      });
      continue;
    }
    const change = rcChange(evidence, rcVariable, 'NO');
    if (!change.ok) refusals.push(change.error);
    else
      off.push({
        service,
        script: rcScript,
        running,
        ...(change.value === undefined ? {} : {rc: change.value}),
      });
  }

  const flagged: Flagged[] = [];
  for (const [variable, value] of Object.entries(changes.rc)) {
    if (off.some((o) => o.service.rcVariable === variable)) {
      if (!isOff(value)) {
        refusals.push({
          reason: `policy.rc sets ${variable} to ${value}, and policy.disable switches the same service off`,
          remedy: 'Take it out of one of the two.',
        });
      }
      continue;
    }
    const change = rcChange(evidence, variable, value);
    if (!change.ok) {
      refusals.push(change.error);
      continue;
    }
    if (change.value === undefined) continue;
    const hasFlags = (s: Service): boolean => flagsVariablesOf(evidence, s).includes(variable);
    const owners = services.filter((s) => hasFlags(s) || s.rcVariable === variable);
    const kept = owners.filter(
      (s) => isKept(s, changes, services) && (runs(s) || s.rcVariable === variable),
    );
    if (kept.length > 0) {
      refusals.push({
        reason: `policy.rc changes ${variable}, but policy.keep says not to touch ${kept.map((s) => s.id).join(', ')}`,
        remedy: 'Take it out of rc or out of keep.',
      });
      continue;
    }
    const running = (of: (service: Service) => boolean): readonly string[] => [
      ...new Set(
        owners
          .filter((s) => of(s) && runs(s) && scriptOf(scene, s) !== undefined)
          .flatMap((s) => s.rcScript ?? []),
      ),
    ];
    flagged.push({
      rc: change.value,
      stops: running((s) => s.rcVariable === variable && isOff(value)),
      restarts: running(hasFlags),
    });
  }
  return {off, flagged, refusals};
}
