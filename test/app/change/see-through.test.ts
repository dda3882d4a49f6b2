import {afterAll, beforeAll, describe, expect, test} from 'vitest';

import {applyHost} from '../../../src/app/change/apply-host.js';
import {resumeHost} from '../../../src/app/change/resume-host.js';
import {rollbackHost} from '../../../src/app/change/rollback-host.js';
import type {AppliedHost} from '../../../src/model/apply-run.js';
import type {Failure} from '../../../src/model/failure.js';
import {ReplayHost} from '../../collect/replay/replay-host.js';

import {EARLIER, hostNamed, OPTIONS, plannedOf, RUN, targetOf} from './fleet.js';
import type {Ask, Said, Scripted} from './scripted.js';
import {CUT, recordText, scripted} from './scripted.js';

const CHANGED = ['step\t0\tset-running\tchanged\tit was 1, is 0'];
const UNDONE = [...CHANGED, 'undone\t0\tset-running\trolled-back\tit is 1 again'];
const NONE = recordText('none', [], '');

/** What the real collector says of a host that runs with 0, and of one that runs with 1. */
const evidence = {good: '', bad: ''};
beforeAll(async () => {
  const states = {
    good: 'freebsd-15.1/default',
    bad: 'freebsd-15.1/pflogd-stalled-zerocopy',
  } as const;
  for (const kind of ['good', 'bad'] as const) {
    const host = new ReplayHost({state: states[kind]});
    afterAll(() => {
      host.remove();
    });
    evidence[kind] = (await host.collect()).stdout.toString('latin1');
  }
});

interface Play {
  /** What begin answers; a Failure: cut. */
  readonly begin: string | Failure | Said;
  /**
   * What the host answers when it is asked about the run, one after the other; the last for ever.
   */
  readonly status?: readonly (string | Failure)[];
  readonly confirm?: string | Failure;
  readonly undo?: string | Failure;
  readonly verified?: 'good' | 'bad';
  /** How the host differs from the plan when it is compared. */
  readonly apart?: string;
  /** Whether a connection is made, by its number from 1. */
  readonly reachable?: (connection: number) => boolean;
}

async function play(how: Play): Promise<{readonly entry: AppliedHost; readonly world: Scripted}> {
  let begun = false;
  let contacts = 0;
  const answer = (ask: Ask): string | Failure | Said => {
    switch (ask) {
      case 'begin':
        begun = true;
        return how.begin;
      case 'collect':
        return evidence[begun ? (how.verified ?? 'good') : 'good'];
      case 'confirm':
        return how.confirm ?? recordText('confirmed', CHANGED);
      case 'undo':
        return how.undo ?? recordText('undone', UNDONE);
      case 'status': {
        if (!begun) return NONE;
        const list = how.status ?? [];
        contacts += 1;
        return list[Math.min(contacts, list.length) - 1] ?? CUT;
      }
    }
  };
  const world = scripted(answer, how.reachable, {apart: () => how.apart});
  const entry = await applyHost(hostNamed('fw01'), plannedOf('fw01'), OPTIONS, world.deps);
  return {entry, world};
}
const waiting = (): string => recordText('waiting', ['left\t100', ...CHANGED]);
const working = (): string => recordText('working', ['left\t200']);

test('where the helper is asked for, the kernel is asked over the connection that verifies', async () => {
  const asked: string[] = [];
  const world = scripted(
    (ask) => {
      switch (ask) {
        case 'begin':
          return waiting();
        case 'collect':
          return evidence.good;
        case 'confirm':
          return recordText('confirmed', CHANGED);
        case 'undo':
        case 'status':
          return NONE;
      }
    },
    () => true,
    {
      askKernel: (_, seen) => {
        asked.push(world.asked.at(-1) ?? '');
        return Promise.resolve({...seen, descriptorStats: {state: 'absent'}});
      },
      keep: (seen) => {
        asked.push(seen.descriptorStats?.state ?? 'not asked');
        return Promise.resolve();
      },
    },
  );
  const entry = await applyHost(hostNamed('fw01'), plannedOf('fw01'), OPTIONS, world.deps);
  expect([entry.result, asked]).toEqual(['changed', ['2 collect', 'absent']]);
});

describe('begin comes back', () => {
  test('verified and confirmed over a new connection: changed, and the evidence is kept', async () => {
    const {entry, world} = await play({begin: waiting()});
    expect(entry).toMatchObject({result: 'changed'});
    expect(entry.steps.map(({outcome}) => outcome)).toEqual(['changed', 'already']);
    expect(world.asked).toEqual(['1 status', '1 collect', '1 begin', '2 collect', '2 confirm']);
    expect(world.kept()).toBe(1);
  });

  test('every step found so: already', async () => {
    const already = ['step\t0\tset-running\talready\tit is 0'];
    const {entry} = await play({
      begin: recordText('waiting', already),
      confirm: recordText('confirmed', already),
    });
    expect(entry.result).toBe('already');
  });

  test('refused by the host: refused, with its words', async () => {
    const {entry, world} = await play({
      begin: recordText('none', ['refused\tlocked\tlocked by somebody'], ''),
    });
    expect(entry).toMatchObject({result: 'refused', reason: 'locked by somebody'});
    expect(world.asked).not.toContain('2 confirm');
  });

  test('verification fails: undone, rolled back, with what was seen', async () => {
    const {entry, world} = await play({begin: waiting(), verified: 'bad'});
    expect(entry.result).toBe('rolled-back');
    expect(entry.reason).toBe('verification failed: runs with 1, not 0');
    expect(entry.steps.map(({outcome}) => outcome)).toEqual(['rolled-back', 'failed']);
    expect(world.asked.slice(-2)).toEqual(['2 collect', '2 undo']);
  });

  test('verification fails and the undo does not end well: failed, with where to look', async () => {
    const undo = recordText('undo-failed', [
      ...CHANGED,
      'undone\t0\tset-running\tfailed\tnot permitted',
    ]);
    const {entry} = await play({begin: waiting(), verified: 'bad', undo});
    expect(entry.result).toBe('failed');
    expect(entry.reason).toContain(`/var/db/zbufctl/${RUN}`);
  });

  test('the evidence cannot be collected: nothing is confirmed', async () => {
    const {entry, world} = await play({
      begin: waiting(),
      reachable: (connection) => connection === 1 || connection > 3,
      status: [recordText('undone', UNDONE)],
    });
    expect(world.asked.some((ask) => ask.endsWith('confirm'))).toBe(false);
    expect(entry).toMatchObject({result: 'rolled-back'});
    expect(entry.reason).toContain('the host undid it by itself');
  });

  test('the answer to the confirmation is cut: what the host says later counts', async () => {
    const kept = await play({
      begin: waiting(),
      confirm: CUT,
      status: [recordText('confirmed', CHANGED)],
    });
    expect(kept.entry.result).toBe('changed');
    const undone = await play({
      begin: waiting(),
      confirm: CUT,
      status: [recordText('undone', UNDONE)],
    });
    expect(undone.entry.result).toBe('rolled-back');
  });

  test('the confirmation came too late: the host decides', async () => {
    const {entry} = await play({
      begin: waiting(),
      confirm: recordText('undoing', [...CHANGED, 'refused\twrong-state\ttoo late']),
      status: [recordText('undoing', CHANGED), recordText('undone', UNDONE)],
    });
    expect(entry.result).toBe('rolled-back');
  });
});

describe('the connection is cut in begin', () => {
  test('the host goes on, is waited for, verified and confirmed', async () => {
    const {entry, world} = await play({begin: CUT, status: [CUT, working(), working(), waiting()]});
    expect(entry.result).toBe('changed');
    expect(world.asked.slice(-2)).toEqual(['6 collect', '6 confirm']);
  });

  test('a record cut anywhere is a cut connection, never a result', async () => {
    const whole = recordText('confirmed', CHANGED);
    for (let length = 0; length < whole.length; length += 7) {
      const {entry} = await play({
        begin: whole.slice(0, length),
        status: [recordText('undone', UNDONE)],
      });
      expect(entry.result, `${length} bytes`).toBe('rolled-back');
    }
  });

  test('the host undid it: rolled back', async () => {
    expect((await play({begin: CUT, status: [recordText('undone', UNDONE)]})).entry.result).toBe(
      'rolled-back',
    );
  });

  test('the host could not undo it: failed', async () => {
    const failed = recordText('undo-failed', [...CHANGED, 'undone\t0\tset-running\tfailed\tno']);
    expect((await play({begin: CUT, status: [failed]})).entry.result).toBe('failed');
  });

  test('a reboot left it with nobody: it is undone now', async () => {
    const {entry, world} = await play({begin: CUT, status: [recordText('abandoned', CHANGED)]});
    expect(entry.result).toBe('rolled-back');
    expect(world.asked.slice(-2)).toEqual(['2 status', '3 undo']);
  });

  test('the host knows nothing: asked again before it counts, since the script may still be on its way', async () => {
    const late = await play({begin: CUT, status: [NONE, working(), waiting()]});
    expect(late.entry.result).toBe('changed');
    const never = await play({begin: CUT, status: [NONE]});
    expect(never.entry.result).toBe('not-started');
    expect(never.world.asked.filter((ask) => ask.endsWith('status')).length).toBeGreaterThan(2);
  });

  test('the host never comes back: lost, only after its own time to undo has passed, with the command', async () => {
    const {entry, world} = await play({begin: CUT, reachable: (connection) => connection === 1});
    expect(entry.result).toBe('lost');
    expect(entry.reason).toContain('timed-out: no answer');
    expect(entry.reason).toContain(`zbufctl apply --resume ${RUN}`);
    expect(world.elapsed()).toBeGreaterThan(OPTIONS.confirmSeconds * 1000);
    expect(world.asked.some((ask) => ask.endsWith('confirm'))).toBe(false);
  });

  test('the host stays undecided for ever: lost', async () => {
    for (const state of ['working', 'undoing', 'abandoned']) {
      const record = recordText(state, CHANGED);
      expect((await play({begin: CUT, status: [record], undo: record})).entry.result, state).toBe(
        'lost',
      );
    }
  });
});

describe('a record that contradicts what is known is not believed: lost', () => {
  const did = `did\t${CHANGED[0]?.slice(5)}\n`;
  const two = [...CHANGED, 'step\t1\twrite-boot\tchanged\tx'];
  test.each<[string, Play, RegExp]>([
    [
      'confirmed, and nobody has',
      {begin: recordText('confirmed', CHANGED)},
      /nobody has confirmed it/,
    ],
    [
      'confirmed after a cut, and nobody has',
      {begin: CUT, status: [recordText('confirmed', CHANGED)]},
      /nobody has confirmed it/,
    ],
    ['of another run', {begin: recordText('waiting', CHANGED, EARLIER)}, /it tells of run/],
    [
      'of another run that ended',
      {begin: recordText('undone', UNDONE, EARLIER)},
      /it tells of run/,
    ],
    ['of another plan', {begin: recordText('waiting', CHANGED, RUN, 'other')}, /its plan is other/],
    ['of more steps', {begin: recordText('waiting', two)}, /its steps are not those of the plan/],
    [
      'of another kind of step',
      {begin: recordText('waiting', ['step\t0\twrite-boot\tchanged\tx'])},
      /its steps are not those of the plan/,
    ],
    [
      'of another number',
      {begin: recordText('waiting', ['step\t1\tset-running\tchanged\tx'])},
      /its steps are not those of the plan/,
    ],
    [
      'waiting with a step that failed',
      {begin: recordText('waiting', ['step\t0\tset-running\tfailed\tno'])},
      /it is waiting, and step 0 \(set-running\) is failed/,
    ],
    [
      'undone twice',
      {begin: recordText('undone', [...UNDONE, ...UNDONE.slice(1)])},
      /has undone steps that are not/,
    ],
    [
      'none after a step was told',
      {begin: {chunks: did}, status: [NONE]},
      /the host has lost its record: the run was begun there/,
    ],
    ['none after working', {begin: CUT, status: [working(), NONE]}, /the host has lost its record/],
    ['none after waiting', {begin: waiting(), confirm: NONE}, /the host has lost its record/],
    ['none after abandoned', {begin: recordText('abandoned'), undo: NONE}, /has lost its record/],
    [
      'refused after a step was told',
      {begin: `${did}${recordText('none', ['refused\tlocked\tby x'], '')}`},
      /the host has lost its record|not known/,
    ],
    [
      'none, and the host is not as it was planned',
      {begin: CUT, status: [NONE], apart: 'running value was 1, is 0'},
      /knows nothing of the run, and is not as it was planned: running value was 1, is 0/,
    ],
  ])('%s', async (_, how, reason) => {
    const {entry, world} = await play(how);
    expect(entry).toMatchObject({result: 'lost', postureAfter: 'unknown'});
    expect(entry.reason).toMatch(reason);
    expect(world.elapsed()).toBeLessThan(OPTIONS.confirmSeconds * 1000);
  });

  test('none, as it was planned: not started, and looked at for that', async () => {
    const {entry, world} = await play({begin: CUT, status: [NONE]});
    expect(entry.result).toBe('not-started');
    expect(world.asked.slice(-2)).toEqual(['4 status', '4 collect']);
  });
});

test('nothing is changed but what the record says is confirmed, whatever comes when', async () => {
  const answers = [
    CUT,
    NONE,
    working(),
    recordText('abandoned'),
    recordText('undone', UNDONE),
    'noise',
  ];
  for (const begin of [...answers, waiting()]) {
    for (const status of answers) {
      for (const confirm of answers) {
        const {entry} = await play({begin, status: [status], confirm, undo: confirm});
        expect(['changed', 'already']).not.toContain(entry.result);
      }
    }
  }
});

describe('before anything is changed', () => {
  const asking = async (
    lock: string,
    state: string,
    change: object = {},
  ): Promise<{readonly entry: AppliedHost; readonly world: Scripted}> => {
    let locked = true;
    const answer = (ask: Ask): string => {
      if (ask === 'status')
        return recordText(state, locked ? [`lock\t${EARLIER}\top@ctl\t300\t${lock}`] : [], EARLIER);
      if (ask === 'undo') {
        locked = false;
        return recordText('undone', [], EARLIER);
      }
      if (ask === 'collect') return evidence.good;
      return ask === 'begin' ? waiting() : recordText('confirmed', CHANGED);
    };
    const world = scripted(answer);
    const options = {...OPTIONS, ...change};
    return {
      entry: await applyHost(hostNamed('fw01'), plannedOf('fw01'), options, world.deps),
      world,
    };
  };

  test('what an earlier run of ours left undecided is undone first', async () => {
    const {entry, world} = await asking('dead', 'abandoned');
    expect(world.asked.slice(0, 4)).toEqual(['1 status', '1 undo', '1 collect', '1 begin']);
    expect(entry.result).toBe('changed');
  });

  test.each(['confirmed', 'undone'])(
    'a run that is %s and could not free its lock is left as it is',
    async (state) => {
      const {entry, world} = await asking('dead', state);
      expect(world.asked).not.toContain('1 undo');
      expect(entry.result).toBe('changed');
    },
  );

  test('a run that is still going on is not touched', async () => {
    const {entry, world} = await asking('alive', 'working');
    expect(world.asked).toEqual(['1 status']);
    expect(entry).toMatchObject({result: 'refused'});
    expect(entry.reason).toContain(`locked by op@ctl since 5 minutes for run ${EARLIER} (working)`);
  });

  test('a dry run undoes nothing, and says that it would', async () => {
    const {entry, world} = await asking('dead', 'abandoned', {dryRun: true});
    expect(world.asked).toEqual(['1 status']);
    expect(entry).toMatchObject({result: 'not-started'});
    expect(entry.reason).toMatch(/^what run .* left there would be undone first$/);
  });
});

describe('going on with a run that lost a host', () => {
  const resume = async (
    state: string,
    dryRun = false,
  ): Promise<{entry: AppliedHost; world: Scripted}> => {
    const answer = (ask: Ask, script: string): string => {
      if (ask === 'collect') return evidence.good;
      if (ask === 'status') {
        return script.includes(`set -- 'status' '${EARLIER}'`)
          ? recordText(state, state === 'none' ? [] : CHANGED, EARLIER)
          : NONE;
      }
      const run = script.includes(`'${RUN}'`) ? RUN : EARLIER;
      return ask === 'begin' ? waiting() : recordText('confirmed', CHANGED, run);
    };
    const world = scripted(answer);
    const options = {...OPTIONS, dryRun};
    return {entry: await resumeHost(targetOf('fw01'), EARLIER, options, world.deps), world};
  };

  test('confirmed then: changed, under the name of the run that did it, and nothing is begun again', async () => {
    const {entry, world} = await resume('confirmed');
    expect(entry).toMatchObject({result: 'changed', journal: EARLIER});
    expect(world.asked).toEqual(['1 status']);
  });

  test('still waiting: verified and confirmed now', async () => {
    const {entry, world} = await resume('waiting');
    expect(entry).toMatchObject({result: 'changed', journal: EARLIER});
    expect(world.asked).toEqual(['1 status', '2 collect', '2 confirm']);
  });

  test('the record is gone, and the host is not as it was planned: lost', async () => {
    const world = scripted((ask) => (ask === 'status' ? NONE : evidence.good), undefined, {
      apart: () => 'boot value was 1, is 0',
    });
    const entry = await resumeHost(targetOf('fw01'), EARLIER, OPTIONS, world.deps);
    expect(entry).toMatchObject({result: 'lost', journal: EARLIER});
    expect(entry.reason).toContain('boot value was 1, is 0');
    expect(world.asked).toEqual(['1 status', '1 collect']);
  });

  test.each(['undone', 'none'])('%s: carried out anew, under its own name', async (state) => {
    const {entry, world} = await resume(state);
    expect(entry.result).toBe('changed');
    expect(entry).not.toHaveProperty('journal');
    expect(world.asked).toContain('2 begin');
  });

  test('a dry run settles nothing', async () => {
    const {entry, world} = await resume('waiting', true);
    expect(world.asked).toEqual(['1 status']);
    expect(entry).toMatchObject({result: 'lost', journal: EARLIER});
  });

  test('still unreachable: still lost, and the run that knows is not forgotten', async () => {
    const world = scripted(
      () => CUT,
      () => false,
    );
    const entry = await resumeHost(targetOf('fw01'), EARLIER, OPTIONS, world.deps);
    expect(entry).toMatchObject({result: 'lost', journal: EARLIER});
  });
});

describe('rolling a host back', () => {
  const undo = async (
    answer: string | Failure,
    reachable = true,
    apart?: string,
  ): Promise<AppliedHost> => {
    const world = scripted(
      (ask) => (ask === 'collect' ? evidence.good : answer),
      () => reachable,
      {apart: () => apart},
    );
    return rollbackHost(hostNamed('fw01'), plannedOf('fw01'), EARLIER, OPTIONS, world.deps);
  };

  test.each<[string, AppliedHost['result'], string | Failure]>([
    ['undone', 'rolled-back', recordText('undone', UNDONE, EARLIER)],
    ['undone now', 'rolled-back', recordText('undone', ['before\tconfirmed', ...UNDONE], EARLIER)],
    ['undone before', 'already', recordText('undone', ['before\tundone', ...UNDONE], EARLIER)],
    ['not known there', 'already', recordText('none', ['refused\twrong-state\tnot known'], '')],
    ['of another run', 'lost', recordText('undone', UNDONE, RUN)],
    ['of another plan', 'lost', recordText('undone', UNDONE, EARLIER, 'other')],
    ['locked', 'refused', recordText('confirmed', [...CHANGED, 'refused\tlocked\tby x'], EARLIER)],
    ['not undone whole', 'failed', recordText('undo-failed', UNDONE, EARLIER)],
    ['still undoing', 'lost', recordText('undoing', CHANGED, EARLIER)],
    ['confirmed as before', 'lost', recordText('confirmed', CHANGED, EARLIER)],
    ['cut', 'lost', CUT],
    ['noise', 'lost', 'Welcome!\n'],
  ])('%s: %s', async (_, result, answer) => {
    expect((await undo(answer)).result).toBe(result);
  });

  test('its record is gone, and it is not as it was before the run: lost, with the difference', async () => {
    const entry = await undo(
      recordText('none', ['refused\twrong-state\tnot known'], ''),
      true,
      'x was 1, is 0',
    );
    expect(entry).toMatchObject({result: 'lost'});
    expect(entry.reason).toContain('x was 1, is 0');
  });

  test('unreachable: not started, nothing is in doubt', async () => {
    expect((await undo(CUT, false)).result).toBe('not-started');
  });
});
