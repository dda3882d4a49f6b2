import type {ShownReading} from '../model/finding.js';
import type {Reading} from '../model/reading.js';
import {read} from '../model/reading.js';
import type {LogRule} from '../model/trace.js';
import {shownReading, shownValue} from '../rules/reading/shown-reading.js';

import type {Judged, Traced} from './traced.js';
import {broken, growth, open, works} from './traced.js';

const AS_ROOT = 'Trace again as root: only root may ask pf (zbufctl trace with become).';

/** Is pf on, does a rule log, and does anything match it? */
export function rulesLayer({looks}: Traced): Judged {
  const {enabled, rules} = looks;
  const status = shownReading('pf', 'pfctl -s info', enabled, (on) =>
    on ? 'enabled' : 'disabled',
  );
  if (enabled.state === 'absent')
    return broken(
      'pf is not in the kernel, so nothing is logged.',
      [status],
      'Load it and its rules: service pf onestart; for every boot, sysrc pf_enable=YES.',
    );
  if (enabled.state === 'unreadable')
    return open('Could not tell whether pf is on.', [status], AS_ROOT);
  if (!enabled.value)
    return broken(
      'pf is disabled: no rule is applied, and nothing is logged.',
      [status],
      'Read the rules first (pfctl -sr), then switch it on: service pf onestart, or pfctl -e.',
    );
  const [before, after] = rules;
  const readings: ShownReading[] = [
    status,
    shownReading(
      'rules of pf',
      "pfctl -a '*' -vsr",
      after,
      ({count, logging}) => `${count}, of which ${logging.length} log`,
    ),
  ];
  if (after.state !== 'read') return open('The rules of pf could not be read.', readings, AS_ROOT);
  if (after.value.logging.length === 0)
    return broken(
      `None of the ${after.value.count} rules of pf has the word log.`,
      readings,
      'Write log into the rules that matter, e.g. "block drop in log all", and load them: pfctl -f /etc/pf.conf.',
    );
  const hits = [
    before.state === 'read' ? sum(before.value.logging) : before,
    sum(after.value.logging),
  ] as const;
  readings.push(
    shownReading('packets that rules with log matched', "pfctl -a '*' -vsr", hits[1]),
    ...after.value.logging
      .slice(0, 3)
      .map((rule) => shownValue('a rule that logs', 'pfctl -vsr', rule.text)),
  );
  if (hits[1].state !== 'read')
    return open('How often the rules that log matched is not known.', readings, AS_ROOT);
  if (hits[1].value === 0)
    return broken(
      'Rules log, and none of them has matched a packet since they were loaded.',
      readings,
      'Look at which rule takes the packets instead: pfctl -vsr. The last match counts, and quick ends the search.',
    );
  const grew = growth(hits);
  return works(
    grew === undefined || grew === 0
      ? `Rules that log matched ${hits[1].value} packets, none of them while we looked.`
      : `Rules that log match packets: ${grew} while we looked.`,
    readings,
  );
}

function sum(rules: readonly LogRule[]): Reading<number> {
  let total = 0;
  for (const {packets} of rules) {
    if (packets.state !== 'read') return packets;
    total += packets.value;
  }
  return read(total);
}
