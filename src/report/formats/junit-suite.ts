import type {Attributes} from '../../text/xml.js';
import {xmlTag, xmlText} from '../../text/xml.js';
import {safeName, safeText} from '../findings/finding-text.js';

export interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  /** Made when it is written: of a case that passed, none is needed. */
  readonly body: () => string;
}

/** A host, or the policy. */
export interface Suite {
  readonly name: string;
  readonly attributes: Attributes;
  readonly properties: Attributes;
  readonly cases: readonly Case[];
}

/** A suite as it stands below the root, one level in. */
export function suiteText({name, attributes, properties, cases}: Suite): string {
  const count = (kind: Case['kind']): string => String(cases.filter((c) => c.kind === kind).length);
  const tag = xmlTag('testsuite', [
    ['name', safeName(name)],
    ['tests', String(cases.length)],
    ['failures', count('failure')],
    ['errors', count('error')],
    ['skipped', count('skipped')],
    ...attributes.map(([key, value]) => [key, safeText(value)] as const),
  ]);
  let text = `  ${tag}>\n`;
  if (properties.length > 0) text += `    <properties>\n`;
  for (const [key, value] of properties)
    text += `      ${xmlTag('property', [
      ['name', key],
      ['value', safeText(value)],
    ])}/>\n`;
  if (properties.length > 0) text += `    </properties>\n`;
  for (const test of cases) text += caseText(name, test);
  return `${text}  </testsuite>\n`;
}

function caseText(host: string, {name, kind, type, message, body}: Case): string {
  const tag = xmlTag('testcase', [
    ['name', safeText(name)],
    ['classname', safeName(host)],
  ]);
  if (kind === 'passed') return `    ${tag}/>\n`;
  const outcome = xmlTag(kind, [
    ['type', safeName(type)],
    ['message', safeText(message)],
  ]);
  const inside = `      ${outcome}>${xmlText(body())}</${kind}>\n`;
  return `    ${tag}>\n${inside}    </testcase>\n`;
}
