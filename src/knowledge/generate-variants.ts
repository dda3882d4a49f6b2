import type {Complaint} from '../model/host.js';
import type {FlagCondition, ServiceVariant} from '../model/service.js';

import type {Fact, FactVariant, Meaning, VariantMeaning} from './facts.js';
import {forksAfterOpen, misfit, twice} from './misfit.js';

/**
 * The settings of a program that change its pattern, in the order of conditions.yaml, which is that
 * of evaluation.
 */
export function variantsOf(
  fact: Fact,
  meaning: Meaning,
  complaints: Complaint[],
): readonly ServiceVariant[] {
  const meanings = meaning.variants ?? [];
  const stated = new Set(meanings.map((m) => m.when));
  for (const {when} of fact.config_that_changes_pattern) {
    if (stated.has(when)) continue;
    complaints.push(
      misfit(
        fact.id,
        `no meaning for "${when}"`,
        'Add a variant with given, absent, hidden or elsewhere.',
      ),
    );
  }
  for (const when of twice(meanings.map((m) => m.when))) {
    complaints.push(misfit(fact.id, `two meanings for "${when}"`, 'Keep one.'));
  }
  return meanings.flatMap((m): ServiceVariant[] => {
    const variant = fact.config_that_changes_pattern.find((v) => v.when === m.when);
    if (variant === undefined) {
      complaints.push(
        misfit(fact.id, `"${m.when}" is not in the facts`, 'Copy the line word for word.'),
      );
      return [];
    }
    return m.elsewhere === undefined ? [variantOf(fact, variant, m, complaints)] : [];
  });
}

function variantOf(
  fact: Fact,
  variant: FactVariant,
  meaning: VariantMeaning,
  complaints: Complaint[],
): ServiceVariant {
  const pattern = variant.fork_pattern === 'unchanged' ? fact.fork_pattern : variant.fork_pattern;
  const after = forksAfterOpen(pattern);
  if (after !== (meaning.otherSide !== undefined)) {
    complaints.push(
      misfit(
        fact.id,
        `"${variant.when}" is ${pattern}, ${after ? 'so what the other process does must be stated' : 'so there is no other side to state'}`,
        after ? 'Add otherSide and because.' : 'Remove otherSide.',
      ),
    );
  }
  const condition = flagCondition(meaning.given, meaning.absent);
  const possible = flagCondition(meaning.onlyWith, meaning.unless);
  return {
    when: variant.when,
    ...(condition === undefined ? {} : {condition}),
    ...(possible === undefined ? {} : {possible}),
    ...(meaning.requestsZerocopy === undefined ? {} : {requestsZerocopy: meaning.requestsZerocopy}),
    pattern,
    otherSide: meaning.otherSide ?? 'none',
    ...noteOf(variant.note, meaning.because),
  };
}

function flagCondition(
  all: readonly string[] | undefined,
  none: readonly string[] | undefined,
): FlagCondition | undefined {
  return all === undefined && none === undefined ? undefined : {all: all ?? [], none: none ?? []};
}

function noteOf(note: string | undefined, because: string | undefined): {readonly note?: string} {
  const parts = [note, because].filter((part) => part !== undefined);
  return parts.length === 0 ? {} : {note: parts.join('; ')};
}
