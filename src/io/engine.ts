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

/** For a version of Node; empty for one that was not measured. */
export function engineFlags(version: string): readonly string[] {
  const flags = FLAGS[version.split('.')[0] ?? ''];
  return flags === undefined ? [] : [...flags, ...HEAP_STAYS_SMALL];
}

/** Tells V8 that a fleet is about to be asked. */
export function tuneForFleet(): void {
  for (const flag of engineFlags(process.versions.node)) setFlagsFromString(flag);
}
