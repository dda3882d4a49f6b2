import {Ajv2020} from 'ajv/dist/2020.js';

import type {Result} from '../model/failure.js';
import {fail, ok} from '../model/failure.js';
import type {Plan} from '../model/plan.js';
import {canonicalJson} from '../text/canonical-json.js';
import {oncePer} from '../text/once-per.js';
import {isShortPlanId} from '../text/plan-id.js';
import {sanitize} from '../text/sanitize.js';

import {planIdOf} from './plan-id.js';

export const PLAN_SCHEMA = 'zbufctl.plan/1';

/** Why a file is no plan, and what to do; `message` names the file. */
export interface NotAPlan {
  readonly message: string;
  readonly fix: string;
}

/** How many defects are named. */
const NAMED = 5;

/** A plan as it is stored and hashed. */
export const planText = (plan: Plan): string => canonicalJson(plan);

const validatorOf = oncePer((schema) =>
  new Ajv2020({strict: false, allErrors: true, validateFormats: false}).compile<Plan>(schema),
);

/**
 * Reads a saved plan: of this version, without a defect, each host once, and what it was when it
 * was made (its id holds a hash of all the rest).
 * @param name the file, for messages
 * @param schema src/plan/plan.schema.json
 */
export function readPlan(bytes: Uint8Array, name: string, schema: object): Result<Plan, NotAPlan> {
  const refuse = (what: string, fix: string): Result<never, NotAPlan> =>
    fail({message: `${name} ${what}`, fix});
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch {
    return refuse('is not JSON', 'Name a plan: zbufctl plan -o json:FILE writes one.');
  }
  const kind = schemaOf(document);
  if (kind !== PLAN_SCHEMA) {
    const shown = sanitize(kind ?? 'no zbufctl document', {limit: 60});
    return kind?.startsWith('zbufctl.plan/') === true
      ? refuse(
          `is ${shown}; this zbufctl reads ${PLAN_SCHEMA}`,
          'Use the version of zbufctl that made it, or plan again.',
        )
      : refuse(
          `is ${shown}, not ${PLAN_SCHEMA}`,
          'Name a plan: zbufctl plan -o json:FILE writes one.',
        );
  }
  const id = idOf(document);
  if (id !== undefined && isShortPlanId(id))
    return refuse(
      `is ${id}, of an older zbufctl: an id of 16 bits does not vouch for what is in a plan`,
      'Plan again.',
    );
  const valid = validatorOf(schema);
  if (!valid(document)) {
    const defects = (valid.errors ?? [])
      .filter(({keyword}) => keyword !== 'if')
      .map(
        (e) => `${e.instancePath === '' ? 'the top' : e.instancePath}: ${e.message ?? e.keyword}`,
      );
    const list = [...new Set(defects)];
    const more = list.length > NAMED ? `; and ${list.length - NAMED} more` : '';
    return refuse(
      `breaks the schema at ${sanitize(list.slice(0, NAMED).join('; '))}${more}`,
      AGAIN,
    );
  }
  const names = document.hosts.map(({host}) => host);
  const twice = names.find((host, at) => names.indexOf(host) !== at);
  if (twice !== undefined) return refuse(`has the host ${sanitize(twice)} twice`, AGAIN);
  const {id: said, ...rest} = document;
  if (planIdOf(rest) !== said)
    return refuse(`is not ${said} any more: it was changed after it was made`, AGAIN);
  return ok(document);
}

const AGAIN = 'Plan again; a plan changed by hand is none.';

/**
 * The id of a stored plan that an older zbufctl made, too short to vouch for what is in it;
 * undefined: it is none of those.
 */
export function shortIdIn(text: string): string | undefined {
  try {
    const id = idOf(JSON.parse(text));
    return id !== undefined && isShortPlanId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

const schemaOf = (document: unknown): string | undefined => textIn(document, 'schema');
const idOf = (document: unknown): string | undefined => textIn(document, 'id');

function textIn(document: unknown, key: 'schema' | 'id'): string | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const value = (document as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : undefined;
}
