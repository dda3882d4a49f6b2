import type {MergeRemark} from '../../model/merge.js';
import {sanitize} from '../../text/sanitize.js';

/** Hosts named one by one; of more, only how many. */
const NAMED = 20;

/** What whoever merges runs has to know, a sentence a line. */
export function mergeSentences(remarks: readonly MergeRemark[]): readonly string[] {
  const twice = remarks.filter(({kind}) => kind === 'twice').length;
  const shown = new Set(remarks.filter(({kind}) => kind === 'twice').slice(0, NAMED));
  const rest = twice - shown.size;
  return [
    ...remarks
      .filter((remark) => remark.kind !== 'twice' || shown.has(remark))
      .map((remark) => sentence(remark)),
    ...(rest > 0 ? [`${rest} more hosts are in several of these runs: the newest counts.`] : []),
  ];
}

function sentence(remark: MergeRemark): string {
  switch (remark.kind) {
    case 'twice':
      return `${sanitize(remark.host, {limit: 80})} is in ${remark.runs.join(' and ')}: that of ${remark.counts} counts.`;
    case 'missing-shards': {
      const parts = remark.missing.map((part) => `${part}/${remark.of}`).join(', ');
      return `Without shard ${parts}: the merged run does not cover all hosts.`;
    }
    case 'different-shards':
      return `Shards of different wholes (${remark.of.map((of) => `N/${of}`).join(', ')}): whether every host is in one cannot be told.`;
  }
}
