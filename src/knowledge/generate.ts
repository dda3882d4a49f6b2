import type {Complaint} from '../model/host.js';
import type {OptionGrammar, OtherSide, RcArguments, Service} from '../model/service.js';

import type {Fact, Meaning} from './facts.js';
import {variantsOf} from './generate-variants.js';
import {forksAfterOpen, misfit, twice} from './misfit.js';
import {OTHER_SIDES} from './phrases.js';
import type {Plain} from './plain-fields.js';
import {plainCommand, plainName, plainVariables, splitNotes} from './plain-fields.js';
import type {KnowledgeSources} from './read-sources.js';
import {readChecked, SOURCE_FILES} from './read-sources.js';

/**
 * Joins the facts about capture programs with the meaning of their prose. Pure; run by the build,
 * whose output the program reads. Anything that does not fit is a complaint, and then there are no
 * services.
 */
export function generateServices(sources: KnowledgeSources): {
  readonly services: readonly Service[];
  readonly complaints: readonly Complaint[];
} {
  const checkedFacts = readChecked(SOURCE_FILES.services, sources.services, sources.servicesSchema);
  const checkedMeanings = readChecked(
    SOURCE_FILES.conditions,
    sources.conditions,
    sources.conditionsSchema,
  );
  const broken = [...checkedFacts.complaints, ...checkedMeanings.complaints];
  if (broken.length > 0) return {services: [], complaints: broken};

  // The schemas vouch for the shapes.
  const facts = checkedFacts.value as readonly Fact[];
  const meanings = checkedMeanings.value as Readonly<Record<string, Meaning>>;
  const ids = facts.map((fact) => fact.id);
  const complaints: Complaint[] = [
    ...twice(ids).map((id) =>
      misfit(id, 'two entries with this id', 'Give one of them another id.'),
    ),
    ...Object.keys(meanings)
      .filter((id) => !ids.includes(id))
      .map((id) =>
        misfit(id, `${SOURCE_FILES.services} has no such id`, 'Correct it or remove the entry.'),
      ),
  ];
  const services = facts.map((fact) => join(fact, meanings[fact.id] ?? {}, complaints));
  return complaints.length > 0 ? {services: [], complaints} : {services, complaints};
}

function join(fact: Fact, meaning: Meaning, complaints: Complaint[]): Service {
  const plain = <T>(field: string, text: string, form: Plain<T>, fallback: T, stated?: T): T => {
    if (stated !== undefined) return stated;
    if (form.form === 'known') return form.value;
    complaints.push(misfit(fact.id, `${field} "${text}" is prose`, 'State the plain value there.'));
    return fallback;
  };
  const {tag, notes} = splitNotes(fact.pattern_notes);
  const rcScript = plain(
    'rc_script',
    fact.rc_script,
    plainName(fact.rc_script),
    undefined,
    meaning.rcScript,
  );
  const rcVariable = plain('rcvar', fact.rcvar, plainName(fact.rcvar), undefined);
  return {
    id: fact.id,
    name: fact.name,
    origin: fact.origin,
    commands: plain('comm', fact.comm, plainCommand(fact.comm), [], meaning.commands),
    ...(rcScript === undefined ? {} : {rcScript}),
    ...(rcVariable === undefined ? {} : {rcVariable}),
    flagsVariables: plain(
      'flags_var',
      fact.flags_var,
      plainVariables(fact.flags_var),
      [],
      meaning.flagsVariables,
    ),
    ...(meaning.rc === undefined ? {} : {rcArguments: rcArguments(meaning.rc)}),
    ...(meaning.argumentsMatch === undefined ? {} : {argumentsMatch: meaning.argumentsMatch}),
    ...(meaning.options === undefined ? {} : {options: grammar(meaning.options)}),
    captureApi: fact.capture_api,
    requestsZerocopy: fact.requests_zerocopy,
    pattern: fact.fork_pattern,
    otherSide: otherSideOf(fact, tag, meaning, complaints),
    reader: fact.reader_after_fork,
    notes: [notes, ...asides(meaning)].join(' '),
    variants: variantsOf(fact, meaning, complaints),
    evidence: evidenceOf(fact, meaning),
    verified: fact.verified,
  };
}

/** Settings that are about another program: not for judging, but not lost either. */
const asides = (meaning: Meaning): readonly string[] =>
  (meaning.variants ?? []).flatMap((v) =>
    v.elsewhere === undefined ? [] : [`${v.when}: ${v.elsewhere}.`],
  );

const rcArguments = (rc: NonNullable<Meaning['rc']>): RcArguments => ({
  always: rc.always ?? '',
  whenUnset: rc.whenUnset ?? '',
  mayAdd: rc.mayAdd ?? [],
});

const grammar = (options: NonNullable<Meaning['options']>): OptionGrammar => ({
  style: options.style,
  short: options.short ?? '',
  long: options.long ?? {},
});

function evidenceOf(fact: Fact, meaning: Meaning): readonly string[] {
  return [
    ...fact.evidence.map(
      ({repo, path, function: where, what}) => `${repo}, ${path}: ${where}: ${what}`,
    ),
    ...(meaning.options === undefined ? [] : [`options: ${meaning.options.source}`]),
    ...(meaning.rc === undefined ? [] : [`rc script: ${meaning.rc.source}`]),
  ];
}

function otherSideOf(
  fact: Fact,
  tag: string | undefined,
  meaning: Meaning,
  complaints: Complaint[],
): OtherSide {
  const known =
    meaning.otherSide?.is ?? OTHER_SIDES.find((side) => side === tag && side !== 'unknown');
  if (known === undefined) {
    if (!fact.verified && tag === undefined) return 'unknown';
    complaints.push(
      misfit(
        fact.id,
        `the tag [other-side: ${tag ?? ''}] is none of the known ones`,
        'State otherSide there, with the reason.',
      ),
    );
    return 'unknown';
  }
  if (known === 'none' && forksAfterOpen(fact.fork_pattern)) {
    complaints.push(
      misfit(fact.id, `${fact.fork_pattern} without another process`, 'State otherSide there.'),
    );
  }
  return known;
}
