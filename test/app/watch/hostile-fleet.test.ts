import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

import type {ServerChannel} from 'ssh2';
import {afterAll, beforeAll, expect, test} from 'vitest';

import {pacing} from '../../../src/app/pacing.js';
import {Turns} from '../../../src/app/watch/turns.js';
import {WatchedFleet} from '../../../src/app/watch/watch-fleet.js';
import {watchScripts} from '../../../src/app/watch/watch-scripts.js';
import type {FailureKind} from '../../../src/model/failure.js';
import type {WatchEvent} from '../../../src/model/watch.js';
import {watchLine} from '../../../src/report/watch/watch-text.js';
import {scriptedPrompter, testHost, testTransport} from '../../io/ssh/client.js';
import type {TestServer} from '../../io/ssh/faulty-server.js';
import {startFaulty, startTcp} from '../../io/ssh/faulty-server.js';
import {until} from '../../io/ssh/real-sshd.js';

/** Slow, hanging and hostile hosts, and what others notice of them: nothing. */
const folder = mkdtempSync(join(tmpdir(), 'zbufctl-hostile-'));
const servers: TestServer[] = [];

const rows = (program: string): string =>
  JSON.stringify({
    'bpf-statistics': {
      'bpf-entry': [
        {
          ...{pid: 7, 'interface-name': 'em0', process: program},
          ...{'received-packets': 5, 'dropped-packets': 0, 'filter-packets': 5},
          ...{'store-buffer-length': 0, 'hold-buffer-length': 0},
        },
      ],
    },
  });
const sample = (program = 'captor'): string =>
  `zbufctl-evidence 1\n@ uid\n|0\n= 0\n@ system\n|FreeBSD\n= 0\n@ descriptors second -\n|${rows(program)}\n= 0\nend 3\n`;

/** Writes again and again, as fast as it is taken. */
function endlessly(channel: ServerChannel, text: string): void {
  const more = (): void => {
    while (!channel.destroyed && channel.write(text));
  };
  channel.on('drain', more);
  more();
}

const every = (ms: number, channel: ServerChannel, say: () => string): void => {
  channel.write(say());
  const timer = setInterval(() => channel.write(say()), ms);
  channel.on('close', () => {
    clearInterval(timer);
  });
};

const ESCAPES = '\u001b]0;owned\u0007\u202e\nend 3';
const BYTES = Buffer.from(Array.from({length: 4000}, (_, at) => (at * 7919) % 251));

/** What it does with the script that samples; and what is told of it. */
const HOSTS: Readonly<
  Record<
    string,
    readonly [what: (channel: ServerChannel) => unknown, told: FailureKind | 'up' | 'nothing']
  >
> = {
  'says nothing': [() => undefined, 'nothing'],
  'never ends a sample': [(c) => c.write(sample().slice(0, -5)), 'nothing'],
  'says a byte at a time': [
    (c) => {
      every(5, c, () => '|');
    },
    'nothing',
  ],
  'floods with lines': [
    (c) => {
      endlessly(c, '|x\n'.repeat(9000));
    },
    'flooded',
  ],
  'floods with one line': [
    (c) => {
      endlessly(c, 'x'.repeat(30_000));
    },
    'flooded',
  ],
  'floods with samples': [
    (c) => {
      endlessly(c, sample());
    },
    'flooded',
  ],
  'says garbage': [
    (c) => {
      endlessly(c, BYTES.toString('latin1'));
    },
    'flooded',
  ],
  'has other markers': [(c) => c.write('zbufctl-evidence 1\n@ x\n= 0\nend 9\n'), 'cut'],
  'is of another protocol': [(c) => c.write('zbufctl-evidence 2\n@ x\n= 0\nend 1\n'), 'protocol'],
  'checks before it samples': [(c) => c.write(sample().replace('second', 'check')), 'flooded'],
  'has names that are no names': [
    (c) => {
      every(1000, c, () => sample(ESCAPES));
    },
    'up',
  ],
  'ends at once': [(c) => c.end(), 'cut'],
};
const WELL = ['well 1', 'well 2', 'well 3'];

beforeAll(async () => {
  servers.push(await startTcp(() => undefined));
  servers.push(await startFaulty({onAuthentication: () => undefined}));
  for (const [what] of Object.values(HOSTS))
    servers.push(await startFaulty({onExec: (channel) => what(channel)}));
  for (const _ of WELL)
    servers.push(
      await startFaulty({
        onExec: (channel) => {
          every(1000, channel, sample);
        },
      }),
    );
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, {recursive: true, force: true});
});

test('hosts that hang, are slow or hostile delay no other, and are never well', async () => {
  const names = ['hangs', 'hangs at the login', ...Object.keys(HOSTS), ...WELL];
  const hosts = names.map((name, at) =>
    testHost({name, port: servers[at]?.port ?? 0, knownHosts: [join(folder, 'known_hosts')]}),
  );
  const transport = testTransport({prompter: scriptedPrompter([[/./, 'secret']])});
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const sampledAt = new Map<string, number[]>(names.map((name) => [name, []]));
  const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
    await sleep(ms, undefined, {signal}).catch(() => undefined);
  };
  const options = {interval: 1, timeoutMs: 60_000, acceptNew: true};
  const clock = {elapsed: () => performance.now(), random: Math.random, wait: () => sleep(0)};
  const fleet = new WatchedFleet(hosts, options, {
    transport,
    scripts: watchScripts({sample: '', look: ''}, options),
    // Fewer at a time than hang before anybody is in.
    turns: new Turns(2, undefined, (left) => wait(100, left)),
    looks: new Turns(2, undefined, (left) => wait(100, left)),
    pacing: pacing(undefined, clock),
    servicesFor: () => [],
    waivers: [],
    now: () => new Date().toISOString(),
    elapsed: () => performance.now(),
    random: Math.random,
    wait,
    signal: stop.signal,
    onEvent: (event) => events.push(event),
  });
  const before = process.memoryUsage().rss;
  const running = fleet.run();
  const counts = (): readonly number[] =>
    fleet.hosts.map(({host, samples}) => {
      const times = sampledAt.get(host.name) ?? [];
      while (times.length < samples) times.push(performance.now());
      return samples;
    });
  await until('the others to be sampled, and what is hostile to be told', () => {
    const seen = counts().slice(-WELL.length);
    const told = Object.entries(HOSTS).every(
      ([host, [, kind]]) => kind === 'nothing' || toldOf(events, host) === kind,
    );
    return told && Math.min(...seen) >= 5;
  });
  const grown = process.memoryUsage().rss - before;
  stop.abort();
  const {open} = await running;
  transport.close();

  for (const name of WELL) {
    const times = sampledAt.get(name) ?? [];
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2500);
    expect(toldOf(events, name)).toBe('up');
  }
  for (const [name, [, told]] of Object.entries(HOSTS))
    expect([name, toldOf(events, name)]).toEqual([name, told]);
  const bad = names.filter((name) => !WELL.includes(name) && HOSTS[name]?.[1] !== 'up');
  expect(open).toEqual(expect.arrayContaining(bad));
  expect(open).not.toEqual(expect.arrayContaining([expect.stringMatching(/^well/)]));
  // None of them is asked again at once, however often it lets us in.
  expect(events.filter(({event}) => event === 'host-lost').length).toBeLessThan(names.length);
  expect(grown).toBeLessThan(150 * 1024 * 1024);
  const lines = events.map((event) => watchLine(event, {colour: false, verbose: true}) ?? '');
  expect(lines.join('')).toContain('owned');
  expect(lines.join('').replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f\u202e]/);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
});

/** The last that is told of a host: that it is connected, or why it is lost. */
function toldOf(events: readonly WatchEvent[], host: string): FailureKind | 'up' | 'nothing' {
  const last = events.findLast(
    (event) => 'host' in event && event.host === host && event.event.startsWith('host'),
  );
  if (last?.event === 'host-lost') return last.failure.kind;
  return last === undefined ? 'nothing' : 'up';
}
