import {expect, test} from 'vitest';
import {parse, stringify} from 'yaml';

import {loadServices} from '../../src/cli/hosts/load-services.js';
import type {Meaning} from '../../src/knowledge/facts.js';
import {generateServices} from '../../src/knowledge/generate.js';
import {outlook} from '../../src/knowledge/outlook.js';

import {FACTS, MEANINGS, SERVICES, service, SOURCES} from './sources.js';

test('the knowledge base holds together: at least 90 services and no complaint', () => {
  const {services, complaints} = generateServices(SOURCES);

  expect(complaints).toEqual([]);
  expect(services.length).toBeGreaterThanOrEqual(90);
  expect(services.map((s) => s.id)).toEqual(expect.arrayContaining(['filterlog', 'hostwatch']));
});

test.each(FACTS.map((fact) => [fact.id, fact] as const))(
  '%s: nothing of its facts is lost',
  (id, fact) => {
    const made = service(id);

    expect(made).toMatchObject({
      name: fact.name,
      origin: fact.origin,
      captureApi: fact.capture_api,
      requestsZerocopy: fact.requests_zerocopy,
      pattern: fact.fork_pattern,
      reader: fact.reader_after_fork,
      verified: fact.verified,
    });
    const notes = fact.pattern_notes.replace(/^\[other-side: [^\]]*\] ?/, '');
    expect(made.notes.slice(0, notes.length)).toBe(notes);
    expect(made.notes).not.toContain('[other-side');
    for (const source of fact.evidence) {
      expect(made.evidence).toContain(
        `${source.repo}, ${source.path}: ${source.function}: ${source.what}`,
      );
    }
    for (const {when, fork_pattern: pattern, note} of fact.config_that_changes_pattern) {
      const variant = made.variants.find((v) => v.when === when);
      if (variant === undefined) {
        expect(made.notes).toContain(`${when}: `);
        continue;
      }
      expect(variant.pattern).toBe(pattern === 'unchanged' ? fact.fork_pattern : pattern);
      if (note !== undefined) expect(variant.note).toContain(note);
    }
  },
);

test('prose in a field becomes a plain value, or none at all', () => {
  expect(service('pflogd')).toMatchObject({
    commands: ['pflogd'],
    rcScript: 'pflog',
    rcVariable: 'pflog_enable',
    flagsVariables: ['pflog_flags'],
  });
  expect(service('spamlogd').rcScript).toBe('obspamlogd');
  expect(service('dhclient')).toMatchObject({
    rcScript: 'dhclient',
    flagsVariables: ['dhclient_flags', 'dhclient_flags_<if>'],
  });
  expect(service('kismet').commands).toEqual(['kismet', 'kismet_cap_*']);
  expect(service('suricata').flagsVariables).toEqual(['suricata_flags']);
  for (const id of ['tcpdump', 'nfpcapd', 'ettercap', 'nprobe', 'dnscap']) {
    expect(service(id)).not.toHaveProperty('rcScript');
    expect(service(id)).not.toHaveProperty('rcVariable');
    expect(service(id).flagsVariables).toEqual([]);
  }
});

test('no value of any service is prose where a program would look for a name', () => {
  for (const {id, commands, rcScript, rcVariable, flagsVariables} of SERVICES) {
    const names = [...commands, rcScript ?? 'x', rcVariable ?? 'x', ...flagsVariables];
    for (const name of names) expect(name, id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.<>-]*\*?$/);
  }
});

test('the other side is the tag of the notes, except where conditions.yaml says why not', () => {
  for (const fact of FACTS) {
    const tag = /^\[other-side: ([^\]]*)\]/.exec(fact.pattern_notes)?.[1];
    const stated = MEANINGS[fact.id]?.otherSide?.is;
    expect(service(fact.id).otherSide, fact.id).toBe(stated ?? tag ?? 'unknown');
  }
  expect(service('knockd').otherSide).toBe('runs-for-seconds');
  expect(service('ndpmon').otherSide).toBe('spawns-without-copy');
});

test('no variant leaves open what the other process does', () => {
  for (const {id, variants} of SERVICES) {
    for (const v of variants)
      expect(outlook(v.pattern, v.otherSide), `${id}, ${v.when}`).not.toBe('unknown');
  }
});

test('a "Zero-copy outlook" the notes state in words is the outlook the data give', () => {
  const words = [
    [/outlook: (?:benign race|normally fine)/, 'race'],
    [/outlook: unaffected\.|outlook: unaffected with DAQ/, 'safe'],
    [/outlook: breaks/, 'breaks'],
  ] as const;
  let checked = 0;
  for (const {id, notes, pattern, otherSide} of SERVICES) {
    for (const [form, expected] of words) {
      if (!form.test(notes)) continue;
      checked += 1;
      expect(outlook(pattern, otherSide), id).toBe(expected);
    }
  }
  expect(checked).toBeGreaterThan(20);
});

test('loadServices gives the same services without a build', async () => {
  expect(await loadServices()).toEqual(SERVICES);
});

/** The facts with one entry changed. */
function withFact(id: string, change: Readonly<Record<string, unknown>>): string {
  return stringify(FACTS.map((fact) => (fact.id === id ? {...fact, ...change} : fact)));
}

test.each([
  ['an unknown pattern', {fork_pattern: 'sometimes'}],
  ['a missing name', {name: undefined}],
  ['an empty note', {pattern_notes: ''}],
  ['a member nobody knows', {severity: 'high'}],
  ['a text where yes or no belongs', {verified: 'yes'}],
  ['an id with blanks', {id: 'pf log'}],
  ['a verified entry without evidence', {evidence: []}],
  ['a verified entry without a tag', {pattern_notes: 'It forks.'}],
  ['evidence without a path', {evidence: [{repo: 'a', function: 'main', what: 'forks'}]}],
  ['a variant without a pattern', {config_that_changes_pattern: [{when: '-D (foreground debug)'}]}],
])('the schema of the facts refuses %s', (_, change) => {
  const {services, complaints} = generateServices({
    ...SOURCES,
    services: withFact('pflogd', change),
  });

  expect(services).toEqual([]);
  expect(complaints.length).toBeGreaterThan(0);
  expect(complaints[0]?.file).toBe('capture-services.yaml');
});

test('broken YAML is a complaint with its line', () => {
  const {complaints} = generateServices({...SOURCES, services: '- id: a\n  name: "x\n'});

  expect(complaints[0]?.line).toBeGreaterThan(1);
});

/** The meanings with one entry changed. */
function withMeaning(id: string, change: (meaning: Meaning) => unknown): string {
  const all = parse(SOURCES.conditions) as Record<string, Meaning>;
  return stringify({...all, [id]: change(all[id] ?? {})});
}

const complaintsWith = (id: string, change: (meaning: Meaning) => unknown): readonly string[] =>
  generateServices({...SOURCES, conditions: withMeaning(id, change)}).complaints.map(
    (c) => c.message,
  );

test('a line of the facts without a meaning, and a meaning without its line, are complaints', () => {
  const renamed = complaintsWith('rarpd', (m) => ({
    ...m,
    variants: [{when: '-f', given: ['-f']}, ...(m.variants ?? []).slice(1)],
  }));

  expect(renamed).toEqual([
    'rarpd: no meaning for "-f (do not fork)"',
    'rarpd: "-f" is not in the facts',
  ]);
  expect(complaintsWith('rarp', () => ({commands: ['rarp']}))).toEqual([
    'rarp: capture-services.yaml has no such id',
  ]);
});

test('a pattern that forks after the open must say what the other process does', () => {
  const silent = complaintsWith('tcpflow', (m) => ({
    ...m,
    variants: [{when: '-S tcp_cmd=... or -S http_cmd=...', hidden: 'somewhere'}],
  }));

  expect(silent).toHaveLength(1);
  expect(silent[0]).toContain('what the other process does must be stated');
});

test('a meaning cannot be both visible and hidden', () => {
  expect(
    complaintsWith('rbootd', () => ({
      variants: [{when: '-d (debug)', given: ['-d'], hidden: 'no'}],
    })),
  ).not.toEqual([]);
});

test('prose that no known form covers is a complaint, not a value', () => {
  const {complaints} = generateServices({
    ...SOURCES,
    services: withFact('pflogd', {rc_script: 'pflog or pflogd', comm: 'pflogd, sometimes pfl'}),
  });

  expect(complaints.map((c) => c.message)).toEqual([
    'pflogd: rc_script "pflog or pflogd" is prose',
    'pflogd: comm "pflogd, sometimes pfl" is prose',
  ]);
});
