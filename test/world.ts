/**
 * Builders for the documents tests are about: evidence, findings, hosts, runs, and a few fixed
 * fleets. They refuse nonsense (a failing finding without a fix, a broken host without a stalled
 * capture, one host twice), so that a test cannot pass on a document the tool would never write.
 */
export {makeEvidence} from './world/evidence.js';
export {makeFinding, passesBut, RULES} from './world/finding.js';
export type {FindingSpec, RuleId} from './world/finding.js';
export {evidenceFor, fleetOf, hostileFleet, HOSTILE, oneOfEach} from './world/fleet.js';
export {makeHost, makeRun} from './world/run.js';
export type {HostSpec} from './world/run.js';
