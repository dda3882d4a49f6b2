import {openLookups} from '../../app/judging.js';
import {toldWithin} from '../../app/watch/beat.js';
import {Turns} from '../../app/watch/turns.js';
import {WatchedFleet} from '../../app/watch/watch-fleet.js';
import {watchScripts} from '../../app/watch/watch-scripts.js';
import type {MetricsAddress, MetricsServer} from '../../io/metrics/serve-metrics.js';
import {serveMetrics} from '../../io/metrics/serve-metrics.js';
import {loadWatchTemplates} from '../../io/package/templates.js';
import {OperatorError} from '../../model/operator-error.js';
import {plural} from '../../report/terminal/page.js';
import {parseDuration} from '../../text/duration.js';
import {notifiersMeant} from '../audit/notify.js';
import {pacingOf} from '../audit/pacing-of.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT, worst} from '../exit-codes.js';
import {noteExitCode} from '../terminal/exit-note.js';
import {interruption} from '../terminal/interruption.js';
import {whenStdoutIsGone} from '../terminal/stdout-gone.js';
import type {World} from '../world.js';

import {metricsAddress} from './metrics-address.js';
import {metricsOf} from './metrics-of.js';
import {roomFor} from './room-for.js';
import {WatchTeller} from './tell-watch.js';
import type {WatchFlags} from './watch-flags.js';

/** `zbufctl watch`: samples captures at an interval, and tells what changes. */
export async function watchCommand(
  names: readonly string[],
  flags: WatchFlags,
  world: World,
): Promise<ExitCode> {
  const {terminal} = world;
  const address = flags.metrics === undefined ? undefined : metricsAddress(flags.metrics);
  const seconds = flags.for === undefined ? undefined : secondsOf(flags.for);
  const {inventory, hosts} = await world.hosts(names, flags);
  const notifiers = notifiersMeant(flags.notify ?? [], inventory.notifiers ?? []);
  const lookups = await openLookups(hosts, world);
  const atATime = await roomFor(hosts.length, flags.concurrency, flags.transport);

  const stop = interruption(() => {
    terminal.note('Stopping. Ctrl-C again ends at once.');
  });
  whenStdoutIsGone(() => {
    stop.interrupt();
  });
  const {interval} = flags;
  const teller = new WatchTeller(world, {json: flags.json, notifiers, interval});
  const transport = await world.reach(
    inventory,
    {progress: {question: () => undefined}, interruption: stop, held: true},
    flags.transport,
  );
  const options = {
    interval,
    count: flags.count,
    forMs: seconds === undefined ? undefined : seconds * 1000,
    timeoutMs: flags.timeout * 1000,
    acceptNew: flags['accept-new'],
  };
  const fleet = new WatchedFleet(hosts, options, {
    ...lookups,
    transport,
    scripts: watchScripts(loadWatchTemplates(), options),
    turns: new Turns(atATime, flags['per-jump-host'], (left) => world.wait(SLOW_MS, left)),
    looks: new Turns(4 * atATime, undefined, (left) => world.wait(2 * SLOW_MS, left)),
    pacing: pacingOf(flags.rate, stop.signal, world),
    now: () => world.now(),
    elapsed: () => world.elapsed(),
    random: Math.random,
    wait: (ms, signal) => world.wait(ms, signal),
    signal: stop.signal,
    onEvent: (event) => {
      teller.event(event);
    },
  });
  let server: MetricsServer | undefined;
  try {
    if (address !== undefined) server = await openMetrics(address, fleet, world);
    terminal.note(
      `Watching ${plural(hosts.length, 'host')}, a sample every ${interval} s; a stall is told within ${toldWithin(interval)} s.`,
    );
    const {why, stalled, open} = await fleet.run();
    await teller.end(why);
    const code = worst([
      ...(stalled > 0 ? [EXIT.findings] : []),
      ...(open.length > 0 ? [EXIT.unknown] : []),
    ]);
    noteExitCode(code, open, stalled > 0, terminal);
    return code;
  } finally {
    server?.close();
    transport.close();
    stop.end();
  }
}

/** Milliseconds after which a connection in the making is slow, and keeps no other waiting. */
const SLOW_MS = 5000;

/** What a timer takes. */
const LONGEST_SECONDS = 24 * 86_400;

function secondsOf(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds <= LONGEST_SECONDS) return seconds;
  throw new OperatorError(
    `--for: "${text}" is not a length of time up to 24d`,
    'Write e.g. 90s, 10m, 8h or 2d.',
  );
}

async function openMetrics(
  address: MetricsAddress,
  fleet: WatchedFleet,
  {note}: World,
): Promise<MetricsServer> {
  const server = await serveMetrics(address, () => metricsOf(fleet)).catch((error: unknown) => {
    throw new OperatorError(
      `--metrics: cannot listen there: ${error instanceof Error ? error.message : String(error)}`,
      'Choose another port.',
    );
  });
  const name = address.host.includes(':') ? `[${address.host}]` : address.host;
  note(`Metrics: http://${name}:${server.port}/metrics`);
  return server;
}
