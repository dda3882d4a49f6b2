import fc from 'fast-check';
import {describe, expect, test} from 'vitest';

import {canonicalJson, lineJson, prettyJson} from '../../../src/text/canonical-json.js';
import {fileNameFor} from '../../../src/text/file-name.js';
import {isRunId, kindOfRun, newRunId} from '../../../src/text/run-id.js';
import {often} from '../../tools/sampled.js';

describe('canonical JSON', () => {
  test('sorts members by UTF-16 code units and writes numbers and strings as RFC 8785 does', () => {
    // The example of RFC 8785, section 3.2.3 (sorting) and 3.2.2.
    const sorting = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      ö: 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(sorting)) as object)).toHaveLength(7);
    expect(
      [...canonicalJson(sorting).matchAll(/:"([A-Z][a-z]+)/g)].map(([, word]) => word),
    ).toEqual(['Carriage', 'One', 'Control', 'Latin', 'Euro', 'Emoji', 'Hebrew']);
    expect(canonicalJson([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0, true, null])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0,true,null]',
    );
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    );
  });

  test('is the same for the same value whatever the order of its members, and keeps the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.parse(prettyJson(value))).toEqual(JSON.parse(text));
        expect(lineJson(value)).not.toContain('\n');
      }),
    );
  });

  test('leaves undefined members out and refuses what JSON cannot hold', () => {
    expect(canonicalJson({a: undefined, b: 1})).toBe('{"b":1}');
    const loop: unknown[] = [];
    loop.push(loop);
    for (const value of [
      NaN,
      Infinity,
      () => 1,
      Symbol('x'),
      1n,
      new Date(0),
      new Map(),
      [undefined],
      loop,
    ])
      expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  test('for people, nothing in it acts on a terminal or a parser, and nothing is lost', () => {
    const nasty = '\u001b[31m\u007f\u009b\u202e\u2028\u2029\ud800\u{e0001}é東';
    expect(prettyJson({[nasty]: nasty})).not.toMatch(
      /[\p{Cf}\p{Cs}\u007f-\u009f\u2028\u2029]|[^\n\P{Cc}]/u,
    );
    expect(JSON.parse(prettyJson({[nasty]: nasty}))).toEqual({[nasty]: nasty});
    expect(prettyJson({[nasty]: nasty})).toContain('é東');
  });
});

describe('run ids', () => {
  test('say when and what, sort by time and are ids', () => {
    const id = newRunId('audit', new Date('2026-11-24T08:15:00.999Z'), () => 0x3f9a / 0x10000);
    expect(id).toBe('20261124T081500Z-audit-3f9a');
    expect(newRunId('probe', new Date('2026-11-24T08:15:01Z'), () => 0)).toBe(
      '20261124T081501Z-probe-0000',
    );
    expect(kindOfRun(id)).toBe('audit');
  });

  test('are nothing else', () => {
    for (const text of [
      '',
      'latest',
      '../20261124T081500Z-audit-3f9a',
      '20261124T081500Z-audit-3f9a/..',
      '20261124T081500Z-party-3f9a',
      '20261124T081500Z-audit-3f9a\n',
    ])
      expect(isRunId(text)).toBe(false);
    fc.assert(
      fc.property(
        fc.date({min: new Date('2000-01-01'), max: new Date('2999-01-01'), noInvalidDate: true}),
        fc.double({min: 0, max: 1, maxExcluded: true, noNaN: true}),
        (at, random) => {
          expect(isRunId(newRunId('apply', at, () => random))).toBe(true);
        },
      ),
    );
  });
});

describe('file names', () => {
  test('keep what is plain and are never hidden, nested or long', () => {
    expect(fileNameFor('fw01.example.net')).toBe('fw01.example.net');
    expect(fileNameFor('..')).toBe('%002E.');
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 400}), (text) => {
        expect(fileNameFor(text)).toMatch(/^[A-Za-z0-9%_-][A-Za-z0-9%._-]*$/);
        expect(fileNameFor(text).length).toBeLessThanOrEqual(180);
      }),
    );
  });

  test('are never shared by two texts', () => {
    const near = fc.string({
      unit: fc.constantFrom('a', '.', '/', '%', '0', '2', 'F', '\ud800', '\udc00'),
      maxLength: 8,
    });
    fc.assert(
      fc.property(near, near, (a, b) => {
        expect(fileNameFor(a) === fileNameFor(b)).toBe(a === b);
      }),
      {numRuns: often(2000)},
    );
    expect(fileNameFor('x'.repeat(300))).not.toBe(fileNameFor('x'.repeat(301)));
  });
});

/** The same value with the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
