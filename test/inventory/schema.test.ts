import {readFileSync} from 'node:fs';

import {Ajv} from 'ajv';
import {format, resolveConfig} from 'prettier';
import {expect, test} from 'vitest';
import {parse} from 'yaml';

import {inventorySchema} from '../../src/inventory/index.js';

import {BAD_FILES} from './bad-files.js';
import {complaintsOf} from './read.js';

const FILE = 'src/inventory/zbufctl.schema.json';

const ajv = new Ajv({strict: true, strictRequired: false, allErrors: true});
let compiled: ReturnType<typeof ajv.compile> | undefined;
/** What the published file says to this text; empty: it is fine. */
function schemaComplaints(text: string): readonly unknown[] {
  compiled ??= ajv.compile(JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>);
  return compiled(parse(text, {uniqueKeys: false, logLevel: 'error'}))
    ? []
    : (compiled.errors ?? []);
}

test('the published schema is the one the reader has in it (npx vitest -u writes it anew)', async () => {
  const options = await resolveConfig(FILE);
  const text = await format(JSON.stringify(inventorySchema()), {...options, parser: 'json'});

  await expect(text).toMatchFileSnapshot(`../../${FILE}`);
});

const GOOD_FILES = [
  'hosts: [fw1]\n',
  'hosts: ["fw[01-40].example.net", {name: "fw[1-2]", port: 22, user: root}]\n',
  `groups:
  edge:
    vars: {user: root, port: 22, become: none, identityFile: ~/.ssh/id, knownHosts: [a, b], proxyJump: "b1,b2"}
    hosts: [{name: fw99, address: 192.0.2.9, port: 2222, become: doas, proxyJump: none, policy: {zerocopy: on}}]
    policy: {zerocopy: auto}
    children: [core]
  core: {hosts: ["2001:db8::1"]}
policy: {zerocopy: off}
vars: {user: op}
retention: {keep: 365d, atLeast: 10}
`,
  'retention: {keep: 30d}\nhosts: [fw1]\n',
  `hosts: [fw1]
policy:
  services:
    - {id: a}
    - {id: b, command: [x, "y*"], pattern: none, rcScript: b, flagsVariable: b_flags, options: "dfi:", source: s}
    - {id: c, command: z, pattern: fork-child-captures, otherSide: lives-on, variants: [{when: w, pattern: none}]}
  waivers:
    - {rule: ZBUF-003, groups: [all], reason: r, approver: a, ticket: t, start: 2027-01-01, expiry: 2027-02-01}
`,
];

test.each(GOOD_FILES)('reader and schema take %j', (text) => {
  expect(complaintsOf(text)).toEqual([]);
  expect(schemaComplaints(text)).toEqual([]);
});

test.each(BAD_FILES.filter(({schema}) => schema === 'sees'))(
  'the schema sees $what, too',
  ({text}) => {
    expect(schemaComplaints(text)).not.toEqual([]);
  },
);

test.each(BAD_FILES.filter(({schema}) => schema === 'blind'))(
  'the schema cannot see $what',
  ({text}) => {
    // A test of the list: a mistake the schema has come to see must be marked so.
    expect(schemaComplaints(text)).toEqual([]);
  },
);
