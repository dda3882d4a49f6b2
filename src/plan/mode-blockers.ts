import {fitsConstraint} from '../freebsd/libmap.js';
import type {Evidence, ModeFacts} from '../model/evidence.js';
import {MODE_FOLDER, MODE_LIBPCAP, MODE_MAP} from '../model/mode.js';
import type {Service} from '../model/service.js';
import {indexOf} from '../rules/reading/evidence-index.js';
import {executableOf} from '../rules/reading/libpcap-in-use.js';
import {
  includesFolder,
  libmapSections,
  variablesOfProcess,
  variablesOfService,
} from '../rules/reading/linking.js';
import {modeOfPath} from '../rules/reading/mode-object.js';
import {LOOK_AS_ROOT} from '../rules/remedy.js';
import type {NotEditable} from '../steps/editable.js';

import type {ModeWish} from './mode-wishes.js';

/**
 * Why no object can be put in front of a libpcap on this host, whatever program it is for (facts:
 * per-program-modes.md). What the evidence does not tell is a reason, too.
 * @param maps the file of libmap.d is to be written
 */
export function hostModeBlockers(evidence: Evidence, maps: boolean): readonly NotEditable[] {
  if (evidence.linking === undefined || evidence.modes === undefined)
    return [gap('what buffer modes rest on was not collected')];
  const {modes} = evidence;
  if (modes.state !== 'read')
    return [
      gap(
        `what buffer modes rest on could not be read${modes.state === 'unreadable' ? ` (${modes.why})` : ''}`,
      ),
    ];
  const sections = libmapSections(evidence);
  if (sections === undefined) return [gap('libmap.conf could not be read whole')];
  return [
    ...mountBlockers(modes.value),
    ...veriexec(modes.value),
    ...(maps ? inclusion(evidence) : []),
  ];
}

const gap = (reason: string): NotEditable => ({kind: 'gap', reason, remedy: LOOK_AS_ROOT});

function inclusion(evidence: Evidence): readonly NotEditable[] {
  const folder = MODE_MAP.slice(0, MODE_MAP.lastIndexOf('/'));
  if (includesFolder(evidence, folder)) return [];
  return [
    {
      reason: `/etc/libmap.conf does not include ${folder}, so no mapping there counts`,
      remedy: `Add the line base has to /etc/libmap.conf: includedir ${folder}.`,
    },
  ];
}

function mountBlockers({mounts}: ModeFacts): readonly NotEditable[] {
  if (mounts.length === 0) return [gap('which file systems are mounted is not known')];
  const below = (path: string, folder: string): boolean =>
    folder === '/' || path === folder || path.startsWith(`${folder}/`);
  const holding = (path: string): ModeFacts['mounts'][number] | undefined =>
    mounts
      .filter((m) => below(path, m.path))
      .reduce<ModeFacts['mounts'][number] | undefined>(
        (a, b) => (a === undefined || b.path.length >= a.path.length ? b : a),
        undefined,
      );
  return [MODE_FOLDER, MODE_MAP].flatMap((path): NotEditable[] => {
    const mount = holding(path);
    if (mount === undefined) return [gap(`on which file system ${path} lies is not known`)];
    if (mount.options.includes('ro'))
      return [
        {
          reason: `${mount.path} is mounted read-only, and ${path} lies there`,
          remedy: 'Mount it read-write first.',
        },
      ];
    if (path === MODE_FOLDER && mount.options.includes('noexec'))
      return [
        {
          reason: `${mount.path} is mounted noexec, and rtld loads nothing from there`,
          remedy: `Mount it without noexec, or leave the modes out.`,
        },
      ];
    return [];
  });
}

const veriexec = ({veriexec: state}: ModeFacts): readonly NotEditable[] =>
  state.state === 'absent'
    ? []
    : [
        {
          reason:
            'mac_veriexec is in the kernel: an object without a signed fingerprint may not be loaded',
          remedy: 'Leave the modes out, or have the objects signed by whoever keeps the manifest.',
        },
      ];

/** Why a program cannot be given an object. */
export function programModeBlockers(
  evidence: Evidence,
  {label, program, pids}: ModeWish,
  service: Service | undefined,
): readonly NotEditable[] {
  const refuse = (reason: string, remedy: string): NotEditable[] => [
    {reason: `${label}: ${reason}`, remedy},
  ];
  const leave = 'Leave it out of policy.modes';
  if (program === undefined)
    return refuse(
      'which program it runs is not known',
      'Name the program by its path under policy.modes.',
    );
  const known = indexOf(evidence).program.get(program);
  if (known === undefined)
    return [
      gap(
        `${label}: what ${program} loads was not looked at: it neither runs nor does rc start it`,
      ),
    ];
  const modes = evidence.modes?.state === 'read' ? evidence.modes.value : undefined;
  const shadow = libmapSections(evidence)?.find(
    (section) => section.file !== MODE_MAP && fitsConstraint(section.constraint, program),
  );
  const {libpcap} = known;
  const elsewhere = pids.flatMap((pid) => startedElsewhere(evidence, pid, program));
  const variables = [
    ...variablesOfService(evidence, service).values.keys(),
    ...pids.flatMap((pid) => [...variablesOfProcess(evidence, pid).values.keys()]),
  ];
  const jailed = pids.some((pid) => (indexOf(evidence).process.get(pid)?.jid ?? 0) > 0);
  return [
    ...(libpcap.state === 'unreadable'
      ? [gap(`${label}: what ${program} loads is not known (${libpcap.why})`)]
      : []),
    ...(libpcap.state === 'absent'
      ? refuse(
          `${program} needs no libpcap by name: it is static, or brings one in by dlopen, which no mapping reaches`,
          `${leave}; policy.zerocopy: off is safe for it. A service of rc that was seen to bring it in by dlopen may be named under policy.preload, too.`,
        )
      : []),
    ...(libpcap.state === 'read' &&
    libpcap.value !== MODE_LIBPCAP.path &&
    modeOfPath(libpcap.value) === undefined
      ? refuse(
          `${program} loads ${libpcap.value}, and the objects stand in front of ${MODE_LIBPCAP.path} only`,
          `${leave}, or upgrade zbufctl to one that knows that library.`,
        )
      : []),
    ...(shadow === undefined
      ? []
      : refuse(
          `the section [${shadow.constraint}] in ${shadow.file} fits ${program}, too, and one of the two shadows the other`,
          `Take that section away, or map libpcap there by hand.`,
        )),
    ...(modes?.setId.includes(program) === true
      ? refuse(
          `${program} is set-user-id or set-group-id, and rtld has rules of its own for it`,
          `${leave}.`,
        )
      : []),
    ...(modes?.narrow.includes(program) === true
      ? refuse(`${program} is a 32-bit program: rtld reads libmap32.conf for it`, `${leave}.`)
      : []),
    ...elsewhere
      .slice(0, 1)
      .flatMap((path) =>
        refuse(
          `it was started as ${path}, and libmap.conf goes by the path a program is started by`,
          `Start it as ${program}, or name it as ${path} under policy.modes.`,
        ),
      ),
    ...(variables.length === 0
      ? []
      : refuse(
          `${variables.slice(0, 3).join(', ')} in its environment can undo a mapping`,
          'Take the variable away.',
        )),
    ...(jailed
      ? refuse('it runs in a jail, which has a libmap.conf of its own', 'Plan for the jail.')
      : []),
  ];
}

/**
 * A path a process was started by that is not the program's; one that hides its arguments is taken
 * at its file.
 */
function startedElsewhere(evidence: Evidence, pid: number, program: string): readonly string[] {
  const [first = ''] = indexOf(evidence).process.get(pid)?.args.split(' ') ?? [];
  if (first.startsWith('/')) return first === program ? [] : [first];
  const file = executableOf(evidence, pid);
  return file === undefined || file === program ? [] : [file];
}
