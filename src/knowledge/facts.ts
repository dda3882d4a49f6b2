import type {ForkPattern, OtherSide, RequestsZerocopy} from '../model/service.js';

/** One entry of capture-services.yaml, as its schema allows it. */
export interface Fact {
  readonly id: string;
  readonly name: string;
  readonly origin: string;
  readonly comm: string;
  readonly rc_script: string;
  readonly rcvar: string;
  readonly flags_var: string;
  readonly capture_api: string;
  readonly requests_zerocopy: RequestsZerocopy;
  readonly fork_pattern: ForkPattern;
  readonly reader_after_fork: string;
  readonly pattern_notes: string;
  readonly config_that_changes_pattern: readonly FactVariant[];
  readonly evidence: readonly FactEvidence[];
  readonly verified: boolean;
}

export interface FactVariant {
  readonly when: string;
  readonly fork_pattern: ForkPattern | 'unchanged';
  readonly note?: string;
}

export interface FactEvidence {
  readonly repo: string;
  readonly path: string;
  readonly function: string;
  readonly what: string;
}

/** One entry of conditions.yaml, as its schema allows it. */
export interface Meaning {
  readonly commands?: readonly string[];
  readonly argumentsMatch?: string;
  readonly rcScript?: string;
  readonly flagsVariables?: readonly string[];
  readonly otherSide?: {readonly is: OtherSide; readonly because: string};
  readonly options?: {
    readonly style: 'getopt' | 'getopt-long' | 'words';
    readonly short?: string;
    readonly long?: Readonly<Record<string, 'none' | 'required' | 'optional'>>;
    readonly source: string;
  };
  readonly rc?: {
    readonly always?: string;
    readonly whenUnset?: string;
    readonly mayAdd?: readonly string[];
    readonly source: string;
  };
  readonly variants?: readonly VariantMeaning[];
}

export interface VariantMeaning {
  readonly when: string;
  readonly given?: readonly string[];
  readonly absent?: readonly string[];
  readonly hidden?: string;
  readonly onlyWith?: readonly string[];
  readonly unless?: readonly string[];
  readonly elsewhere?: string;
  readonly otherSide?: OtherSide;
  readonly because?: string;
  readonly requestsZerocopy?: RequestsZerocopy;
}
