import {afterAll, expect, test} from 'vitest';

import {REFUSALS} from '../../src/model/host-record.js';
import {SERVICE_STEPS, STEP_KINDS} from '../../src/model/step.js';
import {beginScript} from '../../src/steps/change-script.js';
import {machineOf} from '../lab/practice-root.js';

import {changeFleet, isLocked, planned, RUN, steps, template} from './change-host.js';

const fleet = changeFleet();
afterAll(() => {
  fleet.close();
});

/** As the script holds what it is given (src/text/printf-octal.ts). */
const octal = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** A script whose table of steps names a kind nobody knows, of a service that is there. */
const made = (kind: string): string => {
  const plan = {run: RUN, plan: 'plan-1', owner: 'op@ctl', confirmSeconds: 20};
  const script = beginScript({...plan, steps: planned([steps.boot, steps.restart]), template});
  const known = octal('\trestart-service\tpflog\t');
  expect(script.split(known)).toHaveLength(2);
  return script.replace(known, octal(`\t${kind}\tpflog\t`));
};

test.each(['made-up', 'x-service', 'restart', '*', '-'])(
  'a step of the kind "%s" is refused before anything is changed',
  async (kind) => {
    const host = fleet.open(machineOf('stalled-pflogd'));
    const before = host.snapshot();
    const answer = await host.give(made(kind));
    expect(answer.record?.state, answer.out).toBe('none');
    expect(answer.record?.refused?.why).toBe('wrong-state');
    expect(answer.record?.refused?.text).toContain('does not know steps of the kind');
    expect(host.snapshot()).toEqual(before);
    await expect.poll(() => isLocked(host), {timeout: 60_000}).toBe(false);
  },
);

/** Every kind a host gets; the controller verifies. */
const KINDS: readonly string[] = STEP_KINDS.filter((kind) => kind !== 'verify');
/** Functions that are about some kinds only, and which. */
const PARTLY: Readonly<Record<string, readonly string[]>> = {
  change_service: SERVICE_STEPS,
  change_file: ['write-boot', 'set-rc'],
  is_file_at: ['write-boot', 'set-rc', 'install-mode', 'map-mode'],
  change_mode: ['install-mode', 'map-mode'],
  is_mode_at: ['install-mode', 'map-mode'],
};

/** The functions of the script that tell kinds of step apart, with the kinds each names. */
function tables(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [, name = '', body = ''] of template.matchAll(/^(\w+)\(\)\n\{\n(.*?)^\}/gms)) {
    if (!/case \S*\$kind\b/.test(body)) continue;
    found.set(
      name,
      KINDS.filter((kind) => new RegExp(`[\\s|.]${kind}[|).]`).test(body)),
    );
  }
  return found;
}

test('every table of steps in the script names every kind there is', () => {
  expect(tables().size).toBeGreaterThan(8);
  for (const [name, named] of tables())
    expect([name, named]).toEqual([name, PARTLY[name] ?? KINDS]);
});

test('the words a host refuses with are those of the model', () => {
  const said = new Set(
    [...template.matchAll(/\b(?:refuse |refused=)([a-z]+(?:-[a-z]+)*)(?=[ ;\n])/g)].map(
      ([, word]) => word,
    ),
  );
  expect([...said].sort()).toEqual([...REFUSALS].sort());
});
