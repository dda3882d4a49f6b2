import type {ExpectedCell, ProbeInherit, ProbeMode, ProbeScenario} from '../model/probe.js';
import {PROBE_ROWS, PROBE_SCENARIOS} from '../model/probe.js';

/** Where the expectation comes from, for reports. */
export const EXPECTED_SOURCE =
  'measured on FreeBSD 13.2-RELEASE and 15.1-RELEASE-p1, amd64, capture on lo0: the same on both';

type Pattern = Omit<ExpectedCell, 'mode' | 'inherit' | 'scenario' | 'basis'>;

const ALL = [1, 1, 1, 1, 1, 1];
const NOTHING = [0, 0, 0, 0, 0, 0];
const BEFORE_FORK = [1, 0, 0, 0, 0, 0];
const AFTER_FORK = [0, 1, 1, 1, 1, 1];

const delivered = (
  parent: readonly number[],
  child: readonly number[],
  exposed = false,
): Pattern => ({
  verdict: 'delivered',
  exposed,
  parent,
  child,
});

const stalled = (
  stalledAtRound: number,
  parent: readonly number[],
  child: readonly number[],
  exposed: boolean,
): Pattern => ({verdict: 'stalled', stalledAtRound, exposed, parent, child});

const parentGetsAll = delivered(ALL, NOTHING);
const childGetsRest = delivered(BEFORE_FORK, AFTER_FORK);
/** The two drain in turns: whoever is first gets the round's packets. */
const taking = {parent: [1, 1, 0, 1, 0, 1], child: [0, 0, 1, 0, 1, 0]};

/**
 * Without a page that both can write, what decides is whether the other process still shares the
 * pages at the next acknowledge: then the acknowledge goes to a private copy, and each buffer is
 * lost after its next delivery.
 */
const copied: Readonly<Record<ProbeScenario, Pattern>> = {
  'no-fork': parentGetsAll,
  'helper-alive': stalled(3, [1, 1, 0, 0, 0, 0], NOTHING, true),
  'helper-exits': parentGetsAll,
  'child-captures': stalled(3, BEFORE_FORK, [0, 1, 0, 0, 0, 0], true),
  'both-capture': stalled(3, [1, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], true),
  exec: parentGetsAll,
  'exec-late': stalled(3, [1, 1, 0, 0, 0, 0], NOTHING, true),
  daemonize: childGetsRest,
  spawn: parentGetsAll,
};

const shared: Readonly<Record<ProbeScenario, Pattern>> = {
  'no-fork': parentGetsAll,
  'helper-alive': delivered(ALL, NOTHING, true),
  'helper-exits': parentGetsAll,
  'child-captures': delivered(BEFORE_FORK, AFTER_FORK, true),
  'both-capture': delivered(taking.parent, taking.child, true),
  exec: parentGetsAll,
  'exec-late': delivered(ALL, NOTHING, true),
  daemonize: childGetsRest,
  spawn: parentGetsAll,
};

/** Kernel memory: no process maps it, and every process with the descriptor can read it. */
const buffered: Readonly<Record<ProbeScenario, Pattern>> = {
  ...shared,
  'helper-alive': parentGetsAll,
  'child-captures': childGetsRest,
  'both-capture': delivered(taking.parent, taking.child),
  'exec-late': parentGetsAll,
};

/** The parent keeps its pages; a child that reads what it does not have dies. */
const withheld: Readonly<Record<ProbeScenario, Pattern>> = {
  ...buffered,
  'child-captures': {
    ...stalled(2, BEFORE_FORK, NOTHING, true),
    verdict: 'crashed',
    crashedAtRound: 2,
  },
  'both-capture': {...delivered(ALL, NOTHING), verdict: 'crashed', crashedAtRound: 2},
  daemonize: {...stalled(2, BEFORE_FORK, NOTHING, false), verdict: 'crashed', crashedAtRound: 2},
};

/** The same with pages of zeros: the child lives and sees nothing. */
const zeroed: Readonly<Record<ProbeScenario, Pattern>> = {
  ...buffered,
  'child-captures': stalled(2, BEFORE_FORK, NOTHING, true),
  'both-capture': parentGetsAll,
  daemonize: stalled(2, BEFORE_FORK, NOTHING, false),
};

const patterns: Readonly<Record<ProbeInherit, Readonly<Record<ProbeScenario, Pattern>>>> = {
  default: copied,
  copy: copied,
  share: shared,
  none: withheld,
  zero: zeroed,
};

/**
 * Not run on a kernel, or run for fewer inheritances; the rest was. `exposed` is a reading
 * throughout.
 */
const NOT_MEASURED: ReadonlySet<string> = new Set([
  'buffer/default/daemonize',
  'buffer/default/both-capture',
  'zbuf/default/both-capture',
  'zbuf/copy/exec-late',
  'zbuf/copy/spawn',
  'zbuf/copy/daemonize',
  'zbuf/none/both-capture',
  'zbuf/none/spawn',
  'zbuf/zero/both-capture',
  'zbuf/zero/exec-late',
  'zbuf/zero/spawn',
]);

function expectedCell(
  mode: ProbeMode,
  inherit: ProbeInherit,
  scenario: ProbeScenario,
): ExpectedCell {
  return {
    mode,
    inherit,
    scenario,
    ...(mode === 'buffer' ? buffered : patterns[inherit])[scenario],
    basis: NOT_MEASURED.has(`${mode}/${inherit}/${scenario}`) ? 'reading' : 'measured',
  };
}

/** What FreeBSD's kernels do: every cell of the matrix, in its order. */
export const expectedMatrix: readonly ExpectedCell[] = PROBE_ROWS.flatMap(({mode, inherit}) =>
  PROBE_SCENARIOS.map((scenario) => expectedCell(mode, inherit, scenario)),
);
