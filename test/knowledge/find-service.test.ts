import fc from 'fast-check';
import {expect, test} from 'vitest';

import type {Sighting} from '../../src/knowledge/find-service.js';
import {findServices} from '../../src/knowledge/find-service.js';

import {SERVICES, service} from './sources.js';

const found = (sighting: Sighting): readonly string[] =>
  findServices(SERVICES, sighting).map((s) => s.id);

test('a service is known by its process name', () => {
  expect(found({command: 'pflogd'})).toEqual(['pflogd']);
  expect(found({command: 'pflogd', args: 'pflogd: [running] -s 116 -i pflog0 (pflogd)'})).toEqual([
    'pflogd',
  ]);
  expect(found({command: 'isisd'})).toEqual(['frr-isisd']);
  expect(found({command: 'kismet_cap_linux_wi'})).toEqual(['kismet']);
});

test('without a process name the program or the title tells', () => {
  expect(found({args: '/usr/sbin/tcpdump -n'})).toEqual(['tcpdump']);
  expect(found({args: 'pflogd: [priv] (pflogd)'})).toEqual(['pflogd']);
});

test('a name that is only similar is no match', () => {
  for (const command of ['tcpdump2', 'xpflogd', 'PFLOGD', '', 'snor', 'python3.11']) {
    expect(found({command}), command).toEqual([]);
  }
  // The process name is the kernel's; arguments can be anything.
  expect(found({command: 'nc', args: 'tcpdump'})).toEqual([]);
});

test('process names are cut to 19 characters by the kernel', () => {
  const own = {...service('pflogd'), id: 'own', commands: ['a-very-long-program-name']};

  expect(findServices([own], {command: 'a-very-long-program'})).toEqual([own]);
  expect(findServices([own], {command: 'a-very-long-progra'})).toEqual([]);
  expect(findServices([own], {command: 'a-very-long-program-name'})).toEqual([own]);
});

test('two programs with one process name are two candidates, until the rc script tells', () => {
  expect(found({command: 'snort'})).toEqual(['snort2', 'snort3']);
  expect(found({command: 'snort', rcScript: 'snort'})).toEqual(['snort2']);
});

test('a service is known by its rc script, which need not be named after the program', () => {
  expect(found({rcScript: 'pflog'})).toEqual(['pflogd']);
  expect(found({rcScript: 'obspamlogd'})).toEqual(['spamlogd']);
  expect(found({rcScript: 'pflogd'})).toEqual([]);
  expect(found({command: 'spamlogd', rcScript: 'my_own_script'})).toEqual(['spamlogd']);
});

test('an interpreter is a service only with the arguments of one', () => {
  expect(
    found({command: 'python3.11', args: '/usr/local/bin/python3.11 /opt/maltrail/sensor.py'}),
  ).toEqual(['maltrail-sensor']);
  expect(found({command: 'python3.11', args: 'python3.11 other.py'})).toEqual([]);
});

test('nothing a host says makes the search throw', () => {
  const text = fc.string({unit: 'binary', maxLength: 60});
  fc.assert(
    fc.property(
      fc.record({command: text, args: text, rcScript: text}, {requiredKeys: []}),
      (sighting) => findServices(SERVICES, sighting).length <= SERVICES.length,
    ),
  );
});
