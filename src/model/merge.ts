/** What whoever merges runs has to know. */
export type MergeRemark =
  /** The runs have one host in common; `counts` is the one that was taken. */
  | {
      readonly kind: 'twice';
      readonly host: string;
      readonly runs: readonly string[];
      readonly counts: string;
    }
  /** Some shards are not among the runs: the merged run is no word on all of the hosts. */
  | {readonly kind: 'missing-shards'; readonly missing: readonly number[]; readonly of: number}
  /** Shards of different wholes: hosts may be missing, and nobody can tell. */
  | {readonly kind: 'different-shards'; readonly of: readonly number[]};
