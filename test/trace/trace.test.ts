import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

import {describe, expect, test} from 'vitest';

import {exitCodeOfTrace} from '../../src/cli/trace/trace-command.js';
import {parseCollectorOutput} from '../../src/collect/collector-output.js';
import {parseFirewall} from '../../src/collect/firewall.js';
import {loadTraceTemplate} from '../../src/io/package/templates.js';
import type {ScenarioName} from '../../src/lab/scenarios.js';
import type {Trace} from '../../src/model/trace.js';
import {renderTrace} from '../../src/report/trace/trace-text.js';
import {scriptWithArguments} from '../../src/text/shell.js';
import {traceHost} from '../../src/trace/trace-host.js';
import {META} from '../collect/replay/replay-host.js';
import {schemaComplaints} from '../json-schema.js';
import {SERVICES} from '../knowledge/sources.js';
import {machineOf, practiceRoot} from '../lab/practice-root.js';

interface Setup {
  /** Files of the practice host besides its own. */
  readonly files?: Readonly<Record<string, string>>;
  readonly as?: 'root' | 'ops';
  readonly service?: string;
  readonly wait?: number;
  /** A change of what the host printed. */
  readonly said?: (text: string) => string;
}

const printed = new Map<string, string>();

/** What a practice host prints, by the real script under /bin/sh; each kind once. */
function print(scenario: ScenarioName, files: Setup['files'], as: Setup['as']): string {
  const key = JSON.stringify([scenario, files, as]);
  const known = printed.get(key);
  if (known !== undefined) return known;
  const host = practiceRoot(machineOf(scenario));
  try {
    for (const [path, content] of Object.entries(files ?? {'/var/log/pflog': 'log'})) {
      const file = join(host.root, path);
      mkdirSync(dirname(file), {recursive: true});
      writeFileSync(file, content);
    }
    const {out} = host.sh(scriptWithArguments(loadTraceTemplate(), ['0']), as);
    printed.set(key, out);
    return out;
  } finally {
    host.remove();
  }
}

function traceOf(scenario: ScenarioName, setup: Setup = {}): Trace {
  const {files, as, service, wait = 2, said = (text: string): string => text} = setup;
  const bytes = Buffer.from(said(print(scenario, files, as)), 'latin1');
  const evidence = parseCollectorOutput(bytes, META);
  const looks = parseFirewall(bytes);
  if (!evidence.ok || !looks.ok) throw new Error(bytes.toString());
  const scene = {evidence: evidence.value, services: SERVICES, policy: {}};
  const asked = SERVICES.find(({id}) => id === service);
  return traceHost(scene, looks.value, asked, wait);
}

/** The log was last written ten minutes earlier. */
const longAgo = (text: string): string =>
  text.replaceAll(
    /^(\|\d+) (\d+) (\/var\/log\/pflog)$/gm,
    (_, size: string, time: string, path: string) => `${size} ${Number(time) - 600} ${path}`,
  );
const without =
  (of: RegExp, by = ''): ((text: string) => string) =>
  (text) =>
    text.replaceAll(of, by);

/** "+" works, "-" is broken, "?" is not known; in the order of the layers. */
const signs = ({layers}: Trace): string =>
  layers.map(({state}) => ({works: '+', broken: '-', unknown: '?'})[state]).join('');

const layer = (trace: Trace, name: string): string =>
  trace.layers.find((one) => one.layer === name)?.summary ?? '';

describe('the first broken layer is named', () => {
  test.each<[string, ScenarioName, Setup, string, string | undefined, number, RegExp]>([
    ['nothing is wrong', 'healthy', {}, '++++++', undefined, 0, /was written \d+ seconds ago/],
    ['the bug', 'stalled-pflogd', {said: longAgo}, '+++-+?', 'buffers', 3, /has stopped recording/],
    [
      'pf is off',
      'healthy',
      {said: without(/Status: Enabled/g, 'Status: Disabled')},
      '-+++++',
      'rules',
      3,
      /pf is disabled/,
    ],
    [
      'pf is not there',
      'healthy',
      {said: without(/^\|Status: .*\n= 0$/gm, '!pfctl: /dev/pf: No such file or directory\n= 1')},
      '-+++++',
      'rules',
      3,
      /not in the kernel/,
    ],
    [
      'no rule logs',
      'healthy',
      {said: without(/block drop in log all/g, 'block drop in all')},
      '-+++++',
      'rules',
      3,
      /None of the 1 rules/,
    ],
    [
      'no rule that logs matches',
      'healthy',
      {said: without(/Packets: \d+ /g, 'Packets: 0 ')},
      '-+++++',
      'rules',
      3,
      /none of them has matched/,
    ],
    [
      'no interface, no rule to it',
      'healthy',
      {files: {'/.lab/no-pflog': '', '/.lab/pf.rules': 'block log (all, to pflog3) all\n'}},
      '+--???',
      'interface',
      3,
      /pflog3, and there is no/,
    ],
    [
      'the interface is down',
      'healthy',
      {said: without(/<UP,RUNNING/g, '<RUNNING')},
      '+-++++',
      'interface',
      3,
      /pflog0 is down/,
    ],
    ['nobody listens', 'drift', {}, '++-???', 'descriptor', 3, /Nobody captures on pflog0/],
    [
      'another logger was asked for',
      'healthy',
      {service: 'filterlog'},
      '++-???',
      'descriptor',
      3,
      /has no capture on pflog0/,
    ],
    [
      'its filter lets nothing pass',
      'healthy',
      {said: without(/"filter-packets":\d+/g, '"filter-packets":0')},
      '++-+++',
      'descriptor',
      3,
      /lets none of \d+ packets pass/,
    ],
    [
      'no file',
      'healthy',
      {said: without(/^\|.* \/var\/log\/pflog\n/gm)},
      '+++++-',
      'output',
      3,
      /there is no such file/,
    ],
    [
      'a file that was not looked at',
      'healthy',
      {said: without(/(?<=-f )\/var\/log\/pflog\b/g, '/data/pf$log')},
      '+++++?',
      undefined,
      4,
      /Where pflogd writes is not known/,
    ],
    [
      'the file does not grow yet',
      'healthy',
      {said: longAgo},
      '+++++?',
      undefined,
      4,
      /writes at most every 60 seconds/,
    ],
    [
      'the file does not grow',
      'healthy',
      {said: longAgo, wait: 70},
      '+++++-',
      'output',
      3,
      /does not grow/,
    ],
    [
      'suspended',
      'healthy',
      {said: without(/\[running\]/g, '[suspended]')},
      '++++-+',
      'daemon',
      3,
      /has suspended its log/,
    ],
    [
      'stopped',
      'healthy',
      {said: without(/(?<=_pflogd +)S(?= )/g, 'T')},
      '++++-+',
      'daemon',
      3,
      /is stopped/,
    ],
    ['not root', 'healthy', {as: 'ops'}, '?+????', undefined, 4, /Could not tell whether pf is on/],
  ])('%s', (_, scenario, setup, expected, broken, code, words) => {
    const trace = traceOf(scenario, setup);

    expect([signs(trace), trace.broken]).toEqual([expected, broken]);
    const at = broken ?? trace.layers.find(({state}) => state === 'unknown')?.layer ?? 'output';
    expect(layer(trace, at)).toMatch(words);
    expect(exitCodeOfTrace(trace)).toBe(code);
    expect(schemaComplaints('src/report/trace.schema.json')(trace)).toEqual([]);
    for (const {state, fix, because} of trace.layers)
      if (state === 'broken') expect([fix !== '', because.length > 0]).toEqual([true, true]);
  });

  test('filterlog writes through syslog', () => {
    const trace = traceOf('opnsense', {files: {'/var/log/filter/latest.log': 'x'}});

    expect(trace.service).toBe('filterlog');
    expect(layer(trace, 'output')).toMatch(/^\/var\/log\/filter\/latest\.log was written/);
  });
});

test('what the host says is data: rules and names are cut and made harmless', () => {
  const evil = `block log all label "\u001b[31m${'x'.repeat(5000)}"`;
  const trace = traceOf('healthy', {said: without(/block drop in log all/g, evil)});
  const text = renderTrace(trace, {width: 80, colour: false, verbose: true});

  expect(text).not.toContain('\u001b');
  expect(text.length).toBeLessThan(8000);
});

test('for people: the answer first, then a line a layer, readings where it is broken', () => {
  const text = renderTrace(traceOf('stalled-pflogd', {said: longAgo}), {
    width: 100,
    colour: false,
    verbose: false,
  });

  expect(text).toMatch(
    /^fw01 \(practice\), logger pflogd: the first broken layer is "buffers"\.\n\n/,
  );
  expect(text).toMatch(
    /\nworks {4}pf rules {9}Rules that log match packets: 40 while we looked\.\n/,
  );
  expect(text).toMatch(
    /\nbroken {3}buffers {10}pflogd \(pid 3883\) on pflog0 has stopped recording/,
  );
  expect(text).toMatch(/\n {2}bytes held by .* = 12156 then 12156; not known/);
  expect(text).toMatch(/\n {2}Fix: Now: sysctl net\.bpf\.zerocopy_enable=0/);
  expect(text).not.toMatch(/\n {2}packets handed to pflog0/);
});
