import type {SignatureCheck} from '../../io/signing/check-signature.js';
import {checkSignatureOf} from '../../io/signing/check-signature.js';
import {digestsOf} from '../../io/signing/sshsig.js';
import type {StoredPlan} from '../../io/store/plan-store.js';
import {PLAN_NAMESPACE} from '../../io/signing/sshsig-format.js';
import {readAllowedSigners} from '../../io/signing/verify-report.js';
import type {PlanSigner} from '../../model/apply-run.js';
import type {Host} from '../../model/host.js';
import type {Policy} from '../../model/policy.js';
import {OperatorError} from '../../model/operator-error.js';
import type {Plan} from '../../model/plan.js';
import {unreachable} from '../../model/unreachable.js';
import {sanitize} from '../../text/sanitize.js';

/**
 * Who signed a plan, by its .sig file and the allowed signers. Throws OperatorError (5) when it is
 * not signed, or not by one of them.
 */
export async function signerOf(
  {bytes, name}: StoredPlan,
  allowedFile: string,
): Promise<PlanSigner> {
  const allowed = await readAllowedSigners(allowedFile);
  const check = await checkSignatureOf(digestsOf(Buffer.from(bytes)), name, PLAN_NAMESPACE, {
    allowed,
    now: Date.now(),
  });
  if (check.state === 'good') return {fingerprint: check.fingerprint, principals: check.principals};
  throw new OperatorError(
    `${sanitize(name)}: ${problemOf(check)}`,
    'Nothing was changed. Let somebody who may sign make it: zbufctl plan --sign KEY.',
    5,
  );
}

function problemOf(check: Exclude<SignatureCheck, {readonly state: 'good'}>): string {
  switch (check.state) {
    case 'unsigned':
      return `the plan is not signed: there is no ${sanitize(check.path)}`;
    case 'good-unknown-key':
      return `the signer is not verified: no allowed signer has the key ${check.fingerprint}`;
    case 'bad':
      return `bad signature: ${sanitize(check.problem)}`;
    default:
      return unreachable(check);
  }
}

const isRequired = ({signedPlans}: Policy): boolean => signedPlans === 'required';

/**
 * Throws OperatorError (5) when a policy asks for a signed plan, and nobody is known to have signed
 * this one.
 */
export function requireSigner(
  plan: Plan,
  hosts: readonly Host[],
  signer: PlanSigner | undefined,
): void {
  if (signer !== undefined) return;
  const asking = [
    ...hosts.filter(({policy}) => isRequired(policy)).map(({name}) => name),
    ...plan.policies.flatMap((one) => (isRequired(one.policy) ? one.hosts : [])),
  ];
  const [first] = asking;
  if (first === undefined) return;
  throw new OperatorError(
    `the policy of ${sanitize(first)} takes signed plans only (signedPlans: required)`,
    'Say whose signature counts: --allowed-signers FILE.',
    5,
  );
}
