import type {Message, Notice, NoticeLevel, NotifierKind} from '../../model/notify.js';
import {unreachable} from '../../model/unreachable.js';

/** Characters of text that are sent: what ntfy takes, and more than anybody reads in a chat. */
const LONGEST = 3500;

const JSON_TYPE = {'content-type': 'application/json'};
/** As ntfy has them: 5 is the most urgent. */
const PRIORITY: Readonly<Record<NoticeLevel, string>> = {good: '2', warning: '3', bad: '5'};
const PRI: Readonly<Record<NoticeLevel, string>> = {good: 'info', warning: 'warning', bad: 'crit'};

/** A notice as each service over HTTP takes it. */
export function messageFor(
  kind: Exclude<NotifierKind, 'mail' | 'syslog'>,
  {subject, text, level, document}: Notice,
): Message {
  const short = shortened(text);
  switch (kind) {
    case 'webhook':
      return {headers: JSON_TYPE, body: JSON.stringify({...document, level, subject, text: short})};
    case 'slack':
      return {
        headers: JSON_TYPE,
        body: JSON.stringify({
          text: `*${slack(subject)}*\n\`\`\`\n${slack(fenced(short))}\n\`\`\``,
        }),
      };
    case 'mattermost':
      return {
        headers: JSON_TYPE,
        body: JSON.stringify({
          text: `**${subject.replaceAll('*', '')}**\n\`\`\`\n${fenced(short)}\n\`\`\``,
        }),
      };
    case 'ntfy':
      return {
        headers: {
          'content-type': 'text/plain; charset=utf-8',
          title: ascii(subject),
          priority: PRIORITY[level],
          tags: 'zbufctl',
        },
        body: short,
      };
    default:
      return unreachable(kind);
  }
}

/** The mail as sendmail(8) takes it. What hosts said is in the body, and cannot become a header. */
export function mailText(
  notice: Notice,
  {to, from}: {readonly to: readonly string[]; readonly from?: string},
  date: string,
): string {
  const headers = [
    ...(from === undefined ? [] : [`From: ${from}`]),
    `To: ${to.join(', ')}`,
    `Subject: ${ascii(notice.subject)}`,
    `Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  // RFC 5322 allows lines of 998 bytes.
  const body = notice.text.split('\n').flatMap((line) => line.match(/.{1,240}/gu) ?? ['']);
  return `${headers.join('\n')}\n\n${body.join('\n').trimEnd()}\n`;
}

/** Facility and priority for logger(1). */
export const syslogPriority = ({level}: Notice): string => `daemon.${PRI[level]}`;

const shortened = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n[...]`;

const ascii = (text: string): string => text.replaceAll(/[^ -~]/g, '?');

/** No text ends the block it stands in. */
const fenced = (text: string): string => text.trimEnd().replaceAll('```', "'''");

/** https://docs.slack.dev/messaging/formatting-message-text: the three characters it takes as its own. */
const slack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
