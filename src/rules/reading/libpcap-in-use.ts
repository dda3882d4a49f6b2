import type {Evidence} from '../../model/evidence.js';
import type {ShownReading} from '../../model/finding.js';
import type {Reading} from '../../model/reading.js';
import {absent, read, unreadable} from '../../model/reading.js';
import {libpcapZerocopy} from '../../knowledge/libpcap.js';
import type {ObjectMode} from '../../model/mode.js';
import {MODE_LIBPCAP} from '../../model/mode.js';
import type {Service} from '../../model/service.js';

import {shownReading, shownValue} from './shown-reading.js';
import {indexOf} from './evidence-index.js';
import type {Variables} from './linking.js';
import {
  isLibpcap,
  mappingOf,
  preloadedBy,
  variablesOfProcess,
  variablesOfService,
} from './linking.js';
import {ourObject} from './mode-object.js';
import {perProcess} from './per-process.js';

/** Whether a program's libpcap can ask the kernel for zero-copy, and how that is known. */
export interface LibpcapUse {
  /**
   * `none`: the program was seen to load no libpcap at all, so what it asks for is its own
   * business.
   */
  readonly can: 'yes' | 'no' | 'unknown' | 'none';
  readonly path?: string;
  /**
   * An object of ours comes before it and gives this mode; under `buffered` it cannot do zero-copy.
   */
  readonly mode?: ObjectMode;
  /** For `unknown`: what keeps it from being known, as the end of a sentence. */
  readonly why?: string;
  readonly because: readonly ShownReading[];
}

/** Bears its name or comes before it, and says of itself that it is no libpcap. */
const standsIn = (evidence: Evidence, path: string): boolean =>
  ourObject(evidence, path) === undefined &&
  indexOf(evidence).library.get(path)?.version.state !== 'read' &&
  (!isLibpcap(path) || indexOf(evidence).library.get(path)?.version.state === 'absent');

/** The libpcap a running process has mapped, else the one linked into its program. */
export const libpcapInUse = perProcess((evidence, pid): LibpcapUse => {
  const map = evidence.memoryMaps[String(pid)];
  if (map?.state !== 'read') {
    const why: Reading<string> = map?.state === 'unreadable' ? map : absent;
    return {
      can: 'unknown',
      because: [shownReading(`libpcap of pid ${pid}`, `procstat -v ${pid}`, why)],
    };
  }
  const paths = [...new Set(map.value.filter((m) => m.type === 'vn').map((m) => m.path))];
  const program = executableOf(evidence, pid);
  const started = startedBy(evidence, pid);
  const {to} = started === undefined ? {} : mappingOf(evidence, started);
  // What libmap.conf gives in its place may have any name.
  const named = paths.filter((path) => isLibpcap(path) || path === to);
  // An object of ours needs the real one, which is then seen through it.
  const through = named.some((path) => ourObject(evidence, path) !== undefined);
  const loaded = through ? named.filter((path) => path !== MODE_LIBPCAP.path) : named;
  const preloaded = preloadedBy(variablesOfProcess(evidence, pid));
  const before =
    loaded.find((path) => standsIn(evidence, path)) ?? preloaded.find((p) => standsIn(evidence, p));
  const source = `procstat -v ${pid}`;
  if (before !== undefined && loaded.length > 0) {
    return {
      can: 'unknown',
      path: before,
      why: `${before} is loaded in the place of libpcap or before it, and what it does is not known`,
      because: loaded.flatMap((path) => capability(evidence, path, source).because),
    };
  }
  // A plugin may bring a libpcap of its own: whatever one of them can do counts.
  if (loaded.length > 0)
    return worstLibpcap(loaded.map((path) => capability(evidence, path, source)));
  const known = program === undefined ? undefined : indexOf(evidence).program.get(program);
  if (known?.builtIn.state === 'read') {
    return {
      ...judgement(known.builtIn.value),
      because: [
        shownValue(`libpcap inside ${known.path}`, `strings ${known.path}`, known.builtIn.value),
      ],
    };
  }
  return {
    can: 'none',
    because: [shownValue(`libpcap of pid ${pid}`, `procstat -v ${pid}`, 'none loaded')],
  };
});

/**
 * The libpcap a program on disk would load at its next start; without the program: what every
 * libpcap here agrees on.
 */
export function libpcapOfProgram(evidence: Evidence, path: string | undefined): LibpcapUse {
  const program = path === undefined ? undefined : indexOf(evidence).program.get(path);
  const mapped = mappingOf(evidence, path);
  if (program?.libpcap.state === 'read') {
    const target = program.libpcap.value;
    const use = capability(evidence, target, `ldd ${program.path}`);
    const readings = [...mapped.because, ...use.because];
    if (mapped.state === 'mapped' && mapped.to !== target && isLibpcap(mapped.to ?? ''))
      return {
        can: 'unknown',
        why: 'ldd and libmap.conf do not agree on the libpcap it loads',
        because: readings,
      };
    return {...use, because: readings};
  }
  if (program?.builtIn.state === 'read') {
    return {
      ...judgement(program.builtIn.value),
      because: [
        shownValue(
          `libpcap inside ${program.path}`,
          `strings ${program.path}`,
          program.builtIn.value,
        ),
      ],
    };
  }
  const why = shownReading(
    'libpcap the program loads',
    path === undefined ? 'rc script' : `ldd ${path}`,
    reason(program?.libpcap, path),
  );
  if (program?.libpcap.state === 'absent') {
    return {
      can: 'unknown',
      why: `${program.path} needs no libpcap by name: one may be linked into it, or brought in while it runs`,
      because: [why, ...mapped.because],
    };
  }
  if (mapped.state === 'mapped' && mapped.to !== undefined && path !== undefined) {
    const use = capability(evidence, mapped.to, 'libmap.conf(5)');
    return {...use, because: [...mapped.because, ...use.because]};
  }
  if (mapped.state !== 'plain') {
    return {
      can: 'unknown',
      why: 'libmap.conf maps libpcap, or could not be read whole',
      because: [...mapped.because, why],
    };
  }
  const answers = evidence.libraries.map((library) =>
    capability(evidence, library.path, 'libpcap files found'),
  );
  const kinds = new Set(answers.map((a) => a.can));
  const only = answers[0];
  if (only !== undefined && kinds.size === 1)
    return {...only, because: answers.flatMap((a) => a.because)};
  return {can: 'unknown', because: [...answers.flatMap((a) => a.because), why]};
}

/**
 * The libpcap a program will have when it is started next. What it has loaded now tells of a
 * plugin's; what lies on the disk tells of an upgrade and of a mapping made since; and variables
 * can change either.
 */
export function libpcapAtNextStart(
  evidence: Evidence,
  {
    pids,
    path,
    service,
  }: {pids: readonly number[]; path: string | undefined; service: Service | undefined},
): LibpcapUse {
  const rc = variablesOfService(evidence, service);
  if (pids.length === 0)
    return withVariables(evidence, libpcapOfProgram(evidence, path), rc, undefined);
  const uses = pids.map((pid) => {
    const inUse = libpcapInUse(evidence, pid);
    const own = variablesOfProcess(evidence, pid);
    const shown = [...rc.values].every(([name, value]) => own.values.get(name) === value);
    return withVariables(
      evidence,
      onDisk(evidence, pid, inUse),
      merged(rc, own),
      shown ? inUse : undefined,
    );
  });
  return worstLibpcap(uses);
}

/**
 * The program's file decides where it is known to need a libpcap; else what the process has loaded.
 */
function onDisk(evidence: Evidence, pid: number, inUse: LibpcapUse): LibpcapUse {
  if (isInAJail(evidence, pid)) return inAJail(evidence, pid, inUse);
  const path = startedBy(evidence, pid);
  const program = path === undefined ? undefined : indexOf(evidence).program.get(path);
  if (program?.libpcap.state === 'read') {
    const use = libpcapOfProgram(evidence, path);
    const same = use.path === inUse.path;
    return same ? {...use, because: [...inUse.because, ...use.because]} : use;
  }
  if (path === undefined || inUse.path === undefined) return inUse;
  const mapped = mappingOf(evidence, path);
  if (mapped.state === 'plain' || mapped.to === inUse.path)
    return {...inUse, because: [...mapped.because, ...inUse.because]};
  return {
    can: 'unknown',
    why: 'libmap.conf maps libpcap to another file than the one loaded now, or could not be read whole',
    because: [...mapped.because, ...inUse.because],
  };
}

/** A jail of this host; where the host itself is one, all that was read is the jail's own. */
const isInAJail = (evidence: Evidence, pid: number): boolean =>
  (indexOf(evidence).process.get(pid)?.jid ?? 0) > 0 &&
  !(evidence.identity.jailed.state === 'read' && evidence.identity.jailed.value);

/**
 * Its next start takes the jail's own libraries, by the jail's own libmap.conf: neither is read.
 * What it has now is known.
 */
function inAJail(evidence: Evidence, pid: number, inUse: LibpcapUse): LibpcapUse {
  if (inUse.can === 'yes' || inUse.can === 'none') return inUse;
  const jid = String(indexOf(evidence).process.get(pid)?.jid);
  return {
    can: 'unknown',
    why: `it runs in jail ${jid}, whose libraries and libmap.conf were not read`,
    because: [...inUse.because, shownValue(`jail of pid ${pid}`, 'ps', jid)],
  };
}

const merged = (a: Variables, b: Variables): Variables => ({
  values: new Map([...a.values, ...b.values]),
  because: [...a.because, ...b.because],
  ...(a.file === undefined ? {} : {file: a.file}),
});

/** LD_ variables can put anything before a libpcap, or another one in its place. */
function withVariables(
  evidence: Evidence,
  use: LibpcapUse,
  variables: Variables,
  inUse: LibpcapUse | undefined,
): LibpcapUse {
  const {values, file} = variables;
  if (use.can === 'none') return use;
  const readings = [...variables.because, ...use.because];
  if (values.size === 0 && file === undefined) return {...use, because: readings};
  const preloaded = preloadedBy(variables);
  const stranger = preloaded.find((path) => standsIn(evidence, path));
  if (stranger !== undefined) {
    const why = `LD_PRELOAD loads ${stranger} before its libpcap, and what it does is not known`;
    return {can: 'unknown', why, because: readings};
  }
  if (file !== undefined) {
    const why = `it is started with the variables of ${file}, which was not read`;
    return {can: 'unknown', why, because: readings};
  }
  if (preloaded.length > 0) {
    const first = worstLibpcap(preloaded.map((path) => capability(evidence, path, 'LD_PRELOAD')));
    return {...first, because: [...variables.because, ...first.because]};
  }
  // Where to look, or what to look for: a process that has them shows what came of it.
  if (inUse?.path !== undefined)
    return {...inUse, because: [...variables.because, ...inUse.because]};
  const why = `${[...values.keys()].join(', ')} can give it another libpcap than the one found`;
  return {can: 'unknown', why, because: readings};
}

/** The first file mapped executable is the program itself; ld-elf and libraries follow. */
export function executableOf(evidence: Evidence, pid: number): string | undefined {
  const map = evidence.memoryMaps[String(pid)];
  if (map?.state !== 'read') return undefined;
  return map.value.find((m) => m.type === 'vn' && m.protection.includes('x'))?.path;
}

/**
 * libmap.conf goes by the path a program was started by, which may be a link (facts:
 * per-program-modes.md).
 */
function startedBy(evidence: Evidence, pid: number): string | undefined {
  const [path = ''] = indexOf(evidence).process.get(pid)?.args.split(' ') ?? [];
  return path.startsWith('/') ? path : executableOf(evidence, pid);
}

const CAN_RANK = {no: 0, none: 1, unknown: 2, yes: 3} as const;
/** Of two that can, the one without a mode counts, and the one that suits fewer programs. */
const MODE_RANK = {buffered: 0, inherit: 0.1, private: 0.2} as const;

const rankOf = ({can, mode}: LibpcapUse): number =>
  CAN_RANK[can] + (mode === undefined ? 0.3 : MODE_RANK[mode]);

export function worstLibpcap(uses: readonly LibpcapUse[]): LibpcapUse {
  return uses.reduce<LibpcapUse>(
    (a, b) => (rankOf(b) > rankOf(a) ? b : a),
    uses[0] ?? {can: 'unknown', because: []},
  );
}

function capability(evidence: Evidence, path: string, source: string): LibpcapUse {
  const mode = ourObject(evidence, path);
  if (mode !== undefined) {
    const real = capability(evidence, MODE_LIBPCAP.path, `what ${path} needs`);
    const can = mode === 'buffered' ? 'no' : real.can;
    const line = shownValue(
      'buffer mode of the object before its libpcap',
      source,
      `${mode} (${path})`,
    );
    return {...real, can, path, mode, because: [line, ...real.because]};
  }
  const library = indexOf(evidence).library.get(path);
  const version = library?.version ?? unreadable('its version string was not collected');
  const answer =
    version.state === 'read' ? judgement(version.value, path) : {can: 'unknown' as const};
  const why =
    version.state === 'absent'
      ? `${path} takes the place of libpcap and says nothing of being one`
      : `the version of ${path}, which it loads, could not be read`;
  return {
    ...answer,
    ...(version.state === 'read' ? {} : {why}),
    path,
    because: [
      shownValue('libpcap loaded', source, path),
      shownReading(`version of ${path}`, `strings ${path}`, version),
    ],
  };
}

const judgement = (line: string, path?: string): {readonly can: 'yes' | 'no' | 'unknown'} => ({
  can: libpcapZerocopy(line, path).can,
});

function reason(libpcap: Reading<string> | undefined, path: string | undefined): Reading<string> {
  if (path === undefined)
    return unreadable('the rc script does not say plainly which program it starts');
  if (libpcap === undefined) return unreadable(`${path} was not looked at`);
  return libpcap.state === 'read' ? read(libpcap.value) : libpcap;
}
