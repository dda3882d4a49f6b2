import type {HostDeps} from '../../../src/app/change/apply-options.js';
import {loadChangeTemplate, loadCollectTemplate} from '../../../src/io/package/templates.js';
import type {Failure, Result} from '../../../src/model/failure.js';
import {fail, ok} from '../../../src/model/failure.js';
import type {RunOptions, Transport} from '../../../src/model/transport.js';

import {COMPLIANT, nothing, PLAN, RUN} from './fleet.js';

/** What a script sent to the host asks for. */
export type Ask = 'begin' | 'status' | 'confirm' | 'undo' | 'collect';

export const CUT: Failure = {
  kind: 'cut',
  message: 'the connection was cut',
  fix: 'Look at the network.',
};

/** Something comes, and then the connection breaks. */
export interface Said {
  readonly chunks: string;
}

export interface Scripted {
  readonly deps: HostDeps;
  /** What was asked, in order, with the number of the connection: "1 begin". */
  readonly asked: readonly string[];
  /** Evidence that was kept: how many times. */
  readonly kept: () => number;
  readonly elapsed: () => number;
}

const template = loadChangeTemplate();
const COLLECTOR = loadCollectTemplate();
const CONNECTION = {
  user: 'root',
  port: 22,
  hostKeyFingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
  hostKeyType: 'ssh-ed25519',
  authentication: 'publickey',
  via: [],
} as const;

/**
 * The text of a record as a host writes it: with the step of `plannedOf`, where `more` tells of
 * none.
 */
export function recordText(
  state: string,
  more: readonly string[] = [],
  run = RUN,
  plan = state === 'none' ? '' : PLAN,
): string {
  const tells = state === 'none' || more.some((line) => line.startsWith('step\t'));
  const steps = tells ? [] : ['step\t0\tset-running\tnot-started\t'];
  const body = [
    `run\t${run}`,
    `plan\t${plan}`,
    'owner\top@ctl',
    `state\t${state}`,
    ...steps,
    ...more,
  ];
  return `zbufctl-change\t1\n${body.map((line) => `${line}\n`).join('')}end\t${body.length}\n`;
}

/**
 * A host behind connections that break where no real one can be made to. Time is virtual: it passes
 * only in pauses.
 * @param answer what the host prints; a Failure: the connection breaks there
 * @param reachable false: no connection at all, this time
 */
export function scripted(
  answer: (ask: Ask, script: string) => string | Failure | Said,
  reachable: (connection: number) => boolean = () => true,
  change: Partial<HostDeps> = {},
): Scripted {
  const asked: string[] = [];
  let connections = 0;
  let clock = 0;
  let kept = 0;
  const transport: Transport = {
    connect: () => {
      connections += 1;
      const number = connections;
      if (!reachable(number))
        return Promise.resolve(
          fail({kind: 'timed-out', message: 'no answer', fix: 'Is it up?'} as const),
        );
      return Promise.resolve(
        ok({
          connection: CONNECTION,
          run: (
            script: string,
            options?: RunOptions,
          ): Promise<Result<never> | ReturnType<typeof reply>> => {
            const ask = askOf(script);
            asked.push(`${number} ${ask}`);
            const said = answer(ask, script);
            if (typeof said === 'string') options?.onChunk?.(Buffer.from(said));
            else if ('chunks' in said) {
              options?.onChunk?.(Buffer.from(said.chunks));
              return Promise.resolve(fail(CUT));
            }
            return Promise.resolve(typeof said === 'string' ? reply(said) : fail(said));
          },
          quietMs: () => 0,
          close: () => undefined,
        }),
      );
    },
    close: () => undefined,
  };
  const deps: HostDeps = {
    transport,
    collector: COLLECTOR,
    changeTemplate: template,
    packetTemplate: '',
    servicesFor: () => [],
    objections: () => [],
    apart: () => undefined,
    judge: () => COMPLIANT,
    isOurs: () => true,
    keep: () => {
      kept += 1;
      return nothing();
    },
    beforeChange: nothing,
    now: () => '2026-11-24T12:00:00.000Z',
    elapsed: () => clock,
    pause: (milliseconds) => {
      clock += milliseconds;
      return nothing();
    },
    onEvent: () => undefined,
    ...change,
  };
  return {deps, asked, kept: () => kept, elapsed: () => clock};
}

const reply = (text: string): ReturnType<typeof replyOk> => replyOk(Buffer.from(text));
const replyOk = (
  stdout: Buffer,
): {ok: true; value: {stdout: Buffer; stderr: Buffer; durationMs: number}} => ({
  ok: true,
  value: {stdout, stderr: Buffer.alloc(0), durationMs: 1},
});

function askOf(script: string): Ask {
  if (script === COLLECTOR) return 'collect';
  const [, word] = /^set -- '?(begin|status|confirm|undo)'?/m.exec(script) ?? [];
  if (word === undefined) throw new Error(`not a script of ours: ${script.slice(0, 80)}`);
  return word as Ask;
}
