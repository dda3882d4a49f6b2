import {expect, test} from 'vitest';

import {packHosts, ShelvedHosts} from '../../../src/app/evidence/packed-hosts.js';
import {tallyOf} from '../../../src/report/findings/tally.js';
import {renderNdjson} from '../../../src/report/formats/ndjson.js';
import {withFindings} from '../../../src/text/host-on-demand.js';
import {hostileFleet, oneOfEach} from '../../world.js';

const {hosts} = oneOfEach();

test('hosts come off the shelf as they were, one by one, copied, and sorted', () => {
  const pieces: Uint8Array[] = [];
  let fetched = 0;
  const shelved = new ShelvedHosts({
    put: (piece) => pieces.push(piece) - 1,
    get: (at) => {
      fetched += 1;
      return pieces[at] ?? new Uint8Array();
    },
  });
  shelved.add(packHosts(hosts.slice(0, 3)));
  shelved.add(packHosts(hosts.slice(3)));

  // What a run is counted and sorted by is at hand.
  expect(tallyOf(shelved.hosts)).toEqual(tallyOf(hosts));
  expect(shelved.hosts.map(({host, posture, failure}) => [host, posture, failure])).toEqual(
    hosts.map(({host, posture, failure}) => [host, posture, failure]),
  );
  expect(fetched).toBe(0);
  expect(shelved.hosts).toEqual(hosts);
  expect(shelved.hosts.map((host) => ({...host}))).toEqual(hosts);
  expect([...shelved.hosts].reverse()).toEqual([...hosts].reverse());

  // Readers ask again and again of a host, and for the next one then.
  fetched = 0;
  for (const host of shelved.hosts) expect(host.findings).toBe(host.findings);
  expect(fetched).toBe(pieces.length);
});

test('a line of a packed host is the line of the host', () => {
  for (const run of [oneOfEach(), hostileFleet()]) {
    const pieces: Uint8Array[] = [];
    const shelved = new ShelvedHosts({
      put: (piece) => pieces.push(piece) - 1,
      get: (at) => pieces[at] ?? new Uint8Array(),
    });
    shelved.add(packHosts(run.hosts));
    expect(renderNdjson({...run, hosts: shelved.hosts})).toBe(renderNdjson(run));
    // What was changed since it was packed counts.
    const without = shelved.hosts.map((host) => withFindings(host, () => []));
    expect(renderNdjson({...run, hosts: without})).toBe(
      renderNdjson({...run, hosts: run.hosts.map((host) => ({...host, findings: []}))}),
    );
  }
});

test('what is kept of a host is small', () => {
  const many = Array.from(
    {length: 80},
    (_, i) => ({...hosts[0], host: `h${i}`}) as (typeof hosts)[0],
  );
  const {light, counted, pieces} = packHosts(many);
  const kept = [light, ...counted, ...pieces];
  const size = kept.reduce((sum, {length}) => sum + length, 0);
  expect(size * 5).toBeLessThan(JSON.stringify(many).length);
});
