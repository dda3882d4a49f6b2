import type {ErrorObject} from 'ajv/dist/2020.js';
import {Ajv2020} from 'ajv/dist/2020.js';
import {LineCounter, parseDocument} from 'yaml';

import type {Complaint} from '../../model/host.js';
import type {ControlMapping, Controls, Framework} from '../../model/report.js';
import {oncePer} from '../../text/once-per.js';

export interface ControlsRead {
  readonly controls: Controls;
  readonly complaints: readonly ControlComplaint[];
}

/** Says also where in the value it is wrong: keys and positions from the top. */
export interface ControlComplaint extends Complaint {
  readonly path: readonly (string | number)[];
  /** The message without the place. */
  readonly what: string;
}

/** The form of controls.yaml and of a policy's `controls`, once its schema has accepted it. */
interface ControlsFile {
  readonly frameworks?: Readonly<
    Record<
      string,
      {title?: string; sources?: readonly string[]; controls?: Readonly<Record<string, string>>}
    >
  >;
  readonly rules?: Readonly<Record<string, readonly Entry[]>>;
}
interface Entry {
  readonly framework: string;
  readonly control: string;
  readonly why?: string;
  readonly omit?: true;
}

const NONE: Controls = {frameworks: [], mappings: []};

/** Reads controls.yaml. @param schema the parsed controls.schema.json */
export function parseControls(text: string, file: string, schema: object): ControlsRead {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, prettyErrors: false});
  const broken = document.errors.map((error) => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    path: [],
    what: error.message,
    message: error.message,
    fix: 'Correct the YAML.',
  }));
  if (broken.length > 0) return {controls: NONE, complaints: broken};
  return extendControls(NONE, document.toJS() as unknown, file, schema);
}

/**
 * The controls with a policy's `controls` laid over them: an entry for the same framework and
 * control replaces, `omit` removes, everything else is added. Nothing is taken when anything is
 * wrong.
 */
export function extendControls(
  base: Controls,
  value: unknown,
  file: string,
  schema: object,
): ControlsRead {
  if (value === undefined) return {controls: base, complaints: []};
  const validate = validatorOf(schema);
  if (!validate(value)) {
    const complaints = (validate.errors ?? []).map((error) => complaintOf(error, file));
    return {controls: base, complaints};
  }

  const given = value as ControlsFile;
  const frameworks = mergeFrameworks(base.frameworks, given);
  const complaints = unknownEntries(frameworks, given, file);
  if (complaints.length > 0) return {controls: base, complaints};
  return {controls: {frameworks, mappings: mergeMappings(base.mappings, given)}, complaints: []};
}

const validatorOf = oncePer((schema) =>
  new Ajv2020({allErrors: true, strict: false}).compile(schema),
);

function complaintOf(
  {instancePath, keyword, params, message}: ErrorObject,
  file: string,
): ControlComplaint {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((step) =>
      /^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~'),
    );
  const named = params as {readonly additionalProperty?: string; readonly missingProperty?: string};
  const what =
    keyword === 'additionalProperties'
      ? `unknown key ${JSON.stringify(named.additionalProperty)}`
      : keyword === 'required'
        ? `has no ${String(named.missingProperty)}`
        : (message ?? 'is not right');
  return {
    file,
    line: 0,
    path: keyword === 'additionalProperties' ? [...path, String(named.additionalProperty)] : path,
    what,
    message: `${['controls', ...path].join(' ')}: ${what}`,
    fix: 'Known are frameworks: {ID: {title, sources, controls}} and rules: {ZBUF-NNN: [{framework, control, why}]}.',
  };
}

function mergeFrameworks(base: readonly Framework[], given: ControlsFile): readonly Framework[] {
  const merged = new Map(base.map((framework) => [framework.id, framework]));
  for (const [id, {title, sources, controls}] of Object.entries(given.frameworks ?? {})) {
    const before = merged.get(id);
    merged.set(id, {
      id,
      title: title ?? before?.title ?? id,
      sources: sources ?? before?.sources ?? [],
      controls: {...before?.controls, ...controls},
    });
  }
  return [...merged.values()];
}

function mergeMappings(
  base: readonly ControlMapping[],
  given: ControlsFile,
): readonly ControlMapping[] {
  const merged = new Map(base.map((mapping) => [keyOf(mapping.rule, mapping), mapping]));
  for (const [rule, entries] of Object.entries(given.rules ?? {}))
    for (const entry of entries) {
      const {framework, control, why = ''} = entry;
      if (entry.omit === true) merged.delete(keyOf(rule, entry));
      else merged.set(keyOf(rule, entry), {rule, framework, control, why});
    }
  return [...merged.values()];
}

const keyOf = (rule: string, {framework, control}: Pick<Entry, 'framework' | 'control'>): string =>
  JSON.stringify([rule, framework, control]);

/**
 * Mappings to a framework or control nobody defined: a typo would drop out of every report unseen.
 */
function unknownEntries(
  frameworks: readonly Framework[],
  given: ControlsFile,
  file: string,
): ControlComplaint[] {
  const known = new Map(frameworks.map((framework) => [framework.id, framework]));
  return Object.entries(given.rules ?? {}).flatMap(([rule, entries]) =>
    entries.flatMap(({framework: id, control}, at) => {
      const framework = known.get(id);
      if (framework !== undefined && Object.hasOwn(framework.controls, control)) return [];
      const stranger =
        framework === undefined ? `the framework ${id}` : `the control ${control} of ${id}`;
      const what = `${rule} names ${stranger}, which is not defined`;
      return [
        {
          file,
          line: 0,
          path: ['rules', rule, at],
          what,
          message: `controls: ${what}`,
          fix: `Add it under controls: frameworks: ${id}:, or correct the name.`,
        },
      ];
    }),
  );
}
