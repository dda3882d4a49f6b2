import {readGivenFile} from '../../io/files/given-file.js';
import {exportInspec, importInspec} from '../../inventory/inspec-waivers.js';
import {waiversOf} from '../../inventory/waiver-reader.js';
import {OperatorError} from '../../model/operator-error.js';
import {plural} from '../../report/terminal/page.js';
import {coversHost} from '../../rules/waivers.js';
import {isoDateProblem, utcDay} from '../../text/iso-date.js';
import {sanitize} from '../../text/sanitize.js';
import type {World} from '../world.js';

import type {WaiverExportFlags, WaiverImportFlags} from './waiver-flags.js';

/** `zbufctl waivers export`: the waivers of a host as an InSpec waiver file. */
export async function exportWaivers(
  name: string,
  flags: WaiverExportFlags,
  world: World,
): Promise<void> {
  const {hosts} = await world.inventory({...flags, group: undefined}, false);
  const host = hosts.find((one) => one.name === name);
  if (host === undefined)
    throw new OperatorError(
      `there is no host ${sanitize(name)} in the inventory`,
      'Name one that is there: an InSpec waiver file is for one host.',
    );
  const waivers = waiversOf(hosts).filter((waiver) =>
    coversHost(waiver, {host: name, groups: host.groups}),
  );
  const {text, leftOut} = exportInspec(waivers, utcDay(world.now()));
  for (const sentence of leftOut) world.note(`Left out: ${sanitize(sentence)}`);
  await world.terminal.result(text);
}

/** More than any waiver file. */
const MAX_BYTES = 1_000_000;

/** `zbufctl waivers import`: an InSpec waiver file as waivers of a policy. */
export async function importWaivers(
  file: string,
  flags: WaiverImportFlags,
  world: World,
): Promise<void> {
  const {terminal} = world;
  const hosts = flags.for ?? [];
  const groups = flags['for-group'] ?? [];
  if ((hosts.length === 0) === (groups.length === 0))
    throw new OperatorError(
      'a waiver covers hosts or groups',
      'Give --for HOST or --for-group GROUP, one of the two.',
    );
  const start = day('--start', flags.start) ?? utcDay(world.now());
  const expiry = day('--expiry', flags.expiry);
  const bytes = await readGivenFile(file);
  if (bytes.length > MAX_BYTES)
    throw new OperatorError(`${file} is too large`, 'That is not a waiver file.');
  const {approver, ticket} = flags;
  const {text, count, others, complaints} = importInspec(bytes.toString('utf8'), {
    approver,
    ticket,
    start,
    hosts,
    groups,
    ...(expiry === undefined ? {} : {expiry}),
  });
  if (complaints.length > 0)
    throw new OperatorError(
      complaints.map((complaint) => `${file}: ${sanitize(complaint)}`).join('\n'),
      'Correct the file; nothing of it was taken.',
    );
  if (others.length > 0)
    world.note(`Left out, not rules of zbufctl: ${sanitize(others.slice(0, 20).join(', '))}.`);
  if (count === 0)
    throw new OperatorError(
      `${file} waives no rule of zbufctl`,
      'The control ids are those of the rules, e.g. ZBUF-003.',
    );
  world.note(`${plural(count, 'waiver')}: put this under policy in zbufctl.yaml.`);
  await terminal.result(text);
}

function day(flag: string, value: string | undefined): string | undefined {
  const problem = value === undefined ? undefined : isoDateProblem(value);
  if (problem !== undefined) throw new OperatorError(`${flag} ${problem}`, 'Write YYYY-MM-DD.');
  return value;
}
