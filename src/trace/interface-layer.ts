import {shownReading, shownValue} from '../rules/reading/shown-reading.js';

import type {Judged, Traced} from './traced.js';
import {broken, growth, open, works} from './traced.js';

/**
 * Is the interface there, up, and handed packets? It counts only while somebody listens
 * (sys/netpfil/pf/if_pflog.c, pflog_packet, reading).
 */
export function interfaceLayer({looks, interfaceNames, captures}: Traced): Judged {
  const readings = interfaceNames.flatMap((name) => {
    const seen = looks.interfaces.get(name);
    if (seen === undefined) return [shownValue(`interface ${name}`, 'ifconfig', 'not looked at')];
    return [
      shownReading(`interface ${name}`, `ifconfig ${name}`, seen.up, (up) => (up ? 'up' : 'down')),
      shownReading(`packets handed to ${name}`, `netstat -I ${name}`, seen.packets[1]),
    ];
  });
  for (const name of interfaceNames) {
    const seen = looks.interfaces.get(name);
    const isListed = looks.names.state !== 'read' || looks.names.value.includes(name);
    if (seen?.up.state === 'absent' || !isListed)
      return broken(
        `pf logs to ${name}, and there is no such interface.`,
        readings,
        `Create it: ifconfig ${name} create up. service pflog onestart does so for pflog0.`,
      );
    if (seen?.up.state === 'read' && !seen.up.value)
      return broken(`${name} is down.`, readings, `Bring it up: ifconfig ${name} up.`);
  }
  const states = interfaceNames.map((name) => looks.interfaces.get(name)?.up.state);
  if (states.some((state) => state !== 'read'))
    return open('Could not tell whether the interface is there.', readings, 'Run ifconfig.');
  const all = interfaceNames.map((name) => looks.interfaces.get(name)?.packets);
  const grew = all.reduce((n, one) => n + (one === undefined ? 0 : (growth(one) ?? 0)), 0);
  const names = interfaceNames.join(', ');
  if (grew > 0) return works(`${names} is up and was handed ${grew} packets.`, readings);
  const listens = captures.state === 'read' && captures.value.length > 0;
  return works(
    listens
      ? `${names} is up; no packet came while we looked.`
      : `${names} is up. It counts nothing while nobody listens.`,
    readings,
  );
}
