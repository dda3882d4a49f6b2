import type {Evidence} from '../model/evidence.js';

import {shownValue} from './reading/shown-reading.js';
import {runningValue} from './reading/boot-value.js';
import {capturePrograms} from './reading/capture-services.js';
import type {LibpcapUse} from './reading/libpcap-in-use.js';
import {libpcapOfProgram} from './reading/libpcap-in-use.js';
import {mappingOf} from './reading/linking.js';
import {LOOK_AS_ROOT} from './remedy.js';
import type {Judgement, Rule, RuleInput, WantedMode} from './rule.js';
import {notApplicable, pass, unknown} from './rule.js';

/** Policy.modes, program by program. What a mode does once it is there is ZBUF-014's. */
export const modeMatchesPolicy: Rule = {
  id: 'ZBUF-015',
  slug: 'mode-matches-policy',
  title: 'Buffer mode not as the policy wants',
  severity: 'medium',
  claim: 'Every program the policy names starts in the buffer mode the policy wants.',
  matters:
    'The host is not as the operator decided: a program may lose its capture, or copy more than it need.',
  remedy: 'Run zbufctl plan and apply, or change policy.modes.',
  looksAt: 'policy.modes, what ldd says each program loads, the SHA-256 of the objects',
  sources: ['policy.modes', 'facts: per-program-modes.md'],

  evaluate(scene) {
    const {evidence, wants} = scene;
    if (runningValue(evidence).state === 'absent')
      return [notApplicable('This kernel has no bpf(4).')];
    const modes = wants?.modes;
    if (modes === undefined) return [notApplicable('The policy says nothing of buffer modes.')];
    if (modes.length === 0)
      return [pass('The policy wants a mode of no program that captures here.', [])];
    return modes.map((wanted) => opinionOf(scene, wanted));
  },
};

function opinionOf(scene: RuleInput, wanted: WantedMode): Judgement {
  const {evidence} = scene;
  const {label, program, mode, why, service, by} = wanted;
  const about = {
    ...(service === undefined ? {} : {service}),
    ...(program === undefined ? {} : {program}),
  };
  const policy = shownValue(`mode wanted of ${label}`, 'policy.modes', `${mode} (${why})`);
  if (program === undefined) {
    // Without a path nothing of ours can be in front of it.
    if (mode === 'zbuf')
      return {...pass(`${label} has no mode of its own, as wanted.`, [policy]), ...about};
    const decides = `Name the program by its path under policy.modes.`;
    return {...unknown(`Which program ${label} runs is not known.`, [policy], decides), ...about};
  }
  // What is preloaded only the service's next start shows, and never its program alone.
  const preloaded = capturePrograms(scene).find((one) => one.service?.id === service)?.libpcap;
  const use =
    by === 'preload' && preloaded !== undefined ? preloaded : libpcapOfProgram(evidence, program);
  const found = use.mode ?? 'zbuf';
  const readings = [policy, ...use.because];
  const gap = use.mode === undefined ? gapOf(evidence, program, mode, use) : undefined;
  if (gap !== undefined) {
    return {
      ...unknown(
        `Whether ${label} starts in ${mode} is not known: ${gap}.`,
        readings,
        LOOK_AS_ROOT,
      ),
      ...about,
    };
  }
  return found === mode
    ? {...pass(`${label} starts in ${SAYS[mode]}.`, readings), ...about}
    : {
        verdict: 'fail',
        summary: `${label} starts in ${SAYS[found]}, and the policy wants ${mode}: ${why}.`,
        because: readings,
        ...about,
      };
}

/**
 * Why a program that loads no object of ours may start in another mode all the same; undefined: it
 * does not.
 */
function gapOf(
  evidence: Evidence,
  program: string,
  wanted: WantedMode['mode'],
  {can, why}: LibpcapUse,
): string | undefined {
  if (wanted !== 'zbuf')
    return can === 'unknown' ? (why ?? 'could not tell what it loads') : undefined;
  const mapped = mappingOf(evidence, program);
  if (mapped.state === 'unknown') return 'libmap.conf could not be read whole';
  if (mapped.state === 'mapped')
    return `${mapped.by ?? 'a mapping'} puts ${mapped.to ?? 'something'} in front of its libpcap`;
  return undefined;
}

const SAYS = {
  buffered: 'the mode buffered',
  inherit: 'the mode inherit',
  private: 'the mode private',
  zbuf: 'the mode zbuf (nothing in front of its libpcap)',
} as const;
