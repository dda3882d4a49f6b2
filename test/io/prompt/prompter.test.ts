import {PassThrough} from 'node:stream';

import {expect, test, vi} from 'vitest';

import type {PrompterOptions} from '../../../src/io/prompt/prompter.js';
import {createPrompter} from '../../../src/io/prompt/prompter.js';

/** A terminal whose keyboard and screen the test holds. */
function terminal() {
  const input = Object.assign(new PassThrough(), {isTTY: true});
  const output = Object.assign(new PassThrough(), {isTTY: true});
  // Like process.stderr, which pipe() never ends.
  output.end = () => output;
  let screen = '';
  output.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
  });
  return {
    input,
    output,
    screen: () => screen,
    type: (keys: string) => input.write(keys),
    /** Waits until the screen shows it. */
    shows: (text: string) =>
      vi.waitFor(
        () => {
          expect(screen).toContain(text);
        },
        {timeout: 20_000},
      ),
  };
}

function prompterOn(tty: ReturnType<typeof terminal>, more: Partial<PrompterOptions> = {}) {
  return createPrompter({input: tty.input, output: tty.output, ...more});
}

test('an answer that is not to be seen is never on the screen, one that may be is', async () => {
  const tty = terminal();
  const prompter = prompterOn(tty);

  const secret = prompter.ask({key: 'password', text: 'Password of root', echo: false});
  await tty.shows('Password of root');
  tty.type('hunter2\r');
  expect(await secret).toBe('hunter2');

  const code = prompter.ask({key: 'code', text: 'Code', echo: true});
  await tty.shows('Code');
  tty.type('123456\r');
  expect(await code).toBe('123456');

  expect(tty.screen()).not.toContain('hunter2');
  expect(tty.screen()).toContain('123456');
});

test('thirty-two hosts that ask at once are answered one question after the other, equal keys once', async () => {
  const tty = terminal();
  const open: string[] = [];
  const prompter = prompterOn(tty, {onQuestion: (state) => open.push(state)});

  const answers = Array.from({length: 32}, (_, i) =>
    prompter.ask({key: `key${i % 2}`, text: `Question-${i % 2}`, echo: false}),
  );
  await tty.shows('Question-0');
  expect(tty.screen()).not.toContain('Question-1');
  tty.type('zero\r');
  await tty.shows('Question-1');
  tty.type('one\r');

  expect(await Promise.all(answers)).toEqual(
    Array.from({length: 32}, (_, i) => (i % 2 === 0 ? 'zero' : 'one')),
  );
  expect(open).toEqual(['open', 'closed', 'open', 'closed']);
});

test('nobody is asked without a terminal', async () => {
  for (const [inTTY, outTTY] of [
    [false, true],
    [true, false],
  ]) {
    const tty = terminal();
    Object.assign(tty.input, {isTTY: inTTY});
    Object.assign(tty.output, {isTTY: outTTY});

    expect(await prompterOn(tty).ask({key: 'k', text: 'Password', echo: false})).toBeUndefined();
    expect(tty.screen()).toBe('');
  }
});

test('Ctrl-C gives up this question and all that wait, and is passed on once', async () => {
  const tty = terminal();
  const onInterrupt = vi.fn();
  const prompter = prompterOn(tty, {onInterrupt});

  const answers = ['a', 'b', 'c'].map((key) =>
    prompter.ask({key, text: `Ask ${key}`, echo: false}),
  );
  await tty.shows('Ask a');
  tty.type('\x03');

  expect(await Promise.all(answers)).toEqual([undefined, undefined, undefined]);
  expect(await prompter.ask({key: 'd', text: 'Ask d', echo: false})).toBeUndefined();
  expect(onInterrupt).toHaveBeenCalledTimes(1);
  expect(tty.screen()).not.toContain('Ask b');
});

test('the end of input and an abort signal give up, too, without an interrupt', async () => {
  const onInterrupt = vi.fn();
  const ended = terminal();
  const controller = new AbortController();
  const aborted = terminal();

  const first = prompterOn(ended, {onInterrupt}).ask({key: 'k', text: 'Password', echo: false});
  const second = prompterOn(aborted, {onInterrupt, signal: controller.signal}).ask({
    key: 'k',
    text: 'Password',
    echo: false,
  });
  await ended.shows('Password');
  await aborted.shows('Password');
  ended.input.end();
  controller.abort();

  expect(await first).toBeUndefined();
  expect(await second).toBeUndefined();
  expect(onInterrupt).not.toHaveBeenCalled();
});

test("a host's own question cannot draw on the screen", async () => {
  const tty = terminal();

  const answer = prompterOn(tty).ask({key: 'k', text: 'Code\x1b[2J\x07\r\nfrom\u202e', echo: true});
  await tty.shows('from');
  tty.type('x\r');
  await answer;

  expect(tty.screen()).toContain('Code\\x1b[2J\\x07\\x0d');
  expect(tty.screen()).toContain('from\\u{202e}');
  expect(tty.screen()).not.toContain('\x1b[2J');
});
