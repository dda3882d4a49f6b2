import {join} from 'node:path';

import {beforeAll, describe, expect, test} from 'vitest';

import {RunStore} from '../../src/io/store/run-store.js';
import {HAS_TMUX, onTmux} from '../tools/tmux.js';
import type {Screen} from '../tools/tmux.js';
import {makeFinding, makeHost, makeRun, oneOfEach, passesBut} from '../world.js';

import {freshFolder, MAIN, zbufctl} from './cli.js';

const WIDE = '捕獲プログラムが記録を停止しました。'.repeat(4);
const run = makeRun(
  [
    ...oneOfEach().hosts,
    makeHost({
      host: 'wide.example.net',
      posture: 'broken',
      findings: passesBut(
        makeFinding({rule: 'ZBUF-001', summary: WIDE, service: '捕獲'.repeat(30)}),
      ),
    }),
  ],
  {run: '20261124T081500Z-audit-b0b0'},
);

async function stored(): Promise<string> {
  const state = join(freshFolder(), 'state');
  const writer = await new RunStore(state, {onNotice: () => undefined}).begin(run.run);
  await writer.finish(run);
  return state;
}

test('without a terminal it is the run as always', async () => {
  const state = await stored();
  const shown = await zbufctl(['runs', 'show', 'latest', '--browse', '--state-dir', state]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/^POSTURE +HOST/);
});

/** The menu of hosts, open. */
const HOSTS = /broken: 2 hosts *\n❯ fw02/;

describe.skipIf(!HAS_TMUX)('on a terminal', () => {
  let browse: (term: string, cols: number, rows: number) => Promise<Screen>;
  beforeAll(() => {
    browse = async (term, cols, rows) => {
      const state = await stored();
      const command = `${process.execPath} ${MAIN} runs show latest --browse --state-dir ${state}`;
      return onTmux(command, {
        cols,
        rows,
        env: {TERM: term, HOME: state, PATH: process.env['PATH'] ?? ''},
      });
    };
  });

  test.each([
    [80, 24],
    [40, 24],
  ])(
    '%d x %d: hosts by posture, down to the readings, and a plan of a selection',
    async (cols, rows) => {
      const screen = await browse('screen', cols, rows);
      await screen.until(/❯ broken +2 hosts/);
      screen.keys('Enter');
      // One line a host: a line that wraps would put its rest in between.
      const menu = await screen.until(HOSTS);
      expect(menu).toMatch(/ fw02[^\n]*\n *wide[^\n]*\n *plan for these 2 hosts\n *back/);

      screen.keys('Enter');
      await screen.until(/fw02\.example\.net: findings/);
      screen.keys('Enter');
      // The readings wrap where the terminal ends.
      expect(await screen.until(/Reading:/)).toMatch(/ZBUF-001/);
      await screen.until(/ZBUF-001 *\n❯ back/);
      screen.keys('Enter');
      await screen.until(/fw02\.example\.net: findings *\n❯ critical/);
      for (let i = 0; i < 20; i += 1) screen.keys('Down');
      await screen.until(/❯ back/);
      screen.keys('Enter');
      await screen.until(HOSTS);

      screen.keys('Down', 'Enter');
      // Wide characters take two columns: the line is cut before it wraps.
      const findings = await screen.until(/wide\.example\.net: findings *\n❯ critical/);
      expect(findings).toMatch(/❯ critical +ZBUF-001 [^\n]*…\n +pass /);
      if (cols === 80) expect(findings).toContain('捕獲');
      screen.keys('Enter');
      await screen.until(/捕獲プログラム[\s\S]*ZBUF-001 *\n❯ back/);
      screen.keys('Enter');
      await screen.until(/wide\.example\.net: findings *\n❯ critical/);
      for (let i = 0; i < 20; i += 1) screen.keys('Down');
      await screen.until(/❯ back/);
      screen.keys('Enter');
      await screen.until(HOSTS);

      for (let i = 0; i < 2; i += 1) screen.keys('Down');
      await screen.until(/❯ plan for these 2 hosts/);
      screen.keys('Enter');
      await screen.until(/Hosts to plan for/);
      screen.keys('Down', 'Space', 'Enter');
      const text = await screen.until(/zbufctl plan --from/);
      expect(text.replaceAll('\n', '')).toContain(
        `zbufctl plan --from ${run.run} fw02.example.net`,
      );
      screen.keys('C-c');
      await screen.until(/ended with 0/);
    },
  );

  test('TERM=dumb: numbered lines, and a number is typed', async () => {
    const screen = await browse('dumb', 80, 24);
    await screen.until(/ {2}1 {2}broken +2 hosts[\s\S]*\(1-\d+\):/);
    expect(screen.lines().join('\n')).not.toContain('❯');
    screen.keys('nothing', 'Enter', '1', 'Enter');
    await screen.until(/ {2}3 {2}plan for these 2 hosts[\s\S]*\(1-4\):/);
    screen.keys('3', 'Enter');
    await screen.until(/zbufctl plan --from \S+ fw02\.example\.net wide\.example\.ne/);
    screen.keys('4', 'Enter');
    await screen.until(/: 4\n +1 {2}broken[\s\S]*9 {2}quit/);
    screen.keys('C-d');
    await screen.until(/ended with 0/);
  });
});
