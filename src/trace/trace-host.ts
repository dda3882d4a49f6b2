import type {Reading} from '../model/reading.js';
import {read} from '../model/reading.js';
import type {Service} from '../model/service.js';
import type {FirewallLooks, Trace, TraceLayer} from '../model/trace.js';
import {TRACE_LAYERS} from '../model/trace.js';
import type {Capture} from '../rules/reading/capture.js';
import {captures} from '../rules/reading/capture.js';
import {serviceOfProcess} from '../rules/reading/capture-services.js';
import type {RuleInput} from '../rules/rule.js';
import {judge} from '../rules/rule.js';
import {noCaptureIsStalled} from '../rules/zbuf-001-no-capture-is-stalled.js';

import {buffersLayer, daemonLayer, descriptorLayer} from './capture-layers.js';
import {interfaceLayer} from './interface-layer.js';
import {outputLayer} from './output-layer.js';
import {rulesLayer} from './rules-layer.js';
import type {Judged, Traced} from './traced.js';

const JUDGES: Readonly<Record<TraceLayer, (traced: Traced) => Judged>> = {
  rules: rulesLayer,
  interface: interfaceLayer,
  descriptor: descriptorLayer,
  buffers: buffersLayer,
  daemon: daemonLayer,
  output: outputLayer,
};

/**
 * The way of a logged packet on one host, layer by layer; the first that is broken is why its log
 * is empty.
 * @param service the logger asked for; undefined: whoever captures on the interfaces pf logs to
 * @param wait seconds between the looks, as asked
 */
export function traceHost(
  scene: RuleInput,
  looks: FirewallLooks,
  service: Service | undefined,
  wait: number,
): Trace {
  const {evidence} = scene;
  const interfaceNames = interfacesOf(looks);
  const found = capturesOn(scene, interfaceNames, service);
  const pids = new Set(found.state === 'read' ? found.value.map(({pid}) => pid) : []);
  const traced: Traced = {
    evidence,
    looks,
    interfaceNames,
    captures: found,
    stalls: judge(noCaptureIsStalled, scene).filter(({pid}) => pid !== undefined && pids.has(pid)),
    ...(service === undefined ? {} : {service}),
    wait,
  };
  const layers = TRACE_LAYERS.map((layer) => ({layer, ...JUDGES[layer](traced)}));
  const broken = layers.find(({state}) => state === 'broken')?.layer;
  const [first] = found.state === 'read' ? found.value : [];
  const name =
    service ??
    (first === undefined ? undefined : serviceOfProcess(scene, first.pid, first.command));
  return {
    schema: 'zbufctl.trace/1',
    host: evidence.host,
    address: evidence.address,
    tracedAt: evidence.collectedAt,
    practice: evidence.practice,
    ...(name === undefined ? {} : {service: name.id}),
    ...(broken === undefined ? {} : {broken}),
    layers,
  };
}

/** Where the rules log to; pflog0 when none says so. */
function interfacesOf({rules}: FirewallLooks): readonly string[] {
  const [, after] = rules;
  const names = after.state === 'read' ? after.value.logging.map((rule) => rule.interfaceName) : [];
  return names.length === 0 ? ['pflog0'] : [...new Set(names)].slice(0, 16);
}

function capturesOn(
  scene: RuleInput,
  names: readonly string[],
  service: Service | undefined,
): Reading<readonly Capture[]> {
  const all = captures(scene.evidence);
  if (all.state !== 'read') return all;
  return read(
    all.value.captures.filter(
      ({interfaceName, pid, command}) =>
        names.includes(interfaceName) &&
        (service === undefined || serviceOfProcess(scene, pid, command)?.id === service.id),
    ),
  );
}
