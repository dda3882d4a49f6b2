import {OperatorError} from '../../model/operator-error.js';

/** One -o: a format and where the result goes; no file: stdout. */
export interface Output {
  readonly format: string;
  readonly file?: string;
}

/**
 * Reads the -o flags. At most one result goes to stdout; a file is written once. `--json` is `-o
 * json`.
 * @param formats the formats this command has, for the message
 */
export function parseOutputs(
  flags: {readonly output?: readonly string[] | undefined; readonly json?: boolean | undefined},
  formats: readonly string[],
  fallback: string,
): readonly Output[] {
  const outputs = (flags.output ?? []).map((text) => parseOutput(text, formats));
  if (flags.json === true && !outputs.some((o) => o.format === 'json' && o.file === undefined))
    outputs.push({format: 'json'});
  const toStdout = outputs.filter((o) => o.file === undefined);
  if (toStdout.length > 1) {
    throw new OperatorError(
      `more than one result for stdout: ${toStdout.map((o) => o.format).join(', ')}`,
      'Give all but one of them a file: -o FORMAT:FILE.',
    );
  }
  const files = outputs.flatMap((o) => o.file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined)
    throw new OperatorError(`two results for ${twice}`, 'Give each format its own file.');
  // A file asked for does not silence the terminal: the table is still what a person wants to see.
  return toStdout.length === 0 ? [{format: fallback}, ...outputs] : outputs;
}

function parseOutput(text: string, formats: readonly string[]): Output {
  const at = text.indexOf(':');
  const format = at === -1 ? text : text.slice(0, at);
  const file = at === -1 ? undefined : text.slice(at + 1);
  if (!formats.includes(format)) {
    throw new OperatorError(`unknown format "${format}"`, `Formats here: ${formats.join(', ')}.`);
  }
  if (file === '')
    throw new OperatorError(
      `no file name after "${format}:"`,
      'Write -o FORMAT:FILE, or -o FORMAT for stdout.',
    );
  return file === undefined ? {format} : {format, file};
}
