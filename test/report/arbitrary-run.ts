import fc from 'fast-check';

import type {AuditRun} from '../../src/model/audit-run.js';
import type {ShownReading} from '../../src/model/finding.js';
import {HOSTILE, makeFinding, makeHost, makeRun, passesBut, RULES} from '../world.js';
import type {RuleId} from '../world.js';

/**
 * Text as a hostile host would choose it: whole UTF-16, control characters and escapes more often
 * than not.
 */
const nasty = fc.oneof(
  fc.string({unit: 'binary', minLength: 1, maxLength: 200}),
  fc.constantFrom(...Object.values(HOSTILE).filter((text) => text.length < 1000)),
  fc
    .array(
      fc.constantFrom(
        '\u001b[31m',
        '\u009b1m',
        '\r',
        '\n',
        '\u202e',
        '\u200f',
        '\ud800',
        '東',
        'ก็',
        '🇩🇪',
        '=',
        ' ',
        '|',
        '"',
        ',',
        '\ue000',
        '\uf8ff',
        '\u{f0000}',
        'e\u0301',
      ),
      {
        minLength: 1,
        maxLength: 60,
      },
    )
    .map((parts) => parts.join('')),
);

const because: fc.Arbitrary<ShownReading> = fc.oneof(
  fc.record({reading: nasty, source: nasty, state: fc.constant('read'), value: nasty}),
  fc.record({reading: nasty, source: nasty, state: fc.constant('absent')}),
  fc.record({reading: nasty, source: nasty, state: fc.constant('unreadable'), why: nasty}),
);

const finding = fc
  .record({
    rule: fc.constantFrom(...(Object.keys(RULES) as RuleId[])),
    verdict: fc.constantFrom('fail', 'unknown'),
    summary: nasty,
    matters: nasty,
    fix: nasty,
    service: nasty,
    because: fc.array(because, {minLength: 1, maxLength: 3}),
  })
  .map(makeFinding);

/** Runs whose every text came from a hostile host. */
export const anyRun: fc.Arbitrary<AuditRun> = fc
  .uniqueArray(
    fc.record({
      host: nasty,
      other: nasty,
      broken: fc.boolean(),
      findings: fc.array(finding, {maxLength: 4}),
    }),
    {maxLength: 14, selector: ({host}) => host},
  )
  .map((specs) =>
    makeRun(
      specs.map(({host, other, broken, findings}) =>
        broken
          ? makeHost({
              host,
              address: other,
              groups: [other],
              release: other,
              captures: [{pid: 7, program: other, interface: other, mode: 'zbuf', by: 'kernel'}],
              posture: 'broken',
              findings: passesBut(makeFinding({rule: 'ZBUF-001', summary: other}), ...findings),
            })
          : makeHost({
              host,
              address: other,
              posture: 'unreachable',
              failure: {kind: 'protocol', message: other, fix: host},
            }),
      ),
    ),
  );
