import type {AuditedHost} from '../model/audit-run.js';
import type {Finding} from '../model/finding.js';

/** Most of what a run says of a host, and what few readers ask for. */
const LARGE = ['findings', 'captures', 'doThis'] as const;
type Large = (typeof LARGE)[number];

/** A host without what is large, and what there is of that. */
export interface LightHost {
  readonly host: Omit<AuditedHost, Large>;
  readonly captures: boolean;
  readonly doThis: boolean;
  /** A waiver covers something of it. */
  readonly waived: boolean;
  /** What is counted of its findings, where that is remembered. */
  readonly counted?: readonly Counted[];
}

/** Of a finding, what numbers are made of. */
export type Counted = Pick<Finding, 'rule' | 'severity' | 'verdict' | 'waived'>;

/** Where a host is fetched from. */
export interface HostSource {
  whole(at: number): AuditedHost;
  /** The same as `lineJson` writes it, where it is kept so. */
  text?(at: number): string;
}

/** A host taken apart. */
export function lightOf({findings, captures, doThis, ...host}: AuditedHost): LightHost {
  return {
    host,
    captures: captures !== undefined,
    doThis: doThis !== undefined,
    waived: isWaived(findings),
  };
}

const isWaived = (findings: readonly Finding[]): boolean =>
  findings.some(({waived}) => waived !== undefined);

/** What an object that fetches remembers; a copy ({...host}) fetches all, and remembers nothing. */
const FETCH = Symbol('fetch');
interface Fetching {
  readonly [FETCH]: {
    readonly source: HostSource;
    readonly at: number;
    readonly waived: boolean;
    /** Of the findings as they are fetched. */
    readonly counted: readonly Counted[] | undefined;
    readonly change?: ((findings: readonly Finding[]) => readonly Finding[]) | undefined;
  };
}

const fetching = (host: object): Fetching[typeof FETCH] | undefined =>
  FETCH in host ? (host as Fetching)[FETCH] : undefined;

const fetched = (get: (this: Fetching) => unknown): PropertyDescriptor => ({
  get,
  enumerable: true,
  configurable: true,
});

/** The same functions for all hosts: then their objects are small. */
const FETCHED: Readonly<Record<Large, PropertyDescriptor>> = {
  findings: fetched(function () {
    const {source, at, change} = this[FETCH];
    const {findings} = source.whole(at);
    return change === undefined ? findings : change(findings);
  }),
  captures: fetched(function () {
    const {source, at} = this[FETCH];
    return source.whole(at).captures;
  }),
  doThis: fetched(function () {
    const {source, at} = this[FETCH];
    return source.whole(at).doThis;
  }),
};

/**
 * The host again, with what is large fetched anew each time somebody asks: a run of a hundred
 * thousand hosts would not fit into memory. Members are its own and can be copied; what they give
 * is equal, and not the same object, from one time to another.
 */
export function hostOnDemand(light: LightHost, source: HostSource, at: number): AuditedHost {
  const {host, captures, doThis, waived, counted} = light;
  const has = {findings: true, captures, doThis};
  const made = Object.assign({}, host);
  return fetchLarge(made, {source, at, waived, counted}, (name) => has[name]) as AuditedHost;
}

/**
 * Has an object fetch what is large of it.
 * @param made new, and made member by member: then V8 has one description for all of them. A copy
 *   (`{...host}`) that gets a member has one of its own in Node 20, and is three times as large.
 */
function fetchLarge(
  made: object,
  fetch: Fetching[typeof FETCH],
  has: (name: Large) => boolean,
): object {
  Object.defineProperty(made, FETCH, {value: fetch});
  for (const name of LARGE) if (has(name)) Object.defineProperty(made, name, FETCHED[name]);
  return made;
}

/** Like `{...host, ...more}`, and nothing is fetched for it. */
export function withMembers<H extends AuditedHost, M extends object>(host: H, more: M): H & M {
  const fetch = fetching(host);
  return fetch === undefined ? {...host, ...more} : again(host, more, fetch);
}

/**
 * The host with other findings; nothing is fetched for it before somebody asks.
 * @param change pure
 */
export function withFindings<H extends Pick<AuditedHost, 'findings'>>(
  host: H,
  change: (findings: readonly Finding[]) => readonly Finding[],
): H {
  const fetch = fetching(host);
  if (fetch === undefined) return {...host, findings: change(host.findings)};
  const {change: before} = fetch;
  const both = before === undefined ? change : (f: readonly Finding[]) => change(before(f));
  return again(host, {}, {...fetch, waived: true, change: both});
}

/** The host as `lineJson` writes it; undefined: nobody has it written. */
export function writtenHost(host: AuditedHost): string | undefined {
  const fetch = fetching(host);
  return fetch?.change === undefined ? fetch?.source.text?.(fetch.at) : undefined;
}

/** Whether a waiver covers anything of the host, without fetching it where that is known. */
export const mayBeWaived = (host: Pick<AuditedHost, 'findings'>): boolean =>
  fetching(host)?.waived ?? isWaived(host.findings);

/** What is counted of a host that is at hand. */
export const countedIn = ({findings}: Pick<AuditedHost, 'findings'>): readonly Counted[] =>
  findings.map(({rule, severity, verdict, waived}) => ({
    rule,
    severity,
    verdict,
    ...(waived === undefined ? {} : {waived}),
  }));

/** What is counted of a host's findings, without fetching them where that is known. */
export function countedOf(host: Pick<AuditedHost, 'findings'>): readonly Counted[] {
  const fetch = fetching(host);
  return (fetch?.change === undefined ? fetch?.counted : undefined) ?? host.findings;
}

function again<H extends object, M extends object>(
  host: H,
  more: M,
  fetch: Fetching[typeof FETCH],
): H & M {
  const made: Record<string, unknown> = {};
  for (const name of Object.keys(host))
    if (!isLarge(name)) made[name] = (host as Readonly<Record<string, unknown>>)[name];
  Object.assign(made, more);
  return fetchLarge(made, fetch, (name) => name in host) as H & M;
}

const isLarge = (name: string): name is Large => (LARGE as readonly string[]).includes(name);
