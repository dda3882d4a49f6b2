import {markdownText} from '../../text/markdown.js';
import {uuidOf} from './identity.js';

/** Our names in OSCAL's props; the properties NIST defines have none. */
const NAMESPACE = 'urn:zbufctl:oscal';
const NIST_PROPS: readonly string[] = ['fqdn', 'is-scanned'];

export const toolUuid = uuidOf('tool', 'zbufctl');
export const origins = [{actors: [{type: 'tool', 'actor-uuid': toolUuid}]}];

/** A line of Markdown that shows this text and is never empty, as OSCAL's markup-line demands. */
export const line = (text: string): string => markdownText(text, 500) || '(empty)';

/** Several lines of Markdown; each part is escaped by itself. */
export const paragraphs = (...parts: readonly string[]): string =>
  parts
    .map((part) => markdownText(part))
    .filter((part) => part !== '')
    .join('\n\n') || '(empty)';

export interface Prop {
  readonly name: string;
  readonly value: string;
  readonly ns?: string;
}

/**
 * @param value made harmless by the caller; OSCAL wants no blanks at its ends and at least one
 * character
 */
export const prop = (name: string, value: string): Prop => ({
  name,
  value: value.trim() === '' ? '(empty)' : value.trim(),
  ...(NIST_PROPS.includes(name) ? {} : {ns: NAMESPACE}),
});

/** OSCAL has no empty lists: the member is left out. */
export const optionalList = <T>(
  name: string,
  list: readonly T[],
): Readonly<Record<string, readonly T[]>> => (list.length === 0 ? {} : {[name]: list});
