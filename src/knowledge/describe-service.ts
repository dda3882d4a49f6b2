import type {Service, ServiceVariant} from '../model/service.js';

import {outlookOf, serviceOutlook} from './effective-pattern.js';
import type {Outlook} from './outlook.js';
import {forkClause, OUTLOOK_SAYS, REQUESTS_SAYS} from './phrases.js';

/**
 * A service in plain words, for `zbufctl explain`: why it matters, what it does, what to do, where
 * it is known from. Several paragraphs under headings, ending in a newline; lines are not wrapped.
 */
export function describeService(service: Service): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['', [`${service.name} (${service.id})`]],
    ['Why it matters', matters(service)],
    ['What it does', doing(service)],
    ['Settings that change this', service.variants.map((v) => `- ${variantLine(service, v)}`)],
    ['What to do', advice(service)],
    ['How it is recognised', recognised(service)],
    ['Sources', service.evidence.map((line) => `- ${line}`)],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [...(title === '' ? [] : [title]), ...lines, ''].join('\n'))
    .join('\n')
    .replace(/\n+$/, '\n');
}

function matters(service: Service): readonly string[] {
  const outlook = serviceOutlook(service);
  if (service.requestsZerocopy === 'never') return [REQUESTS_SAYS.never];
  return [REQUESTS_SAYS[service.requestsZerocopy], sentence(OUTLOOK_SAYS[outlook])];
}

function doing(service: Service): readonly string[] {
  return [
    `Fork pattern: ${service.pattern}, other side: ${service.otherSide}. ${sentence(forkClause(service.pattern, service.otherSide))}`,
    ...(service.reader === undefined
      ? []
      : [`Who reads the packets after the fork: ${service.reader}.`]),
    `Capture API: ${service.captureApi}.`,
    ...(service.notes === '' ? [] : [service.notes]),
    ...(service.verified
      ? []
      : [
          'Nobody has read the source of this program for this entry, so it is never counted as safe.',
        ]),
  ];
}

/** One variant: when, what, and whether it can be seen from outside. */
function variantLine(service: Service, variant: ServiceVariant): string {
  const seen = variant.condition === undefined ? ' (cannot be seen from outside)' : '';
  const outlook = outlookOf(service, variant);
  const note = variant.note === undefined ? '' : `: ${variant.note}`;
  return `${variant.when}${seen}: ${variant.pattern}, ${OUTLOOK_WORD[outlook]}${note}`;
}

const OUTLOOK_WORD: Readonly<Record<Outlook, string>> = {
  safe: 'safe with zero-copy',
  race: 'a race with zero-copy, normally fine',
  breaks: 'breaks with zero-copy',
  unknown: 'not known with zero-copy',
};

function advice(service: Service): readonly string[] {
  const outlook = serviceOutlook(service);
  const restart =
    service.rcScript === undefined ? 'start it again' : `service ${service.rcScript} restart`;
  switch (outlook) {
    case 'safe':
      return [breaking(service)];
    case 'race':
      return [
        'Nothing as a rule. On a machine that is heavily loaded as the service starts, look at netstat -B afterwards: a held buffer (Hblen) that does not move while Recv grows means the race was lost; restarting the service is the cure.',
      ];
    case 'breaks':
      return [
        `Keep net.bpf.zerocopy_enable at 0 on a host that runs it, running and at boot, and start the service again if it was started while the value was not 0 (${restart}): the mode is decided when the capture is opened.`,
        // Measured with pflogd, fork-truth-table.md: rc's pwait never returns.
        'If its capture has gone silent already, it may not end on SIGTERM and a stop or restart can hang: end its processes with kill -KILL first.',
        ...saferSettings(service),
      ];
    case 'unknown':
      return [
        'Keep net.bpf.zerocopy_enable at 0 on a host that runs it until zbufctl probe, a look at the source or a trial has told what it does; then describe it under policy.services.',
      ];
  }
}

/** Settings under which a program that is safe as a rule is not. */
function breaking(service: Service): string {
  const broken = service.variants.filter((v) => outlookOf(service, v) === 'breaks');
  if (broken.length === 0) return 'Nothing.';
  return `Nothing in its default start. It breaks with: ${broken.map((v) => v.when).join('; ')}.`;
}

/** Visible settings under which the program is safe. */
function saferSettings(service: Service): readonly string[] {
  const safe = service.variants.filter(
    (v) => v.condition !== undefined && outlookOf(service, v) === 'safe',
  );
  return safe.length === 0 ? [] : [`It is safe with: ${safe.map((v) => v.when).join('; ')}.`];
}

function recognised(service: Service): readonly string[] {
  const under = service.commands.map((command) => `"${command}"`).join(' or ');
  return [
    `Process name ${under}${service.argumentsMatch === undefined ? '' : ` with an argument like ${service.argumentsMatch}`}; origin: ${service.origin}.`,
    ...(service.rcScript === undefined
      ? []
      : [
          `rc script: ${service.rcScript}${service.rcVariable === undefined ? '' : `, switched on by ${service.rcVariable}`}${service.flagsVariables.length === 0 ? '' : `, flags in ${service.flagsVariables.join(', ')}`}.`,
        ]),
  ];
}

/** A clause as a sentence. */
const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
