import {Ajv} from 'ajv';
import {expect, test} from 'vitest';
import {parse} from 'yaml';

import {changePolicyOf} from '../../src/inventory/change-policy-reader.js';
import {inventorySchema} from '../../src/inventory/index.js';
import type {Policy} from '../../src/model/policy.js';

import {complaintsOf, readText} from './read.js';

const GOOD = `hosts: [fw1]
policy:
  zerocopy: auto
  disable: [pflog]
  keep: [suricata, "snort3"]
  rc: {pflog_flags: "-s 256", softflowd_enable: NO, empty_flags: ""}
  window: ["Sat 02:00-04:00", "daily 22:00-02:00 +01:00"]
  modes: {pflogd: buffered, /usr/sbin/tcpdump: private, suricata: zbuf}
  probeAge: 12h
`;
const schema = new Ajv({strict: true, strictRequired: false}).compile(inventorySchema());

test('the keys of a change are read; what is left out has a value', () => {
  expect(complaintsOf(GOOD)).toEqual([]);
  expect(schema(parse(GOOD))).toBe(true);
  const policy = changePolicyOf((parse(GOOD) as {policy: Policy}).policy);
  expect(policy).toMatchObject({
    disable: ['pflog'],
    keep: ['suricata', 'snort3'],
    rc: {pflog_flags: '-s 256', softflowd_enable: 'NO', empty_flags: ''},
    modes: {pflogd: 'buffered', '/usr/sbin/tcpdump': 'private', suricata: 'zbuf'},
    probeAge: 43_200,
  });
  expect(policy.window.map((w) => [w.days, w.from, w.minutes, w.offset])).toEqual([
    [[6], 120, 120, 0],
    [[0, 1, 2, 3, 4, 5, 6], 1320, 240, 60],
  ]);
  expect(changePolicyOf({})).toEqual({
    disable: [],
    keep: [],
    rc: {},
    modes: {},
    preload: [],
    window: [],
    probeAge: 2_592_000,
  });
  expect(changePolicyOf({modes: 'auto'}).modes).toBe('auto');
  expect(complaintsOf('hosts: [fw1]\npolicy: {modes: auto}\n')).toEqual([]);
  expect(changePolicyOf({window: 'Sun 01:00-02:00'}).window).toHaveLength(1);
});

test.each([
  ['disable: pflog', 'not a list', 'Write [pflog].'],
  ['keep: ["a b"]', 'not the id of a service', 'Write the id'],
  ['rc: {x_flags: "$(reboot)"}', 'which sysrc and sh act on', 'plain value'],
  ['rc: {local_startup: "/home/m/rc.d"}', 'which programs rc runs', 'by hand'],
  ['rc: {pflog_user: root}', 'which programs rc runs', 'by hand'],
  ['rc: {PATH: "/tmp"}', 'which programs rc runs', 'by hand'],
  ['rc: {x-y: "1"}', 'not the name of a variable', 'letters'],
  ['rc: {x_flags: 12}', 'number', 'Quote it'],
  ['window: "Sat 02:00-02:00"', 'all day, or never', '00:00-24:00'],
  ['window: ["Sat 02:00-04:00 CET"]', 'not the same all year', '+01:00'],
  ['window: "02:00-04:00"', 'on which days', 'daily'],
  ['modes: automatic', 'not auto or a mapping', 'Write auto or a mapping.'],
  [
    'modes: {pflogd: bufferd}',
    'not one of buffered, inherit, private, zbuf',
    'Write pflogd: buffered.',
  ],
  ['modes: {pflogd: share}', 'not one of', 'Write pflogd: inherit.'],
  ['modes: {"../pflogd": buffered}', 'is not the id of a service', 'path of a program'],
  ['modes: {"/sbin/../pflogd": buffered}', 'is not the id of a service', 'path of a program'],
  ['probeAge: 30', 'number', 'Quote it'],
  ['probeAge: 3 weeks', 'not an age', '30d'],
])('%s is told with its line and what to write', (key, part, fix) => {
  const text = `hosts: [fw1]\npolicy:\n  ${key}\n`;
  const result = readText(text);
  const [complaint, ...more] = result.ok ? [] : result.complaints;
  expect(more).toEqual([]);
  expect(complaint?.line).toBe(3);
  expect(complaint?.message).toContain(part);
  expect(complaint?.fix).toContain(fix);
});
