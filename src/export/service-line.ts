import {effectivePattern, outlookOf} from '../knowledge/effective-pattern.js';
import type {Outlook} from '../knowledge/outlook.js';
import type {RequestsZerocopy, Service} from '../model/service.js';
import {unreachable} from '../model/unreachable.js';

import {awkString} from './awk-string.js';

/** What a fork does to a capture, as far as a check can tell without the command line. */
type Answer = 'breaks' | 'safe' | 'open';

/** A service as the check's awk program takes it: see templates/check/judge-forks.sh. */
export function serviceLine(service: Service): string {
  const fields = [
    service.id,
    service.rcScript ?? '',
    commandPattern(service.commands),
    unsetFlags(service),
    anyFlags(service),
    asksFor(service.requestsZerocopy),
    service.flagsVariables.join(' '),
  ].map(awkString);
  return `service(${[...fields, service.argumentsMatch === undefined ? '0' : '1'].join(', ')})`;
}

/** Process names as one regular expression; a name that cannot be written in it plainly is left. */
function commandPattern(commands: readonly string[]): string {
  const plain = commands.filter((name) => /^[\w.+*-]+$/.test(name));
  const parts = plain.map((name) => name.replaceAll(/[.+]/g, '[$&]').replaceAll('*', '.*'));
  return parts.length === 0 ? '' : `^(${parts.join('|')})$`;
}

/** As rc starts it when none of its flags variables is set. */
function unsetFlags(service: Service): Answer {
  const {outlook, certain} = effectivePattern(service, {flags: undefined});
  if (outlook === 'breaks') return 'breaks';
  return certain ? answerOf([outlook]) : 'open';
}

/** Whatever its flags are. */
const anyFlags = (service: Service): Answer =>
  answerOf([undefined, ...service.variants].map((variant) => outlookOf(service, variant)));

function answerOf(outlooks: readonly Outlook[]): Answer {
  if (outlooks.every((one) => one === 'breaks')) return 'breaks';
  return outlooks.every((one) => one === 'safe' || one === 'race') ? 'safe' : 'open';
}

function asksFor(requests: RequestsZerocopy): 'libpcap' | 'direct' | 'never' {
  switch (requests) {
    case 'never':
    case 'direct':
      return requests;
    case 'via-libpcap':
    case 'unverified':
      return 'libpcap';
    default:
      return unreachable(requests);
  }
}
