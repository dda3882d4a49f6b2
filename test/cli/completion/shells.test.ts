import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, test} from 'vitest';

import {freshFolder, MAIN, zbufctl} from '../../e2e/cli.js';
import {HAS_TERMINAL, onTerminal} from '../../tools/on-terminal.js';

const PROMPT = 'ready> ';

/** How each shell is started without anybody's settings, and told a prompt and the script. */
const SHELLS = {
  bash: {start: 'bash --norc --noprofile -i', prompt: `PS1='${PROMPT}'`, source: '.'},
  zsh: {
    start: 'zsh -f -i',
    prompt: `PROMPT='${PROMPT}'; unsetopt zle_bracketed_paste`,
    source: '.',
  },
  tcsh: {start: 'tcsh -f -i', prompt: `set prompt='${PROMPT}'`, source: 'source'},
} as const;

/** A folder with zbufctl in its path and an inventory whose names a shell could take for more. */
function place(): {readonly cwd: string; readonly env: Record<string, string | undefined>} {
  const cwd = freshFolder();
  mkdirSync(join(cwd, 'bin'));
  writeFileSync(
    join(cwd, 'bin', 'zbufctl'),
    `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`,
  );
  chmodSync(join(cwd, 'bin', 'zbufctl'), 0o755);
  writeFileSync(
    join(cwd, 'zbufctl.yaml'),
    'groups:\n  edge:\n    hosts: [gate-north, gate-south]\nhosts: [other]\n',
  );
  const run = join(cwd, 'state/zbufctl/runs/20261124T081500Z-audit-3f9a');
  mkdirSync(run, {recursive: true});
  return {
    cwd,
    env: {
      PATH: `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: cwd,
      XDG_STATE_HOME: join(cwd, 'state'),
      XDG_CONFIG_HOME: join(cwd, 'config'),
    },
  };
}

/** What is typed, and what stands on the line after a Tab. */
const LINES: readonly (readonly [typed: string, line: RegExp])[] = [
  ['zbufctl coll', /zbufctl collect /],
  ['zbufctl audit --conc', /audit --concurrency/],
  ['zbufctl audit gate-n', /audit gate-north/],
  ['zbufctl audit -g ed', /-g edge/],
  ['zbufctl audit --fail-on=cri', /--fail-on=critical/],
  ['zbufctl runs show 2026', /show 20261124T081500Z-audit-3f9a/],
  ['zbufctl explain ZBUF-01', /ZBUF-01/],
  ['zbufctl services pflo', /services pflogd/],
  ['zbufctl audit -i zbuf', /-i zbufctl\.yaml/],
];

describe.skipIf(!HAS_TERMINAL)('Tab in a real shell', () => {
  test.each(Object.entries(SHELLS))('%s', async (shell, {start, prompt, source}) => {
    const {cwd, env} = place();
    const {stdout} = await zbufctl(['completion', shell]);
    writeFileSync(join(cwd, 'completion'), stdout);
    const typed = LINES.map(([text]) => `\u0015${text}\t`);
    const {screen} = await onTerminal(
      start,
      [
        {at: /[%$#>] ?$/, keys: `${prompt}\r`},
        {at: /ready> $/, keys: `${source} ./completion; echo lo''aded\r`},
        {at: /loaded[^]*ready> $/, keys: typed[0] ?? ''},
        // Ctrl-U takes the line away again.
        ...LINES.map(([, line], i) => ({at: line, keys: typed[i + 1] ?? '\u0015exit\r'})),
      ],
      {cwd, env},
    );
    for (const [, line] of LINES) expect(screen).toMatch(line);
  });

  test('fish', async () => {
    const {cwd, env} = place();
    const {stdout} = await zbufctl(['completion', 'fish']);
    writeFileSync(join(cwd, 'completion'), stdout);
    const asked = LINES.map(([typed]) => `complete -C '${typed}'; echo ==`).join('\n');
    writeFileSync(join(cwd, 'ask.fish'), `source ./completion\n${asked}\n`);
    const {screen} = await onTerminal('fish --no-config ask.fish', [], {cwd, env});
    const answers = screen.split('==\r\n');
    expect(answers.map((text) => text.trim().split(/\s/)[0])).toEqual([
      'collect',
      '--concurrency',
      'gate-north',
      'edge',
      '--fail-on=critical',
      '20261124T081500Z-audit-3f9a',
      'ZBUF-010',
      'pflogd',
      'zbufctl.yaml',
      '',
    ]);
  });
});
