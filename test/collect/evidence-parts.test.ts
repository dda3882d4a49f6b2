import fc from 'fast-check';
import {expect, test} from 'vitest';

import {evidenceParts} from '../../src/collect/evidence-parts.js';
import {readEvidence, schemaDefect} from '../../src/collect/stored-evidence.js';
import {withoutSecrets} from '../../src/collect/without-secrets.js';
import {loadSchema} from '../../src/io/package/schemas.js';
import type {Evidence} from '../../src/model/evidence.js';
import {canonicalJson} from '../../src/text/canonical-json.js';
import {REDACTED} from '../../src/text/mask-secrets.js';
import {SHAPES} from '../text/secret-shapes.js';
import {evidenceFor, makeEvidence, oneOfEach} from '../world.js';

const schema = loadSchema('collect/evidence');
const open = evidenceParts(schema);
const whole = (text: string): Evidence | undefined => open?.(Buffer.from(text))?.whole();

/** As any document is read. */
const plainly = (text: string): Evidence => withoutSecrets(JSON.parse(text) as Evidence);

test('a document read by its parts is the document, the first time and again', () => {
  for (const evidence of oneOfEach().hosts.map((host) => evidenceFor(host))) {
    const text = canonicalJson(evidence);
    for (const said of [text, text, `${text}\n`]) {
      expect(whole(said)).toStrictEqual(plainly(text));
      expect(open?.(Buffer.from(said))).toMatchObject({
        host: evidence.host,
        address: evidence.address,
      });
    }
  }
});

test('what a document does not have its parts do not have either', () => {
  const evidence: Evidence = {
    ...makeEvidence(),
    linking: {libmap: [], libmapFolders: [], environments: {state: 'absent'}},
  };
  for (const name of Object.keys(evidence)) {
    const text = canonicalJson({...evidence, [name]: undefined});
    const isValid = schemaDefect(JSON.parse(text), schema) === undefined;
    expect(whole(text), name).toStrictEqual(isValid ? plainly(text) : undefined);
  }
  for (const apart of ['identity', 'rc', 'linking'])
    expect(whole(canonicalJson({...evidence, [apart]: {}}))).toBeUndefined();
});

/** What people keep secret, and what looks like it. */
const saying = fc.oneof(
  fc.constantFrom(...SHAPES, 'no secret', 'naïve \u{1f600} "quoted" \\ back\nslash'),
  fc.string(),
);

test('no secret is let through, wherever it stands and whoever said the same before', () => {
  fc.assert(
    fc.property(saying, saying, fc.constantFrom('hostname', 'wlan_password'), (a, b, name) => {
      const {rc, identity} = makeEvidence();
      const evidence = {
        ...makeEvidence({host: a === '' ? 'h' : a}),
        identity: {...identity, hostname: {state: 'read', value: b}},
        files: [{path: '/etc/sysctl.conf', content: {state: 'read', value: `${a}\n${b}`}}],
        processes: {state: 'read', value: []},
        unknownRecords: [a, b],
        rc: {
          ...rc,
          variables: {state: 'read', value: {[name]: a, b}},
          files: [
            {
              path: '/etc/rc.conf',
              assignments: {
                state: 'read',
                value: [{line: 1, literal: true, name, text: b, value: a}],
              },
            },
          ],
        },
      };
      const text = canonicalJson(evidence);
      expect(schemaDefect(evidence, schema)).toBeUndefined();
      expect(whole(text)).toStrictEqual(plainly(text));
    }),
    {numRuns: 150},
  );
});

test('hosts that differ in one character of a part have each their own', () => {
  const said = (value: string): string =>
    canonicalJson(makeEvidence({sysctls: {state: 'read', value: {'net.bpf.bufsize': value}}}));
  expect(whole(said('4096'))?.sysctls).toEqual({state: 'read', value: {'net.bpf.bufsize': '4096'}});
  expect(whole(said('4097'))?.sysctls).toEqual({state: 'read', value: {'net.bpf.bufsize': '4097'}});
  const secret = canonicalJson(makeEvidence({unknownRecords: ['password=hunter2']}));
  expect(whole(secret)?.unknownRecords).toEqual([`password=${REDACTED}`]);
});

test.each([
  ['members in another order', (text: string) => JSON.stringify(reversed(plainly(text)))],
  ['blanks', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
  ['very much', (text: string) => text.replace('"read"', `"read"${' '.repeat(1024 * 1024)}`)],
])('with %s it is read all the same', (_, change) => {
  const text = canonicalJson(makeEvidence());
  const other = change(text);
  expect(whole(other)).toBeUndefined();
  const about = {name: 'x', readAt: '2026-11-24T08:15:00Z'};
  expect(readEvidence(Buffer.from(other), about, schema)).toEqual({
    ok: true,
    value: plainly(text),
  });
});

const reversed = (value: object): object => Object.fromEntries(Object.entries(value).reverse());
