import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {describe, expect, test} from 'vitest';

import {checkText, Checks} from '../export/check-host.js';
import {ReplayHost} from '../collect/replay/replay-host.js';

const RULES = 'templates/monitoring/zbufctl.rules.yml';
const DASHBOARD = 'templates/monitoring/grafana-dashboard.json';
const promtool = (args: readonly string[], input = ''): {code: number | null; said: string} => {
  const {status, stdout, stderr} = spawnSync('promtool', [...args], {input, encoding: 'utf8'});
  return {code: status, said: stdout + stderr};
};
const HERE = spawnSync('promtool', ['--version']).status === 0;

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly targets: readonly {readonly expr: string}[];
  }[];
}
const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as Dashboard;
const expressions = dashboard.panels.flatMap(({targets}) => targets.map(({expr}) => expr));

/** What a check writes of a host whose capture is lost: no metric stands anywhere else. */
function metricsOfAHost(): string {
  const checks = new Checks();
  const host = new ReplayHost({state: 'freebsd-15.1/pflogd-stalled-zerocopy'});
  try {
    const path = checks.file('check.sh', checkText('prometheus'));
    expect(checks.run(path, host.root, ['/out.prom'])).toEqual({out: '', err: '', code: 0});
    return readFileSync(join(host.root, 'out.prom'), 'utf8');
  } finally {
    host.remove();
    checks.remove();
  }
}

const metrics = metricsOfAHost();
const written = new Set([...metrics.matchAll(/^(zbufctl_\w+)/gm)].map(([, name = '']) => name));

test('rules and dashboard ask for what a check writes, and for nothing else', () => {
  const asked = [readFileSync(RULES, 'utf8'), ...expressions].join('\n');
  const names = new Set([...asked.matchAll(/\bzbufctl_\w+/g)].map(([name]) => name));

  expect([...names].sort()).toEqual([...written].sort());
  expect(metrics).toContain('zbufctl_bpf_stalled{service="pflogd",interface="pflog0"} 1\n');
});

test('the panels of the dashboard have ids of their own', () => {
  const ids = dashboard.panels.map(({id}) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.runIf(HERE)('promtool', () => {
  test.each([
    ['the rules are rules', ['check', 'rules', RULES]],
    ['what is lost, blind or gone alerts', ['test', 'rules', 'test/monitoring/zbufctl.test.yml']],
  ])('%s', (_, args) => {
    const {code, said} = promtool(args);
    expect([code, said]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  test('what a check writes is what Prometheus reads', () => {
    expect(promtool(['check', 'metrics'], metrics)).toEqual({code: 0, said: ''});
  });

  test('every expression of the dashboard is one', () => {
    const rules = expressions.map((expr, at) => ({
      record: `panel:${at}`,
      expr: expr.replaceAll('$instance', '.*'),
    }));
    const file = JSON.stringify({groups: [{name: 'dashboard', rules}]});
    const files = new Checks();
    const {code, said} = promtool(['check', 'rules', files.file('rules.json', file)]);
    files.remove();
    expect([code, said]).toEqual([0, expect.stringContaining(`${expressions.length} rules found`)]);
  });
});
