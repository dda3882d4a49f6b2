import {collectorScript} from '../../app/collector-script.js';
import {openLookups} from '../../app/judging.js';
import {serviceNames, unknownServiceFix} from '../../app/service-names.js';
import {trace} from '../../app/trace.js';
import {loadTraceTemplate} from '../../io/package/templates.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Service} from '../../model/service.js';
import type {Trace} from '../../model/trace.js';
import {renderTrace} from '../../report/trace/trace-text.js';
import {prettyJson} from '../../text/canonical-json.js';
import {askHosts} from '../audit/ask-hosts.js';
import type {ExitCode} from '../exit-codes.js';
import {EXIT} from '../exit-codes.js';
import type {World} from '../world.js';

import type {TraceFlags} from './trace-flags.js';

/** `zbufctl trace`: the first layer that keeps a firewall's log empty. */
export async function traceCommand(
  name: string,
  serviceName: string | undefined,
  flags: TraceFlags,
  world: World,
): Promise<ExitCode> {
  const {terminal} = world;
  const {inventory, hosts} = await world.hosts([name], flags);
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    throw new OperatorError(`${name} means ${hosts.length} hosts`, 'A trace is of one host.');
  const {servicesFor, modeObjects} = await openLookups([host], world);
  const service = serviceMeant(serviceName, servicesFor(host));
  const timeoutMs = flags.timeout * 1000;
  const script = collectorScript(
    loadTraceTemplate(),
    [host],
    servicesFor,
    timeoutMs,
    Math.max(2, flags.wait),
  );
  const traced = await askHosts(
    1,
    {stopping: 'Stopping.', reach: (edge) => world.reach(inventory, edge, flags.transport)},
    terminal,
    ({transport, signal, onEvent}) => {
      onEvent({kind: 'started', host: host.name, stage: 'collecting'});
      return trace(
        host,
        {
          timeoutMs,
          acceptNew: flags['accept-new'],
          wait: flags.wait,
          ...(service === undefined ? {} : {service}),
        },
        {
          transport,
          script,
          servicesFor,
          ...(modeObjects === undefined ? {} : {modeObjects}),
          now: () => world.now(),
          signal,
        },
      );
    },
  );
  if (!traced.ok) {
    terminal.note(`${host.name}: ${traced.error.message}\n  ${traced.error.fix}`);
    return EXIT.unknown;
  }
  await terminal.result(
    flags.json ? prettyJson(traced.value) : renderTrace(traced.value, terminal),
  );
  return exitCodeOfTrace(traced.value);
}

/** As of an audit: 3 for what is broken, 4 where something before it is not known. */
export function exitCodeOfTrace({broken, layers}: Trace): ExitCode {
  const end = broken === undefined ? layers.length : layers.findIndex((l) => l.layer === broken);
  if (layers.slice(0, end).some(({state}) => state === 'unknown')) return EXIT.unknown;
  return broken === undefined ? EXIT.clean : EXIT.findings;
}

function serviceMeant(name: string | undefined, services: readonly Service[]): Service | undefined {
  if (name === undefined) return undefined;
  const found = services.find(({id, rcScript}) => id === name || rcScript === name);
  if (found === undefined)
    throw new OperatorError(
      `no service is called ${name}`,
      unknownServiceFix(name, serviceNames(services)),
    );
  return found;
}
