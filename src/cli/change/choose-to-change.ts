import {Interview} from '../../io/prompt/interview.js';
import {OperatorError} from '../../model/operator-error.js';
import {sanitize} from '../../text/sanitize.js';

/** From so many hosts on, a yes is not enough: their number has to be typed. */
const TYPE_NUMBER_ABOVE = 10;

export interface HostToChange {
  readonly host: string;
  /** All that would be done to it, in a line; may be empty. */
  readonly summary: string;
  /** The kinds of change, for the sum over many hosts. */
  readonly kinds: readonly string[];
}

export interface Consent {
  /** What is about to happen, e.g. "change". */
  readonly verb: string;
  /** Hosts, in the order they would be taken. */
  readonly hosts: readonly HostToChange[];
  readonly yes: boolean;
}

/**
 * Asks a person whether, and on which hosts. Throws OperatorError (5) when nobody is there to ask
 * and --yes was not given, and when the answer is no.
 * @returns the names of the hosts to take
 */
export async function chooseToChange({verb, hosts, yes}: Consent): Promise<readonly string[]> {
  const all = hosts.map(({host}) => host);
  if (yes) return all;
  const interview = Interview.with(process.stdin, process.stderr);
  if (interview === undefined) {
    throw new OperatorError(
      `nothing was changed: no terminal to ask on, and --yes was not given`,
      'Read the plan, then give --yes.',
      5,
    );
  }
  const chosen =
    all.length === 1
      ? all
      : await interview.pick(
          `Hosts to ${verb} (space unticks one, enter goes on)`,
          hosts.map(({host, summary}) => ({value: host, label: `${host}  ${summary}`.trim()})),
          (picked) => `${picked} of ${all.length} hosts`,
        );
  if (chosen === undefined || chosen.length === 0) throw notConfirmed();
  const sum = sumByKind(hosts.filter(({host}) => chosen.includes(host)));
  if (chosen.length > 1 && sum !== '') process.stderr.write(`  ${sum}\n`);
  if (!(await isMeant(interview, verb, chosen))) throw notConfirmed();
  return chosen;
}

async function isMeant(
  interview: Interview,
  verb: string,
  chosen: readonly string[],
): Promise<boolean> {
  const count = chosen.length;
  const [only = ''] = chosen;
  if (count <= TYPE_NUMBER_ABOVE) {
    const what = count === 1 ? only : `these ${count} hosts`;
    return (await interview.confirm(`${capital(verb)} ${what} now?`, false)) === true;
  }
  const typed = await interview.text(`Type ${count} to ${verb} ${count} hosts:`, '', (text) =>
    text === String(count) ? undefined : `It is ${count}; Ctrl-C to leave them alone.`,
  );
  return typed === String(count);
}

/** What is done to how many hosts, e.g. "running value: 85 hosts; restart pflog: 3 hosts". */
function sumByKind(hosts: readonly HostToChange[]): string {
  const counts = new Map<string, number>();
  for (const {kinds} of hosts)
    for (const kind of new Set(kinds)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => `${sanitize(kind)}: ${count} ${count === 1 ? 'host' : 'hosts'}`)
    .join('; ');
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const notConfirmed = (): OperatorError =>
  new OperatorError(
    'nothing was changed: it was not confirmed',
    'The plan can still be applied.',
    5,
  );
