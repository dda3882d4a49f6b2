import {OperatorError} from '../../model/operator-error.js';
import type {AllowedSigners} from './allowed-signers.js';
import {parseAllowedSigners} from './allowed-signers.js';
import type {CheckOptions, SignatureCheck} from './check-signature.js';
import {checkSignatureOf} from './check-signature.js';
import {readGivenFile} from '../files/given-file.js';
import {digestsOfFile, outlineOf} from './report-file.js';
import {NAMESPACE} from './sshsig-format.js';

/** Checks a report's signature. Throws OperatorError when the report itself can not be read. */
export async function checkSignature(file: string, options: CheckOptions): Promise<SignatureCheck> {
  return checkSignatureOf(await digestsOfFile(file), file, NAMESPACE, options);
}

/** Reads an allowed_signers file. Throws OperatorError with every line that was not understood. */
export async function readAllowedSigners(file: string): Promise<AllowedSigners> {
  const text = (await readGivenFile(file)).toString('utf8');
  const allowed = parseAllowedSigners(text);
  if (allowed.problems.length > 0)
    throw new OperatorError(
      allowed.problems.map((problem) => `${file}: ${problem}`).join('\n'),
      'See ALLOWED SIGNERS in ssh-keygen(1).',
    );
  return allowed;
}

/**
 * A run a report rests on, and its place in the chain; the place is missing in reports of older
 * versions.
 */
export interface ReportedLink {
  readonly head: string;
  readonly sequence?: number;
  /** The head of the chain's first run: which chain it is. */
  readonly first?: string;
}

/** The hash chains a JSON report, or a bundle of one, rests on, by run; empty for other formats. */
export async function chainLinksIn(file: string): Promise<ReadonlyMap<string, ReportedLink>> {
  const text = await outlineOf(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  if (isRecord(value) && value['schema'] === 'zbufctl.bundle/1') value = value['report'];
  if (!isRecord(value) || value['schema'] !== 'zbufctl.report/1' || !Array.isArray(value['runs']))
    return new Map();
  const links = (value['runs'] as readonly unknown[]).flatMap((run): [string, ReportedLink][] => {
    if (!isRecord(run) || !isRecord(run['chain'])) return [];
    const {head, sequence, first} = run['chain'];
    if (typeof run['run'] !== 'string' || typeof head !== 'string') return [];
    const link = {
      head,
      ...(typeof sequence === 'number' && Number.isSafeInteger(sequence) ? {sequence} : {}),
      ...(typeof first === 'string' ? {first} : {}),
    };
    return [[run['run'], link]];
  });
  return new Map(links);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
