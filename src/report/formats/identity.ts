import {v5} from 'uuid';

/** Made once, at random: what tells ids of this tool from everybody else's. Never change it. */
const ZBUFCTL = '6f0b7c1e-2f0d-4c53-9c53-0f6f2b8a6d41';

/**
 * A UUID (version 5, RFC 9562) for a thing that these parts name, in this report and in every later
 * one: an auditor's tool can follow a host or a finding from run to run.
 */
export const uuidOf = (kind: string, ...parts: readonly (string | number)[]): string =>
  v5(JSON.stringify([kind, ...parts]), ZBUFCTL);
