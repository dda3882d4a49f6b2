import {expect, test} from 'vitest';

import {changesSince} from '../../../src/cli/audit/since.js';
import type {Notice} from '../../../src/model/notify.js';
import {messageFor} from '../../../src/report/notify/message.js';
import {isChanged, noticeOfChanges, noticeOfRun} from '../../../src/report/notify/notice.js';
import {schemaComplaints} from '../../json-schema.js';
import {makeFinding} from '../../world/finding.js';
import {makeHost, makeRun} from '../../world/run.js';

const complaints = schemaComplaints('src/report/notice.schema.json');
const posted = (notice: Notice): unknown => JSON.parse(messageFor('webhook', notice).body);

const fine = makeHost({host: 'fw01', posture: 'compliant'});
const lost = makeHost({
  host: 'fw02',
  posture: 'broken',
  findings: [makeFinding({rule: 'ZBUF-001', verdict: 'fail', summary: 'lost \u001b[31m it'})],
});

test('what is told of a run: hosts that are not well, harmless for a terminal', () => {
  const notice = noticeOfRun(makeRun([fine, lost]));

  expect(notice.level).toBe('bad');
  expect(notice.subject).toMatch(/^zbufctl: .*1 broken/);
  expect(notice.text).toContain('fw02: broken\n  critical ZBUF-001 lost');
  expect(notice.text).not.toContain('fw01');
  expect(notice.text).not.toContain('\u001b');
  expect(complaints(posted(notice))).toEqual([]);
});

test('a large fleet is told in a few lines', () => {
  const many = Array.from({length: 500}, (_, i) => ({...lost, host: `fw${i}`}));
  const {text} = noticeOfRun(makeRun(many));

  expect(text.split('\n').length).toBeLessThan(60);
  expect(text).toContain('... and 480 hosts more');
});

test('what is told of changes: nothing when there are none', () => {
  const before = makeRun([fine, lost]);
  const changed = makeRun([{...fine, posture: 'drift'}, lost]);

  expect(noticeOfChanges(before, changesSince(before, before))).toBeUndefined();
  const notice = noticeOfChanges(changed, changesSince(before, changed));
  expect(notice?.text).toContain('fw01');
  expect(notice?.text).not.toContain('fw02');
  if (notice !== undefined) expect(complaints(posted(notice))).toEqual([]);
});

test('hosts that were not asked this time have not gone', () => {
  const before = makeRun([fine, lost]);

  const part = makeRun([fine], {asked: 'named'});
  expect(isChanged(changesSince(before, part))).toBe(false);
  const other = makeRun([lost], {asked: 'named'});
  expect(isChanged(changesSince(before, other))).toBe(false);
  // Of the whole inventory, a host that is missing was removed from it.
  const whole = makeRun([fine], {asked: 'inventory'});
  expect(isChanged(changesSince(before, whole))).toBe(true);
});
