import {setFlagsFromString} from 'node:v8';

/**
 * V8 is made for programs that run long: it compiles code that ran a few hundred times once more,
 * and lets its heap grow to several times what lives in it. Asking a fleet is over by then, and
 * little lives. What is set here took a seventh of the CPU of an audit of 100 hosts away, and a
 * quarter of its memory (npm run bench:fleet).
 *
 * By Node's major version, because V8 prints a complaint about a flag it does not know.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  '20': ['--interrupt-budget=3000000'],
  '22': ['--invocation-count-for-maglev=10000', '--invocation-count-for-turbofan=100000'],
  '24': ['--invocation-count-for-maglev=10000', '--invocation-count-for-turbofan=100000'],
};
/** Of a heap of 18 MB with 2,000 hosts, 60 to 90 MB were what nobody needed any more. */
const HEAP_STAYS_SMALL = ['--semi-space-growth-factor=1', '--heap-growing-percent=50'];

/**
 * What a thread makes and throws away has this much room, in megabytes (V8 has three times as much,
 * to copy what lives). In the one that `HEAP_STAYS_SMALL` leaves it at, a twentieth of a thread's
 * time was spent on copying what was about to be thrown away.
 */
export const YOUNG_MB = 4;

/** For a version of Node; empty for one that was not measured. */
export function engineFlags(version: string): readonly string[] {
  const flags = FLAGS[version.split('.')[0] ?? ''];
  return flags === undefined ? [] : [...flags, ...HEAP_STAYS_SMALL];
}

/** Tells V8 that a fleet is about to be asked. */
export function tuneForFleet(): void {
  for (const flag of engineFlags(process.versions.node)) setFlagsFromString(flag);
}

/** For the threads of a version of Node; empty for one that was not measured. */
export const threadFlags = (version: string): readonly string[] =>
  engineFlags(version).length === 0 ? [] : [`--min-semi-space-size=${YOUNG_MB}`];

/** Tells V8 of threads that are about to be started: each has a heap of its own. */
export function tuneForThreads(): void {
  for (const flag of threadFlags(process.versions.node)) setFlagsFromString(flag);
}
