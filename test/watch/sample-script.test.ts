import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {afterEach, expect, test} from 'vitest';

import {loadWatchTemplates} from '../../src/io/package/templates.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {parseSample} from '../../src/watch/sample.js';
import {SampleStream} from '../../src/watch/sample-stream.js';
import type {State} from '../collect/replay/replay-host.js';
import {isThere, until} from '../io/ssh/real-sshd.js';
import {ReplayHost} from '../collect/replay/replay-host.js';

const hosts: ReplayHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

const script = loadWatchTemplates().sample;

/** A host on which time takes no time, and what it slept. */
function hurried(state: State) {
  const host = new ReplayHost({
    state,
    programs: {sleep: 'printf "%s\\n" "$1" >>"$ZBUFCTL_ROOT/slept"'},
  });
  hosts.push(host);
  return {
    host,
    slept: () => readFileSync(join(host.root, 'slept'), 'utf8').split('\n').slice(0, -1),
  };
}

const OUT = 'freebsd-15.1/pflogd-stalled-zerocopy';

test.each<
  readonly [
    state: State,
    args: readonly number[],
    slept: readonly number[],
    words: readonly string[],
  ]
>([
  // seconds, samples, limit, ahead, more, waits
  [
    OUT,
    [60, 3, 20, 10, 0, 0, 35],
    [25, 10, 50, 10],
    ['second', 'check', 'second', 'check', 'second'],
  ],
  ['freebsd-15.1/default', [60, 2, 20, 10], [50, 10], ['second', 'second']],
  ['freebsd-13.2/tcpdump-n-zerocopy-healthy', [8, 2, 20, 6], [2, 6], ['second', 'check', 'second']],
  // Another script follows: this one looks ahead of its first sample, if a buffer is out.
  [OUT, [60, 1, 20, 10, 1, 3], [3, 50], ['second', 'check']],
  // Too close to be compared.
  [OUT, [60, 3, 20, 6, 0, 0, 7, 8], [7, 2, 6], ['second', 'second', 'check', 'second']],
  [OUT, [5, 2, 20, 0, 0, 9], [9, 5], ['second', 'second']],
  [OUT, [150, 2, 20, 30, 0, 61], [60, 1, 60, 60, 30], ['second', 'check', 'second']],
])('%s, asked for %j', async (state, args, slept, words) => {
  const {host, slept: seen} = hurried(state);
  expect(await wordsOf(host, args)).toEqual(words);
  expect(seen()).toEqual(slept.map(String));
});

test.each<readonly [why: string, state: State, args: readonly number[]]>([
  ['no buffer is out', 'freebsd-15.1/default', [60, 1, 20, 10, 1]],
  ['there is no time to look ahead', OUT, [5, 1, 20, 0, 1]],
])('though others follow, it ends at once when %s', async (_, state, args) => {
  expect(await wordsOf(hurried(state).host, args)).toEqual(['second']);
});

/** What its samples are, each by the word the descriptors have. */
async function wordsOf(host: ReplayHost, args: readonly number[]): Promise<readonly unknown[]> {
  const {stdout, stderr, code} = await host.collect(args.map(String), {script});
  expect([stderr, code]).toEqual(['', 0]);
  const stream = new SampleStream();
  const whole = stream.take(stdout);
  expect(stream.rest.toString()).toBe('');
  const samples = whole.ok ? whole.value.map((bytes) => parseSample(bytes)) : [];
  return samples.map((sent) => {
    if (!sent.ok || sent.value.sample.state !== 'read') return sent;
    return sent.value.between ? 'check' : 'second';
  });
}

test.each([['a'], ['60', '2', '20', '0', '0', '0', '1x'], ['60', '-1']])(
  '%j is refused',
  async (...args) => {
    const {host} = hurried(OUT);
    const ran = await host.collect(args, {script});
    expect([ran.code, ran.stdout.length, ran.stderr.startsWith('usage: sample.sh')]).toEqual([
      ...[64, 0, true],
    ]);
  },
);

test('it ends with its input where that is held, and leaves nothing', async () => {
  const host = new ReplayHost({state: OUT});
  hosts.push(host);
  const child = spawn('/bin/sh', ['-s'], {
    env: {PATH: process.env['PATH'], ZBUFCTL_ROOT: host.root},
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdin.write(`zbufctl_input=0\n${scriptWithArguments(script, ['3000', '2'])}`);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdin.end();
  expect(await ended).toBe(0);
  await until('its group to be gone', () => !isThere(-(child.pid ?? 0)));
});
