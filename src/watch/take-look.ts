import type {Descriptor, Evidence} from '../model/evidence.js';
import type {Finding} from '../model/finding.js';
import {read} from '../model/reading.js';
import type {HostChange} from '../model/watch.js';
import type {Waiver} from '../model/waiver.js';
import type {Judgement, RuleInput} from '../rules/rule.js';
import {findingOf} from '../rules/rule.js';
import type {Capture} from '../rules/reading/capture.js';
import {serviceOfProcess} from '../rules/reading/capture-services.js';
import {movement, showsLife} from '../rules/reading/movement.js';
import {applyWaivers} from '../rules/waivers.js';
import {noCaptureIsStalled, opinionOf} from '../rules/zbuf-001-no-capture-is-stalled.js';

import {lives} from './take-sample.js';
import type {Key} from './two-samples.js';
import {capturesOf} from './two-samples.js';
import type {Look, Step, Watched, WatchedHost} from './watched-host.js';
import {captureOf, nameOf} from './watched-host.js';

/** What a second look is judged by. */
export interface LookAt {
  /** The evidence of the look, with what is known of programs. */
  readonly scene: RuleInput;
  readonly waivers: readonly Waiver[];
  /** Of the host, for waivers. */
  readonly groups: readonly string[];
  /** The UTC day, YYYY-MM-DD. */
  readonly day: string;
  /** What did not move since; absent: the last sample but one. */
  readonly since?: readonly Descriptor[];
}

/**
 * Judges captures that did not move, by the rule's own word on two pairs of samples: the two of the
 * look itself, and the sample since which they did not move with the look's second. The look's are
 * seconds apart and may see no packet; those that are an interval apart may hide that buffers
 * rotated in between. Life in either is life, unless the look's own pair shows the loss.
 */
export function takeLook(host: WatchedHost, keys: readonly Key[], look: LookAt): Step {
  const short = capturesOf(look.scene.evidence);
  const longScene = {...look.scene, evidence: overInterval(look, host)};
  const long = capturesOf(longScene.evidence);
  const captures = new Map(host.captures);
  const changes: HostChange[] = [];
  for (const key of keys) {
    const old = host.captures.get(key);
    const [pair, longPair] = [short.get(key), long.get(key)];
    // Gone, or another program's since: the next sample tells.
    if (old === undefined || pair?.command !== old.descriptor.command) continue;
    const own = {pair, opinion: opinionOf(look.scene, pair)};
    const step = judgedBy(
      withService(old, look.scene),
      own,
      longPair === undefined ? own : {pair: longPair, opinion: opinionOf(longScene, longPair)},
      look,
    );
    captures.set(key, step.watched);
    changes.push(...step.changes);
  }
  return {host: {...host, captures}, changes};
}

/** The look failed: what did not move is not known. */
export function lookFailed(host: WatchedHost, keys: readonly Key[], why: string): Step {
  const captures = new Map(host.captures);
  const changes: HostChange[] = [];
  for (const key of keys) {
    const old = captures.get(key);
    if (old === undefined || old.state === 'stalled') continue;
    const {look: _look, ...rest} = old;
    const watched: Watched = {...rest, state: 'unknown'};
    captures.set(key, watched);
    if (old.state !== 'unknown')
      changes.push({
        event: 'capture-unknown',
        ...captureOf(watched),
        summary: `${nameOf(watched)} does not move, and the second look failed: ${why}`,
        because: [],
        fix: 'It is looked at again with the next sample.',
      });
  }
  return {host: {...host, captures}, changes};
}

function overInterval(
  {scene: {evidence}, since}: LookAt,
  {earlier, latest}: WatchedHost,
): Evidence {
  const {thirdSample: _third, ...rest} = evidence;
  const [first, second] = evidence.samples;
  const from = since ?? earlier ?? latest;
  return {
    ...rest,
    samples: [from === undefined ? first : {at: first.at, descriptors: read(from)}, second],
  };
}

/** The arguments of its process, which a sample does not see, may tell the service. */
function withService(old: Watched, scene: RuleInput): Watched {
  const {pid, command} = old.descriptor;
  const service = serviceOfProcess(scene, pid, command)?.id ?? old.service;
  return service === undefined ? old : {...old, service};
}

interface Opinion {
  readonly pair: Capture;
  readonly opinion: Judgement;
}

const RANK = {fail: 3, unknown: 2, pass: 1, 'not-applicable': 0} as const;

function judgedBy(
  old: Watched,
  own: Opinion,
  overAll: Opinion,
  look: LookAt,
): {readonly watched: Watched; readonly changes: readonly HostChange[]} {
  const isAlive = [own, overAll].some(({pair}) => showsLife(movement(pair)));
  if (isAlive && own.opinion.verdict !== 'fail') return lives(old);
  const {opinion} =
    !isAlive && RANK[overAll.opinion.verdict] > RANK[own.opinion.verdict] ? overAll : own;
  const about: Look = {descriptor: own.pair.after, moves: movement(overAll.pair), age: 0};
  const looked: Watched = {...old, look: about};
  switch (opinion.verdict) {
    case 'fail': {
      const finding = marked(findingOf(noCaptureIsStalled, look.scene, opinion), look);
      const waived = finding.waived === undefined ? {} : {waived: true as const};
      const watched: Watched = {...looked, state: 'stalled', ...waived};
      return {
        watched,
        changes: [
          {
            event: 'capture-stalled',
            ...captureOf(watched),
            ...told(opinion),
            ...(finding.waived === undefined ? {} : {waived: finding.waived}),
          },
        ],
      };
    }
    case 'unknown': {
      const watched: Watched = {...looked, state: 'unknown'};
      return {
        watched,
        changes:
          old.state === 'unknown'
            ? []
            : [{event: 'capture-unknown', ...captureOf(watched), ...told(opinion)}],
      };
    }
    case 'pass':
    case 'not-applicable': {
      const {watched, changes} = lives(old);
      return {watched: {...watched, look: about}, changes};
    }
  }
}

const told = ({summary, because, fix}: Judgement) => ({summary, because, fix: fix ?? ''});

function marked(finding: Finding, {scene, waivers, groups, day}: LookAt): Finding {
  const host = {host: scene.evidence.host, groups, findings: [finding]};
  return applyWaivers([host], waivers, day).hosts[0]?.findings[0] ?? finding;
}
