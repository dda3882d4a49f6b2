import type {BootEvidence} from '../../model/boot-evidence.js';
import type {ConfigFile, Evidence} from '../../model/evidence.js';
import type {Reading} from '../../model/reading.js';
import {read, unreadable} from '../../model/reading.js';
import type {Assignment} from '../../freebsd/zerocopy-setting.js';
import {assignmentsIn, winnerOf} from '../../freebsd/zerocopy-setting.js';

const KLD_FILE = /^\/etc\/sysctl\.kld\.d\/(.+)\.conf$/;
/** Where people put files as on other systems; nothing of FreeBSD loads them. */
const NEVER_LOADED = /^\/etc\/sysctl(\.conf)?\.d\/|^\/usr\/local\/etc\/sysctl(\.conf$|\.d\/)/;

/** An assignment in a file that is not loaded, and why. */
export interface Unloaded extends Assignment {
  readonly why: string;
}

/**
 * What the files of /etc/sysctl.kld.d assign when rc loads their module. A service that starts
 * after that has this value, whatever sysctl.conf said before. Source: rc.subr, load_kld (reading).
 * @param before what is set without them
 */
export function kldAssignments(evidence: Evidence, before: number): Reading<readonly Assignment[]> {
  const found: Assignment[] = [];
  for (const file of evidence.files) {
    const module = KLD_FILE.exec(file.path)?.[1];
    if (module === undefined || file.content.state === 'absent') continue;
    if (file.content.state === 'unreadable') return unreadable(`${file.path}: ${file.content.why}`);
    const assignments = assignmentsIn(file.path, file.content.value);
    const number = winnerOf(assignments)?.number;
    if (number === undefined) continue;
    const loads = isLoaded(evidence, module);
    if (loads.answer === 'yes') found.push(...assignments);
    else if (loads.answer === 'unknown' && number !== before)
      return unreadable(`${file.path} sets it to ${number} if it is loaded: ${loads.why}`);
  }
  return read(found);
}

/** Assignments in files that look like settings and are never loaded. */
export function unloadedAssignments(evidence: Evidence): readonly Unloaded[] {
  return evidence.files.flatMap((file) => {
    const module = KLD_FILE.exec(file.path)?.[1];
    if (module === undefined)
      return NEVER_LOADED.test(file.path) ? unloaded(file, 'nothing loads it') : [];
    const loads = isLoaded(evidence, module);
    return loads.answer === 'no' ? unloaded(file, loads.why) : [];
  });
}

const unloaded = ({path, content}: ConfigFile, why: string): readonly Unloaded[] =>
  content.state === 'read' ? assignmentsIn(path, content.value).map((a) => ({...a, why})) : [];

interface Loaded {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly why: string;
}

/** Whether rc loads the module, and so the file that has its name. */
function isLoaded(evidence: Evidence, module: string): Loaded {
  const boot = bootEvidence(evidence);
  if (boot.state !== 'read') return {answer: 'unknown', why: 'what rc loads was not read'};
  const {kldFiles, modules} = boot.value;
  if (kldFiles.state !== 'read') return {answer: 'unknown', why: 'what rc.subr loads was not read'};
  if (!kldFiles.value)
    return {answer: 'no', why: "this release's rc.subr does not load /etc/sysctl.kld.d at all"};
  const {variables} = evidence.rc;
  const list = variables.state === 'read' ? (variables.value['kld_list'] ?? '') : '*';
  const listed = list
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => (word.split('/').at(-1) ?? word).replace(/\.ko$/, ''));
  const names = [...listed, ...modules.map(({name}) => name)];
  if (names.includes(module)) {
    return loaderLoads(evidence, module)
      ? {answer: 'unknown', why: `the loader may have loaded ${module} before rc`}
      : {answer: 'yes', why: `rc loads ${module}`};
  }
  const maybe = names.find((name) => name.includes('*') && fits(name, module));
  return maybe === undefined
    ? {answer: 'no', why: `rc loads no module of the name ${module}`}
    : {answer: 'unknown', why: 'a script loads a module whose name only sh(1) knows'};
}

/** What is in the kernel already is not loaded again, nor is its file. */
const loaderLoads = (evidence: Evidence, module: string): boolean =>
  evidence.files.some(
    ({path, content}) =>
      path.startsWith('/boot/loader.conf') &&
      content.state === 'read' &&
      content.value.split('\n').some((line) => line.trimStart().startsWith(`${module}_load=`)),
  );

const fits = (pattern: string, name: string): boolean => {
  const parts = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+^${}()|[\]\\?-]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
};

/** What the boot runs, where it was read. */
export const bootEvidence = ({boot}: Evidence): Reading<BootEvidence> =>
  boot ?? unreadable('what else sets it at boot was not collected');
