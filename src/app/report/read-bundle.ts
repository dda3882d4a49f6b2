import type {ValidateFunction} from 'ajv/dist/2020.js';
import {Ajv2020} from 'ajv/dist/2020.js';

import type {Bundle} from '../../model/bundle.js';
import {OperatorError} from '../../model/operator-error.js';
import {sanitize} from '../../text/sanitize.js';

/** The schemas a bundle is made of, the bundle's own last. */
export const BUNDLE_SCHEMAS = [
  'report/report',
  'collect/evidence',
  'probe/probe',
  'inventory/zbufctl',
  'report/bundle',
] as const;

/** More than any fleet's evidence. */
const MAX_BYTES = 400_000_000;

const HOW = 'Make one: zbufctl report --bundle FILE.';

/** @param schemas BUNDLE_SCHEMAS, parsed */
export function bundleValidator(schemas: readonly object[]): ValidateFunction {
  const ajv = new Ajv2020({strict: false, allErrors: false, validateFormats: false});
  // The inventory's is draft 7, for editors; what it uses means the same.
  for (const known of schemas)
    ajv.addSchema(Object.fromEntries(Object.entries(known).filter(([key]) => key !== '$schema')));
  const validate = ajv.getSchema('urn:zbufctl:bundle:1');
  if (validate === undefined) throw new Error('the schema of bundles is missing');
  return validate;
}

/**
 * Reads a bundle somebody handed over: it may be hostile, so it is checked whole. Throws
 * OperatorError when it is none.
 * @param validate of bundleValidator
 */
export function readBundle(bytes: Buffer, file: string, validate: ValidateFunction): Bundle {
  if (bytes.length > MAX_BYTES) throw new OperatorError(`${file} is too large`, HOW);
  const document = parsed(bytes);
  const schema =
    typeof document === 'object' && document !== null && 'schema' in document
      ? document.schema
      : undefined;
  if (typeof schema !== 'string' || !schema.startsWith('zbufctl.bundle/'))
    throw new OperatorError(
      `${file} is not a report bundle, so there is no evidence in it to judge again`,
      HOW,
    );
  if (schema !== 'zbufctl.bundle/1')
    throw new OperatorError(
      `${file} is a ${sanitize(schema, {limit: 60})} document, not zbufctl.bundle/1`,
      'Use the zbufctl that made it.',
    );
  if (!validate(document)) {
    const [error] = validate.errors ?? [];
    const place = sanitize(error?.instancePath ?? '', {limit: 200});
    throw new OperatorError(
      `${file} breaks the schema at ${place === '' ? 'the top' : place}: ${error?.message ?? ''}`,
      'A bundle that was changed by hand does not count; make a new one.',
    );
  }
  return document as Bundle;
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
