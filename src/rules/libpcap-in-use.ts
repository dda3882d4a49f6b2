import type {Evidence} from '../model/evidence.js';
import type {Because} from '../model/finding.js';
import type {Reading} from '../model/reading.js';
import {absent, read, unreadable} from '../model/reading.js';
import {libpcapZerocopy} from '../knowledge/libpcap.js';

import {because, said} from './because.js';
import {indexOf} from './evidence-index.js';
import {perProcess} from './per-process.js';

/** Whether a program's libpcap can ask the kernel for zero-copy, and how that is known. */
export interface LibpcapUse {
  /** `none`: the program was seen to load no libpcap at all, so what it asks for is its own business. */
  readonly can: 'yes' | 'no' | 'unknown' | 'none';
  readonly path?: string;
  readonly because: readonly Because[];
}

/** By the last part of the path, so that a long hostile path costs nothing. */
const isLibpcap = (path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.startsWith('libpcap') && name.includes('.so');
};

/** The libpcap a running process has mapped, else the one linked into its program. */
export const libpcapInUse = perProcess((evidence, pid): LibpcapUse => {
  const map = evidence.memoryMaps[String(pid)];
  if (map?.state !== 'read') {
    const why: Reading<string> = map?.state === 'unreadable' ? map : absent;
    return {can: 'unknown', because: [because(`libpcap of pid ${pid}`, `procstat -v ${pid}`, why)]};
  }
  const path = map.value.find((m) => isLibpcap(m.path))?.path;
  if (path !== undefined) return capability(evidence, path, `procstat -v ${pid}`);
  // The first file mapped executable is the program itself; ld-elf and libraries follow.
  const program = map.value.find((m) => m.type === 'vn' && m.protection.includes('x'))?.path;
  const known = program === undefined ? undefined : indexOf(evidence).program.get(program);
  if (known?.builtIn.state === 'read') {
    return {
      ...judgement(known.builtIn.value),
      because: [said(`libpcap inside ${known.path}`, `strings ${known.path}`, known.builtIn.value)],
    };
  }
  return {can: 'none', because: [said(`libpcap of pid ${pid}`, `procstat -v ${pid}`, 'none loaded')]};
});

/** The libpcap a program on disk would load at its next start; without the program: what every libpcap here agrees on. */
export function libpcapOfProgram(evidence: Evidence, path: string | undefined): LibpcapUse {
  const program = path === undefined ? undefined : indexOf(evidence).program.get(path);
  if (program?.libpcap.state === 'read') {
    return capability(evidence, program.libpcap.value, `ldd ${program.path}`);
  }
  if (program?.builtIn.state === 'read') {
    return {
      ...judgement(program.builtIn.value),
      because: [said(`libpcap inside ${program.path}`, `strings ${program.path}`, program.builtIn.value)],
    };
  }
  const answers = evidence.libraries.map((library) =>
    capability(evidence, library.path, 'libpcap files found'),
  );
  const kinds = new Set(answers.map((a) => a.can));
  const only = answers[0];
  if (only !== undefined && kinds.size === 1) return {...only, because: answers.flatMap((a) => a.because)};
  return {
    can: 'unknown',
    because: [
      ...answers.flatMap((a) => a.because),
      because(
        'libpcap the program loads',
        path === undefined ? 'rc script' : `ldd ${path}`,
        reason(program?.libpcap, path),
      ),
    ],
  };
}

function capability(evidence: Evidence, path: string, source: string): LibpcapUse {
  const library = indexOf(evidence).library.get(path);
  const version = library?.version ?? unreadable('its version string was not collected');
  const answer = version.state === 'read' ? judgement(version.value, path) : {can: 'unknown' as const};
  return {
    ...answer,
    path,
    because: [
      said('libpcap loaded', source, path),
      because(`version of ${path}`, `strings ${path}`, version),
    ],
  };
}

const judgement = (line: string, path?: string): {readonly can: 'yes' | 'no' | 'unknown'} => ({
  can: libpcapZerocopy(line, path).can,
});

function reason(libpcap: Reading<string> | undefined, path: string | undefined): Reading<string> {
  if (path === undefined) return unreadable('the rc script does not say plainly which program it starts');
  if (libpcap === undefined) return unreadable(`${path} was not looked at`);
  return libpcap.state === 'read' ? read(libpcap.value) : libpcap;
}
