/** Words mdoc(7) would take for a macro at the beginning of an argument. */
const MACRO = /^[A-Z%][a-z0-9A-Z]$/;
/** mandoc -T lint: no longer lines. */
const WIDTH = 78;

/** Text as mdoc(7) prints it: backslashes are no escapes. */
const escaped = (text: string): string => text.replaceAll('\\', '\\e');

/** One argument of a macro. */
export function argument(text: string): string {
  const safe = escaped(text).replaceAll('"', '\\(dq');
  const word = MACRO.test(safe) || /^[.,:;()[\]?!|]+$/.test(safe) ? `\\&${safe}` : safe;
  return /\s/.test(word) || word === '' ? `"${word}"` : word;
}

/** A macro line. */
export const macro = (name: string, ...args: readonly string[]): string =>
  [`.${name}`, ...args.map(argument)].join(' ');

/** Running text: a new line for each sentence, none too long, none taken for a macro. */
export function prose(text: string): readonly string[] {
  const clean = text.replace(/\s+/g, ' ').trim();
  const sentences = clean.split(/(?<=[a-z0-9)\]"'][.!?]\)?) (?=[A-Z(])/);
  return sentences.flatMap((sentence) => filled(escaped(sentence)).flatMap(withSystem));
}

/** The name of the system has a macro of its own, which mandoc -T lint asks for. */
function withSystem(line: string): readonly string[] {
  const [, before = '', mark = '', after = ''] =
    /^(.*?)(?<![\w/-])FreeBSD([.,;:)]?)(?![\w'-])(.*)$/.exec(line) ?? [];
  if (!line.includes('FreeBSD') || (before === '' && mark === '' && after === ''))
    return line === '' ? [] : [line === 'FreeBSD' ? '.Fx' : guarded(line)];
  const lines = [before.trim() === '' ? [] : [guarded(before.trim())]];
  lines.push([mark === '' ? '.Fx' : `.Fx ${mark}`], [...withSystem(after.trim())]);
  return lines.flat();
}

const guarded = (line: string): string => (/^[.']/.test(line) ? `\\&${line}` : line);

function filled(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** Paragraphs, divided by empty lines in the text. */
export const paragraphs = (text: string): readonly string[] =>
  text.split(/\n\s*\n/).flatMap((one, i) => [...(i === 0 ? [] : ['.Pp']), ...prose(one)]);

/** Tagged entries: a macro line for the tag, and lines for the body. */
export const tagged = (
  entries: readonly {readonly tag: string; readonly body: readonly string[]}[],
): readonly string[] =>
  entries.length === 0
    ? []
    : ['.Bl -tag -width Ds', ...entries.flatMap(({tag, body}) => [tag, ...body]), '.El'];

/** Lines shown as they are. */
export const literal = (lines: readonly string[]): readonly string[] => [
  '.Bd -literal -offset indent',
  ...lines.map((line) => escaped(line).replace(/^(?=[.'])/, '\\&')),
  '.Ed',
];

/** What usageParts made, as macros: `[-o FORMAT...]` is .Oo Fl o Ar FORMAT... Oc. */
export const usageMacros = (parts: readonly string[]): readonly string[] =>
  parts.map((part) => {
    const tokens = part.match(
      /--\[no-\][\w-]+|--?[\w-]+|\[|\]|\||[^\s[\]|]+(?:\[[^\]]*\])?\S*?(?=[\]\s]|$)/g,
    );
    return `.${(tokens ?? []).map(usageToken).join(' ')}`;
  });

function usageToken(token: string): string {
  if (token === '[') return 'Oo';
  if (token === ']') return 'Oc';
  if (token === '|') return '|';
  if (token.startsWith('-')) return `Fl ${argument(token.slice(1))}`;
  return `Ar ${argument(token)}`;
}
