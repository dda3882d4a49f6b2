import type {LayerState, Trace, TracedLayer, TraceLayer} from '../../model/trace.js';
import {sanitize} from '../../text/sanitize.js';

import {readingAsTold} from '../findings/finding-text.js';
import type {RenderOptions} from '../renderer.js';
import {cleanName} from '../terminal/page.js';
import type {Tone} from '../terminal/paint.js';
import {painter} from '../terminal/paint.js';
import {hang} from '../terminal/wrap.js';

const TONES: Readonly<Record<LayerState, Tone>> = {works: 'good', broken: 'bad', unknown: 'doubt'};
/** What a layer is, for people. */
const NAMES: Readonly<Record<TraceLayer, string>> = {
  rules: 'pf rules',
  interface: 'pflog interface',
  descriptor: 'capture',
  buffers: 'buffers',
  daemon: 'process',
  output: 'log file',
};
const NARROWEST = 40;

/**
 * A trace for a person: the answer, then a line a layer; readings and what to do below the first
 * that is broken, and below what is not known. With -v below all. Ends in a newline.
 */
export function renderTrace(trace: Trace, look: RenderOptions): string {
  const paint = painter(look.colour);
  const width = Math.max(NARROWEST, look.width);
  const lines = trace.layers.flatMap((layer) => {
    const head = `${layer.state.padEnd(8)} ${NAMES[layer.layer].padEnd(16)} `;
    const [first = '', ...others] = hang(head, sanitize(layer.summary), width);
    const details = isTold(layer, trace) || look.verbose ? detailsOf(layer, width) : [];
    return [
      paint(TONES[layer.state], layer.state) + first.slice(layer.state.length),
      ...others,
      ...details,
    ];
  });
  return `${[...hang('', answerOf(trace), width), '', ...lines].join('\n')}\n`;
}

const isTold = ({layer, state}: TracedLayer, {broken}: Trace): boolean =>
  layer === broken || state === 'unknown';

function answerOf({host, broken, layers, practice, service}: Trace): string {
  const who = `${cleanName(host)}${practice ? ' (practice)' : ''}`;
  const logger = service === undefined ? '' : `, logger ${cleanName(service)}`;
  const open = layers.filter(({state}) => state === 'unknown').map(({layer}) => NAMES[layer]);
  if (broken !== undefined) {
    const at = layers.findIndex(({layer}) => layer === broken);
    const before = layers.slice(0, at).filter(({state}) => state === 'unknown');
    const doubt =
      before.length === 0
        ? ''
        : ` (not known before it: ${before.map(({layer}) => NAMES[layer]).join(', ')})`;
    return `${who}${logger}: the first broken layer is "${NAMES[broken]}"${doubt}.`;
  }
  return open.length === 0
    ? `${who}${logger}: logged packets arrive; every layer works.`
    : `${who}${logger}: no layer is broken as far as can be seen; not known: ${open.join(', ')}.`;
}

function detailsOf({because, fix, state}: TracedLayer, width: number): readonly string[] {
  const label = state === 'unknown' ? 'What would decide it: ' : 'Fix: ';
  return [
    ...because.flatMap((one) => hang('  ', sanitize(readingAsTold(one)), width)),
    ...(fix === '' ? [] : hang('  ', label + sanitize(fix), width)),
  ];
}
