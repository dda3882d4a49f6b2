import {readFileSync} from 'node:fs';
import {posix} from 'node:path';

import ts from 'typescript';

/**
 * The parts of JSON Schema that say what shape a value has; patterns and limits are the schema's
 * own business.
 */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema | boolean>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
}

/** A compiler's view of the files; one for all comparisons, since making it is what costs. */
export function modelOf(files: readonly string[]): ts.Program {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
  };
  return ts.createProgram([...files], options);
}

/** The exported type of that name. */
export function typeNamed(program: ts.Program, file: string, name: string): ts.Type {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name);
  if (symbol === undefined) throw new Error(`${file} exports no ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/**
 * Where a schema and a type do not describe the same documents: members one of them does not have,
 * that only one demands, other words, other kinds of value. Of several alternatives the sum is
 * compared.
 */
export class Comparison {
  private readonly checker: ts.TypeChecker;
  private readonly found: string[] = [];

  /** @param file path of the schema from the repository's root; others it names stand beside it */
  constructor(
    program: ts.Program,
    private readonly file: string,
  ) {
    this.checker = program.getTypeChecker();
  }

  complaints(type: ts.Type, pointer: string): readonly string[] {
    this.compare([type], [{$ref: `${posix.basename(this.file)}#${pointer}`}], '', 0);
    return this.found;
  }

  private compare(
    types: readonly ts.Type[],
    schemas: readonly Schema[],
    path: string,
    depth: number,
  ): void {
    if (depth > 20) throw new Error(`${path}: too deep`);
    const members = types.flatMap((type) => (type.isUnion() ? type.types : [type]));
    const is = (flags: ts.TypeFlags) => members.some((type) => (type.flags & flags) !== 0);
    if (is(ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return;
    const forms = schemas.flatMap((schema) => this.forms(schema));
    this.same(
      path,
      'null',
      is(ts.TypeFlags.Null),
      forms.some((f) => kinds(f).includes('null')),
    );
    const numeric = forms.some((f) =>
      kinds(f).some((kind) => kind === 'integer' || kind === 'number'),
    );
    this.same(path, 'a number', is(ts.TypeFlags.NumberLike), numeric);
    this.same(
      path,
      'true or false',
      is(ts.TypeFlags.BooleanLike),
      forms.some((f) => kinds(f).includes('boolean')),
    );
    this.words(members, forms, path);
    this.lists(members, forms, path, depth);
    this.objects(members, forms, path, depth);
  }

  /** Every form a value may have, references and conditions followed. */
  private forms(schema: Schema): readonly Schema[] {
    const {$ref, allOf = [], oneOf = [], anyOf = [], if: _, then, ...own} = schema;
    const whens = [...allOf, ...(then === undefined ? [] : [{then}])].flatMap(
      (part) => part.then ?? [],
    );
    const choices = [...oneOf, ...anyOf, ...whens].flatMap((choice) => this.forms(choice));
    const parts = allOf.filter((part) => part.then === undefined);
    const bases = [...parts, ...($ref === undefined ? [] : [this.resolve($ref)])].map((part) =>
      this.forms(part),
    );
    return [...bases, choices]
      .filter((forms) => forms.length > 0)
      .reduce<readonly Schema[]>(
        (sofar, forms) => sofar.flatMap((a) => forms.map((b) => merged(b, a))),
        [own],
      );
  }

  private resolve($ref: string): Schema {
    const [document = '', pointer = ''] = $ref.split('#');
    // Another schema by its $id, or this one by its file.
    const name = document.replace(/^urn:zbufctl:([a-z-]+):1$/, '$1.schema.json');
    const path = posix.join(posix.dirname(this.file), name);
    // References inside a document name that document, so that they can be followed from elsewhere.
    const text = readFileSync(path, 'utf8').replaceAll('"$ref": "#', `"$ref": "${name}#`);
    let at: unknown = JSON.parse(text);
    for (const step of pointer.split('/').filter(Boolean))
      at = (at as Readonly<Record<string, unknown>>)[step];
    if (at === undefined) throw new Error(`nothing at ${$ref}`);
    return at as Schema;
  }

  private words(members: readonly ts.Type[], forms: readonly Schema[], path: string): void {
    const ours = members.filter((type) => type.isStringLiteral()).map(({value}) => value);
    const anyText = members.some(
      (type) => (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) !== 0,
    );
    const theirs = forms.flatMap((form) => wordsOf(form));
    const free = forms.some((form) => kinds(form).includes('string') && wordsOf(form).length === 0);
    this.same(path, 'a text', anyText || ours.length > 0, free || theirs.length > 0);
    if (anyText || (ours.length === 0 && !free)) return;
    if (free) this.found.push(`${path}: any text, not only ${ours.join(', ')}`);
    else this.sameNames(path, 'the word', ours, theirs);
  }

  private lists(
    members: readonly ts.Type[],
    forms: readonly Schema[],
    path: string,
    depth: number,
  ): void {
    const ours = members.filter((type) => this.checker.isArrayLikeType(type));
    const theirs = forms.filter((form) => kinds(form).includes('array'));
    this.same(path, 'a list', ours.length > 0, theirs.length > 0);
    if (ours.length === 0 || theirs.length === 0) return;
    const items = theirs.flatMap((form) => [
      ...(form.prefixItems ?? []),
      ...(typeof form.items === 'object' ? [form.items] : []),
    ]);
    const of = ours.flatMap((type) => this.checker.getTypeArguments(type as ts.TypeReference));
    this.compare(
      of.filter((type) => (type.flags & ts.TypeFlags.Never) === 0),
      items,
      `${path}[]`,
      depth + 1,
    );
  }

  private objects(
    members: readonly ts.Type[],
    forms: readonly Schema[],
    path: string,
    depth: number,
  ): void {
    const ours = members.filter(
      (type) =>
        (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 &&
        !this.checker.isArrayLikeType(type),
    );
    const theirs = forms.filter((form) => kinds(form).includes('object'));
    this.same(path, 'an object', ours.length > 0, theirs.length > 0);
    if (ours.length === 0 || theirs.length === 0) return;
    const values = ours.flatMap((type) =>
      this.checker.getIndexInfosOfType(type).map((info) => info.type),
    );
    const names = new Set(
      ours.flatMap((type) => this.checker.getPropertiesOfType(type).map((p) => p.name)),
    );
    const named = new Set(theirs.flatMap((form) => allowed(form)));
    const rest = theirs.flatMap(({additionalProperties: a}) => (typeof a === 'object' ? [a] : []));
    if (named.size === 0 && rest.length > 0) {
      // A table by name or by word.
      const keys = theirs.flatMap(({propertyNames: k}) =>
        k === undefined ? [] : this.forms(k).flatMap(wordsOf),
      );
      if (values.length === 0) this.sameNames(path, 'the key', [...names], keys);
      const of = values.length > 0 ? values : ours.flatMap((type) => this.types(type));
      this.compare(of, rest, `${path}.*`, depth + 1);
      return;
    }
    if (values.length > 0) return;
    this.sameNames(path, 'the member', [...names], [...named]);
    for (const name of names) {
      const at = `${path}.${name}`;
      const schemas = theirs.flatMap((form) => form.properties?.[name] ?? []);
      if (schemas.length === 0) continue;
      const ourNeed = ours.every((type) => this.isRequired(type, name));
      const theirNeed = theirs.every((form) => form.required?.includes(name) === true);
      this.same(at, 'always there', ourNeed, theirNeed);
      const of = ours.flatMap((type) => this.types(type, name));
      this.compare(
        of,
        schemas.filter((schema) => typeof schema === 'object'),
        at,
        depth + 1,
      );
    }
  }

  /** Types of a member, or of all members. */
  private types(type: ts.Type, name?: string): readonly ts.Type[] {
    return this.checker
      .getPropertiesOfType(type)
      .filter((property) => name === undefined || property.name === name)
      .flatMap((property) => {
        const of = this.checker.getTypeOfSymbol(property);
        const parts = of.isUnion() ? of.types : [of];
        return parts.filter((part) => (part.flags & ts.TypeFlags.Undefined) === 0);
      });
  }

  private isRequired(type: ts.Type, name: string): boolean {
    const property = this.checker.getPropertyOfType(type, name);
    return property !== undefined && (property.flags & ts.SymbolFlags.Optional) === 0;
  }

  private same(path: string, what: string, ours: boolean, theirs: boolean): void {
    if (ours !== theirs)
      this.found.push(`${path}: ${what} in the ${ours ? 'model' : 'schema'} only`);
  }

  private sameNames(
    path: string,
    what: string,
    ours: readonly string[],
    theirs: readonly string[],
  ): void {
    for (const name of ours)
      if (!theirs.includes(name)) this.found.push(`${path}: ${what} ${name} in the model only`);
    for (const name of new Set(theirs))
      if (!ours.includes(name)) this.found.push(`${path}: ${what} ${name} in the schema only`);
  }
}

/** What keeps to both. A member that one only names or forbids is described by the other. */
function merged(a: Schema, b: Schema): Schema {
  const members = [...Object.entries(a.properties ?? {}), ...Object.entries(b.properties ?? {})];
  const described = members.filter(([, schema]) => typeof schema === 'object');
  const properties = Object.fromEntries([...members, ...described]);
  return {
    ...a,
    ...b,
    ...(members.length === 0 ? {} : {properties}),
    required: [...(a.required ?? []), ...(b.required ?? [])],
  };
}

const allowed = ({properties = {}}: Schema): readonly string[] =>
  Object.keys(properties).filter((name) => properties[name] !== false);

const wordsOf = (form: Schema): readonly string[] =>
  [...(form.enum ?? []), form.const].filter((word) => typeof word === 'string');

/** The kinds of value a form allows. */
function kinds(form: Schema): readonly string[] {
  if (form.type !== undefined) return typeof form.type === 'string' ? [form.type] : form.type;
  const values = [...(form.enum ?? []), ...('const' in form ? [form.const] : [])];
  if (values.length > 0) return values.map((value) => (value === null ? 'null' : typeof value));
  if (form.properties !== undefined || form.additionalProperties !== undefined) return ['object'];
  return form.items === undefined && form.prefixItems === undefined ? [] : ['array'];
}
