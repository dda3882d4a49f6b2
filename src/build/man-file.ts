import {literal, macro, prose, tagged} from './mdoc.js';

/** The parts of a JSON Schema the page is made of. */
export interface PageSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, PageSchema>>;
  readonly items?: PageSchema;
  readonly additionalProperties?: PageSchema | boolean;
  readonly anyOf?: readonly PageSchema[];
  readonly definitions?: Readonly<Record<string, PageSchema>>;
}

const EXAMPLE = [
  'groups:',
  '  edge:',
  '    vars: {user: root, become: none, proxyJump: bastion}',
  "    hosts: ['fw[01-40].example.net', {name: fw99, address: 192.0.2.9, port: 2222}]",
  '    policy: {zerocopy: auto}',
  'policy:',
  '  zerocopy: off',
  'retention: {keep: 365d, atLeast: 10}',
  'notify: {ops: {kind: slack, urlFile: ~/.config/zbufctl/slack.url}}',
];

/** Sections, each for the keys of one mapping. */
const SECTIONS: readonly {
  readonly title: string;
  readonly of: (schema: PageSchema) => PageSchema | undefined;
}[] = [
  {title: 'KEYS OF THE FILE', of: (schema) => schema},
  {title: 'KEYS OF A GROUP', of: (schema) => mapped(schema.properties?.['groups'])},
  {title: 'VARIABLES OF HOSTS', of: (schema) => schema.properties?.['vars']},
  {title: 'KEYS OF A HOST', of: (schema) => mapping(schema.definitions?.['host'])},
  {title: 'POLICY', of: (schema) => schema.definitions?.['policy']},
  {title: 'SERVICES OF A POLICY', of: (schema) => schema.definitions?.['service']},
  {title: 'WAIVERS OF A POLICY', of: (schema) => schema.definitions?.['waiver']},
  {title: 'RETENTION', of: (schema) => schema.properties?.['retention']},
  {title: 'NOTIFIERS', of: (schema) => mapped(schema.properties?.['notify'])},
];

const mapped = (schema: PageSchema | undefined): PageSchema | undefined =>
  typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined;

/** The one of several forms that has keys. */
const mapping = (schema: PageSchema | undefined): PageSchema | undefined =>
  schema?.anyOf?.find(({properties}) => properties !== undefined);

/** zbufctl.yaml(5) from the schema editors and `zbufctl` itself check the file by. */
export function filePage(schema: PageSchema, date: string): string {
  const vars = new Set(Object.keys(schema.properties?.['vars']?.properties ?? {}));
  return `${[
    `.Dd ${date}`,
    '.Dt ZBUFCTL.YAML 5',
    '.Os',
    '.Sh NAME',
    '.Nm zbufctl.yaml',
    '.Nd inventory and policy of zbufctl',
    '.Sh DESCRIPTION',
    'A YAML 1.2 file that says which hosts there are, how to reach them, and what is',
    'wanted of them.',
    '.Xr zbufctl 8',
    'reads it from the current folder, else from',
    '.Pa $XDG_CONFIG_HOME/zbufctl ,',
    'or the file given with',
    '.Fl i .',
    'Every mistake is reported with its line.',
    'A path is relative to the file it stands in;',
    '.Pa ~',
    'is the home folder.',
    ...SECTIONS.flatMap(({title, of}) => {
      const part = of(schema);
      const isHost = title === 'KEYS OF A HOST';
      return part === undefined
        ? []
        : [`.Sh ${title}`, ...(isHost ? HOST : []), ...keysOf(part, isHost ? vars : new Set())];
    }),
    '.Sh EXAMPLES',
    ...literal(EXAMPLE),
    '.Sh SEE ALSO',
    '.Xr ssh_config 5 ,',
    '.Xr zbufctl 8',
  ].join('\n')}\n`;
}

const HOST = [
  'A host is a name, a range such as',
  '.Ql fw[01-40].example.net ,',
  'or a mapping with these keys and all variables of hosts:',
];

function keysOf({properties = {}, required = []}: PageSchema, but: ReadonlySet<string>) {
  return tagged(
    Object.entries(properties)
      .filter(([name]) => !but.has(name))
      .map(([name, schema]) => ({
        tag: macro('It Cm', name),
        body: prose(describe(schema, required.includes(name))),
      })),
  );
}

function describe(schema: PageSchema, required: boolean): string {
  const said = schema.description ?? schema.anyOf?.find((one) => one.description)?.description;
  const texts = [said ?? referred(schema), allowed(schema), required ? 'Must be given' : ''];
  return texts
    .filter((text) => text !== '')
    .map((text) => text.replace(/\.?$/, '.'))
    .join(' ');
}

/** What is described elsewhere on the page, or needs no words. */
function referred({$ref, items, type}: PageSchema): string {
  const target = ($ref ?? items?.$ref ?? '').split('/').at(-1);
  if (target === 'policy') return 'See POLICY';
  return type === 'array' ? 'A list' : 'A text';
}

function allowed({enum: words, items, additionalProperties}: PageSchema): string {
  const list =
    words ??
    items?.enum ??
    (typeof additionalProperties === 'object' ? additionalProperties.enum : []);
  return (list ?? []).length === 0 ? '' : `One of: ${(list ?? []).map(String).join(', ')}`;
}
