import type {Evidence} from '../model/evidence.js';
import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {BufferMode} from '../model/mode.js';
import {objectPath} from '../model/mode.js';
import type {Service} from '../model/service.js';
import type {SetRc} from '../model/step.js';
import {modeOfPath} from '../rules/reading/mode-object.js';
import type {NotEditable} from '../steps/editable.js';

import {rcChange} from './rc-changes.js';

/*
 * LD_PRELOAD for a program that brings libpcap in by dlopen(3), which no mapping reaches. rc.subr
 * puts NAME_env before the program and nothing else: `limits -C daemon env $NAME_env PROGRAM`
 * (reading, 13.2 and 15.1). NAME_env_file would reach everything the script runs, so it is never
 * used.
 */

/**
 * The variable rc.subr puts before a service's program; undefined: its script is not known, or may
 * go by another name than its variable.
 */
export function envVariableOf({rcScript, rcVariable}: Service): string | undefined {
  const name = rcVariable?.replace(/_enable$/, '');
  return name !== undefined && name === rcScript?.replaceAll('-', '_') ? `${name}_env` : undefined;
}

const PRELOAD = 'LD_PRELOAD=';

/**
 * The step that has rc preload the object of a mode, or (`zbuf`) no object of ours any more;
 * undefined: it is so. What else the variable holds stays.
 */
export function preloadChange(
  evidence: Evidence,
  service: Service,
  mode: BufferMode,
): Result<SetRc | undefined, NotEditable> {
  const variable = envVariableOf(service);
  if (variable === undefined)
    return fail({
      reason: `which variable rc puts before ${service.id} is not known`,
      remedy: byHand(service, mode),
    });
  const {variables} = evidence.rc;
  const value = variables.state === 'read' ? (variables.value[variable] ?? '') : '';
  const words = value.split(/[ \t]+/).filter((word) => word !== '');
  const preloads = words.filter((word) => word.startsWith(PRELOAD));
  const paths = preloads.map((word) => word.slice(PRELOAD.length));
  const foreign = paths.find((path) => modeOfPath(path) === undefined);
  if (foreign !== undefined)
    return fail({
      reason: `${variable} preloads ${foreign} into ${service.id} already`,
      remedy: 'Take it away, or leave the service out of policy.preload.',
    });
  const own = mode === 'zbuf' ? [] : [`${PRELOAD}${objectPath(mode)}`];
  if (preloads.join(' ') === own.join(' ')) return ok(undefined);
  const others = words.filter((word) => !word.startsWith(PRELOAD));
  return rcChange(evidence, variable, [...others, ...own].join(' '));
}

/** What a person does where no plan may. */
export const byHand = ({name}: Service, mode: BufferMode): string =>
  mode === 'zbuf'
    ? `Start ${name} without LD_PRELOAD.`
    : `Start ${name} by hand with: env LD_PRELOAD=${objectPath(mode)} PROGRAM; then zbufctl audit --with-helper tells whether it holds.`;
