import type {Evidence} from '../model/evidence.js';
import type {ShownReading} from '../model/finding.js';
import type {ObjectMode} from '../model/mode.js';
import {MODE_MAP, objectPath} from '../model/mode.js';

import {shownReading} from './reading/shown-reading.js';
import {runningValue} from './reading/boot-value.js';
import {indexOf} from './reading/evidence-index.js';
import {capturingPids, givenModes} from './reading/given-modes.js';
import type {GivenPreload} from './reading/given-preloads.js';
import {givenPreloads} from './reading/given-preloads.js';
import {foreignLinking, mappingOf} from './reading/linking.js';
import {digestAt, notInMode, objectTrouble} from './reading/mode-in-force.js';
import {modeOfPath, ourObject} from './reading/mode-object.js';
import {LOOK_AS_ROOT} from './remedy.js';
import type {Judgement, Rule} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/**
 * A buffer mode that was given is the one the program gets. A mapping can be shadowed, be for
 * another library than the base has since an upgrade, or name a file that is gone; and what runs
 * keeps what it was started with.
 */
export const modeIsEffective: Rule = {
  id: 'ZBUF-014',
  slug: 'mode-is-effective',
  title: 'Buffer mode not in force',
  severity: 'high',
  claim: 'Every program that is given a buffer mode gets it when it starts, and runs in it.',
  matters:
    'Who gave the program its mode takes it for safe, and with zero-copy on it loses its capture all the same.',
  remedy: `Plan again with the modes in policy.modes, or take ${MODE_MAP} away and restart the program.`,
  looksAt: `libmap.conf(5) with all it includes, ldd, the objects in /usr/local/lib/zbufctl and their SHA-256, the memory of processes that capture`,
  sources: ['facts: per-program-modes.md (the traps)', 'rtld(1), libmap.conf(5)'],

  evaluate(scene) {
    const {evidence} = scene;
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const given = givenModes(evidence);
    const foreign = foreignLinking(evidence).filter(({path}) => modeOfPath(path) === undefined);
    const named = foreign.map(({text}) => ` ${text}`).join('');
    const readings = foreign.map(({reading}) => reading);
    if (given.state !== 'read') {
      // Evidence of a time when nobody looked tells of no mode either.
      if (evidence.linking === undefined)
        return [notApplicable('No program is known to have a mode.')];
      const line = shownReading('programs with a buffer mode', MODE_MAP, given, () => '');
      return [
        unknown(
          `Which programs have a buffer mode is not known.${named}`,
          [line, ...readings],
          LOOK_AS_ROOT,
        ),
      ];
    }
    const preloads = givenPreloads(scene);
    if (given.value.size === 0 && preloads.length === 0)
      return [notApplicable(`No program is given a buffer mode.${named}`, readings)];
    const opinions = [
      ...[...given.value].map(([program, mode]) => opinionOf(evidence, program, mode)),
      ...preloads.map((one) => preloadOpinion(evidence, one)),
    ];
    return foreign.length === 0
      ? opinions
      : [...opinions, notApplicable(`What zbufctl did not put there:${named}`, readings)];
  },
};

function opinionOf(evidence: Evidence, program: string, mode: ObjectMode): Judgement {
  const path = objectPath(mode);
  const mapped = mappingOf(evidence, program);
  const file = indexOf(evidence).program.get(program);
  const readings: ShownReading[] = [
    ...mapped.because,
    shownReading(
      `libpcap ${program} loads`,
      `ldd ${program}`,
      file?.libpcap ?? {state: 'unreadable', why: 'not looked at'},
    ),
    shownReading(`SHA-256 of ${path}`, 'sha256', digestAt(evidence, path), (sha256) =>
      ourObject(evidence, path) === mode ? `${sha256}, as zbufctl made it` : `${sha256}, another`,
    ),
  ];
  const fails = (why: string): Judgement => ({
    verdict: 'fail',
    summary: `${program} is given the mode ${mode}, and does not get it: ${why}.`,
    because: readings,
    program,
  });
  const open = (why: string): Judgement => ({
    ...unknown(
      `Whether ${program} gets the mode ${mode} is not known: ${why}.`,
      readings,
      LOOK_AS_ROOT,
    ),
    program,
  });
  const TROUBLE = {gone: fails, unknown: open} as const;
  if (mapped.state === 'unknown') return open('libmap.conf could not be read whole');
  if (mapped.state === 'plain') return fails('nothing that libmap.conf includes maps its libpcap');
  if (mapped.to !== path)
    return fails(`${mapped.by ?? 'another mapping'} comes first and gives it ${mapped.to ?? '?'}`);
  const trouble = objectTrouble(evidence, mode);
  if (trouble !== undefined) return TROUBLE[trouble.state](trouble.why);
  if (file === undefined) return open('the program was not looked at');
  if (file.libpcap.state === 'absent') return fails('it needs no libpcap by name');
  if (file.libpcap.state === 'unreadable') return open(file.libpcap.why);
  if (file.libpcap.value !== path) return fails(`it loads ${file.libpcap.value}`);
  const against = notInMode(evidence, capturingPids(evidence, program), mode);
  if (against !== undefined) return fails(against);
  return {...pass(`${program} gets the mode ${mode}.`, readings), program};
}

/** The same of what rc preloads: no mapping has to lead there, and no ldd tells. */
function preloadOpinion(evidence: Evidence, given: GivenPreload): Judgement {
  const {service, mode, pids} = given;
  const path = objectPath(mode);
  const about = {service: service.id};
  const digest = shownReading(`SHA-256 of ${path}`, 'sha256', digestAt(evidence, path));
  const readings = [...given.because, digest];
  const trouble = objectTrouble(evidence, mode);
  const why = trouble?.state === 'gone' ? trouble.why : notInMode(evidence, pids, mode);
  if (why !== undefined) {
    const summary = `${service.name} is given the mode ${mode} by LD_PRELOAD, and does not get it: ${why}.`;
    return {verdict: 'fail', summary, because: readings, ...about};
  }
  if (trouble !== undefined) {
    const summary = `Whether ${service.name} gets the mode ${mode} is not known: ${trouble.why}.`;
    return {...unknown(summary, readings, LOOK_AS_ROOT), ...about};
  }
  return {
    ...pass(`${service.name} gets the mode ${mode} by LD_PRELOAD.`, readings),
    ...about,
  };
}
