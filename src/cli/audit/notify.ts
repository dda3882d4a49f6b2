import {pipeTo} from '../../io/notify/pipe.js';
import {post} from '../../io/notify/post.js';
import {readSecret} from '../../io/notify/secret-file.js';
import type {Result} from '../../model/failure.js';
import {ok} from '../../model/failure.js';
import type {Notice, Notifier} from '../../model/notify.js';
import {OperatorError} from '../../model/operator-error.js';
import {mailText, messageFor, syslogPriority} from '../../report/notify/message.js';
import {didYouMean} from '../../text/near-misses.js';

/** Whom a notice goes to, and what it needs of the world. */
export interface NotifyDeps {
  readonly uid: number;
  /** ISO 8601 UTC. */
  now(): string;
  note(text: string): void;
}

const TIMEOUT_MS = 15_000;

/**
 * The notifiers meant by --notify. Throws OperatorError on a name nobody has, before any host is
 * asked.
 */
export function notifiersMeant(
  names: readonly string[],
  notifiers: readonly Notifier[],
): readonly Notifier[] {
  return [...new Set(names)].map((name) => {
    // Of several files, the last one counts.
    const found = notifiers.findLast((one) => one.name === name);
    if (found !== undefined) return found;
    const known = new Set(notifiers.map((one) => one.name));
    throw new OperatorError(
      `no notifier is called ${name}`,
      `${didYouMean(name, known)} They stand under notify in zbufctl.yaml.`.trim(),
    );
  });
}

/**
 * Tells everybody. One that fails is said on stderr and stops no other; the exit code stays that of
 * what is told.
 */
export async function notifyAll(
  notifiers: readonly Notifier[],
  notice: Notice,
  deps: NotifyDeps,
): Promise<void> {
  const results = await Promise.all(
    notifiers.map(async (notifier) => ({notifier, sent: await notify(notifier, notice, deps)})),
  );
  for (const {notifier, sent} of results)
    if (!sent.ok)
      deps.note(
        `Notifier ${notifier.name} (${notifier.kind}) failed: ${sent.error}. Nobody was told through it; the exit code stays as it is.`,
      );
}

async function notify(
  notifier: Notifier,
  notice: Notice,
  deps: NotifyDeps,
): Promise<Result<undefined, string>> {
  const {kind, program} = notifier;
  switch (kind) {
    case 'mail':
      return pipeTo(
        program ?? '/usr/sbin/sendmail',
        ['-oi', '-t'],
        mailText(notice, notifier, deps.now()),
        TIMEOUT_MS,
      );
    case 'syslog':
      // From stdin: what hosts said is in nobody's list of processes.
      return pipeTo(
        program ?? '/usr/bin/logger',
        ['-t', 'zbufctl', '-p', syslogPriority(notice)],
        `${notice.subject}\n${notice.text}`.trimEnd() + '\n',
        TIMEOUT_MS,
      );
    case 'webhook':
    case 'slack':
    case 'mattermost':
    case 'ntfy': {
      const url = await readSecret(notifier.urlFile ?? '', deps.uid);
      if (!url.ok) return url;
      const token =
        notifier.tokenFile === undefined
          ? ok(undefined)
          : await readSecret(notifier.tokenFile, deps.uid);
      if (!token.ok) return token;
      return post(url.value, token.value, messageFor(kind, notice), TIMEOUT_MS);
    }
  }
}
