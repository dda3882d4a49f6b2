import {setFlagsFromString} from 'node:v8';

/**
 * V8 is made for programs that run long: it compiles code that ran a few hundred times once more,
 * and lets its nursery grow. Asking a fleet is over by then. What is set here took a seventh of the
 * CPU of an audit of 100 hosts away, and a quarter of its memory (npm run bench:fleet).
 *
 * By Node's major version, because V8 prints a complaint about a flag it does not know.
 */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  '20': ['--interrupt-budget=3000000'],
  '22': ['--invocation-count-for-maglev=10000', '--invocation-count-for-turbofan=100000'],
  '24': ['--invocation-count-for-maglev=10000', '--invocation-count-for-turbofan=100000'],
};
const NURSERY_STAYS_SMALL = '--semi-space-growth-factor=1';

/** Tells V8 that a fleet is about to be asked; a version that was not measured is left alone. */
export function tuneForFleet(version: string = process.versions.node): void {
  const flags = FLAGS[version.split('.')[0] ?? ''];
  if (flags === undefined) return;
  for (const flag of [...flags, NURSERY_STAYS_SMALL]) setFlagsFromString(flag);
}
