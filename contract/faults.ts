import * as v from 'valibot';
import type { Fault } from '../lib/base/errors.ts';
import { nearest } from '../lib/base/nearest.ts';
import type { Input } from './route.ts';

/** What of a schema says which input is right: as much as faults are told from. */
type Node = v.GenericSchema & {
  type: string;
  entries?: Record<string, Node>;
  item?: Node;
  /** Of a record: what each of its members is. */
  value?: Node;
  wrapped?: Node;
  options?: readonly Node[];
  literal?: unknown;
  pipe?: readonly { type: string; examples?: readonly unknown[]; requirement?: unknown }[];
};
type Path = readonly (string | number)[];
type Said = [code: string, says: string];

/** An answer must not outgrow what API Gateway passes on. */
const MOST_FAULTS = 100;

/** What a route reads by a schema: the value, or every fault at once, in words and codes of our own. */
export function input<S extends v.GenericSchema>(schema: S): Input<S> {
  return { schema, read: (given) => read(schema, given) };
}

function read<S extends v.GenericSchema>(schema: S, given: unknown): ReturnType<Input<S>['read']> {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return { value: parsed.output };
  const faults = parsed.issues.flatMap((issue) => faultsOf(schema, issue, given));
  return [...new Map(faults.map((each) => [`${each.path} ${each.message}`, each])).values()].slice(0, MOST_FAULTS);
}

function faultsOf(schema: Node, issue: v.BaseIssue<unknown>, input: unknown): Fault[] {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const outer = path.slice(0, -1);
    return unknownFields(Object.keys(entriesAt(schema, outer, input)), outer, valueAt(input, outer));
  }
  const outer = issue.type === 'variant' ? nodeAt(schema, path.slice(0, -1), input) : undefined;
  const node = outer?.type === 'variant' ? outer : nodeAt(schema, path, input);
  const nearer = issue.type === 'union' && node?.options ? closest(node.options, path, issue.input) : undefined;
  return nearer ?? [faultAt(path, issue.kind === 'schema' ? ofType(node, path, issue) : ofLimit(issue))];
}

function faultAt(path: Path, [code, says]: Said): Fault {
  return { path: path.join('.'), code, message: `${subjectOf(path)} ${says}` };
}

/** All of them, each with the name that was meant. */
function unknownFields(known: readonly string[], path: Path, given: unknown): Fault[] {
  const unknown = Object.keys(Object(given)).filter((name) => !known.includes(name));
  return unknown.map((name) => {
    const meant = nearest(name, known);
    const hint = meant === undefined ? `there are ${known.join(', ')}` : `did you mean "${meant}"?`;
    return faultAt([...path, name], ['unknown_field', `is no field of this request; ${hint}`]);
  });
}

/** The faults by the one of several forms to which the input comes nearest; undefined when it is of another type than all. */
function closest(options: readonly Node[], path: Path, input: unknown): Fault[] | undefined {
  const tries = options.map((option) => read(option, input)).filter((tried) => Array.isArray(tried));
  const [best] = tries
    .filter((faults) => !faults.some(({ path: at, code }) => at === '' && code === 'wrong_type'))
    .sort((a, b) => a.length - b.length);
  return best?.map((each) => {
    const inner = each.path === '' ? [] : [each.path];
    const says = each.message.slice(subjectOf(inner).length + 1);
    return faultAt([...path, ...inner], [each.code, says]);
  });
}

function subjectOf(path: Path): string {
  return path.length === 0 ? 'the request' : `"${path.join('.')}"`;
}

function ofType(node: Node | undefined, path: Path, { received, input }: v.BaseIssue<unknown>): Said {
  const choices = choicesOf(node, path);
  const takes = choices.length > 1 ? `one of ${choices.join(', ')}` : (choices[0] ?? formOf(node));
  if (received === 'undefined') return ['missing_field', `is missing; it takes ${takes}`];
  if (choices.length === 0) return ['wrong_type', `takes ${takes}, not ${typeOf(input)}`];
  const meant = typeof input === 'string' ? nearest(input, choices) : undefined;
  return ['not_one_of', `takes ${takes}${meant === undefined ? '' : `; did you mean "${meant}"?`}`];
}

/** The words of a list of choices, or of the member by which variants differ. */
function choicesOf(node: Node | undefined, path: Path): string[] {
  if (node?.type === 'literal') return [String(node.literal)];
  if (node?.type === 'picklist') return (node.options ?? []).map(String);
  if (node?.type !== 'variant') return [];
  const by = String(path.at(-1));
  return (node.options ?? []).flatMap(({ entries }) => choicesOf(entries?.[by], path));
}

function ofLimit({ type, requirement, input, message }: v.BaseIssue<unknown>): Said {
  const list = Array.isArray(input);
  const most = `takes at most ${requirement}`;
  switch (type) {
    case 'non_empty':
      return ['too_short', 'is empty'];
    case 'min_length':
      return list ? ['too_few', `takes at least ${requirement}`] : ['too_short', 'is empty'];
    case 'max_length':
      return list ? ['too_many', `${most}, not ${input.length}`] : ['too_long', `${most} characters`];
    case 'max_bytes':
      return ['too_long', `${most} bytes`];
    case 'min_value':
      return ['too_small', `takes ${requirement} or more`];
    case 'max_value':
      return ['too_large', `takes ${requirement} or less`];
    case 'integer':
    case 'safe_integer':
      return ['wrong_type', 'takes a whole number'];
    case 'raw_check': {
      const [code = '', ...says] = message.split(': ');
      return [code, says.join(': ')];
    }
    default:
      return ['invalid_format', message];
  }
}

const FORMS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  union: 'one of several forms',
};

/** What a schema takes, with an example. */
function formOf(node: Node | undefined): string {
  const inner = node && unwrapped(node);
  const form = FORMS[inner?.type ?? ''] ?? 'an object';
  return inner?.type === 'boolean' ? form : `${form} such as ${JSON.stringify(exampleOf(inner))}`;
}

function exampleOf(node: Node | undefined): unknown {
  if (!node) return undefined;
  const inner = unwrapped(node);
  const known = inner.pipe?.find(({ type }) => type === 'examples')?.examples?.[0];
  if (known !== undefined) return known;
  const [choice] = choicesOf(inner, []);
  if (choice !== undefined) return choice;
  if (inner.options) return exampleOf(inner.options[0]);
  if (inner.item) return [exampleOf(inner.item)];
  if (inner.type === 'string') return '…';
  if (inner.type === 'boolean') return true;
  if (inner.type === 'number') return inner.pipe?.find(({ type }) => type === 'min_value')?.requirement ?? 1;
  const entries = Object.entries(inner.entries ?? {});
  const needed = entries.filter(([, { type }]) => type !== 'optional');
  const shown = needed.length > 0 ? needed : entries.slice(0, 1);
  return Object.fromEntries(shown.map(([name, entry]) => [name, exampleOf(entry)]));
}

function typeOf(input: unknown): string {
  if (input === null) return 'null';
  return Array.isArray(input) ? 'a list' : (FORMS[typeof input] ?? 'an object');
}

function unwrapped(node: Node): Node {
  return node.wrapped ? unwrapped(node.wrapped) : node;
}

/** The members that the input may have at a path; of several forms, those of the one that it names. */
function entriesAt(schema: Node, path: Path, input: unknown): Record<string, Node> {
  const node = nodeAt(schema, path, input);
  const given = valueAt(input, path);
  const named = node?.options?.find((option) => !isOther(option, given));
  return (named ?? node)?.entries ?? {};
}

/** The schema of what stands at a path of the input; of a variant, the one that the input names. */
function nodeAt(schema: Node, [key, ...rest]: Path, input: unknown): Node | undefined {
  const node = unwrapped(schema);
  if (key === undefined) return node;
  const options = node.options?.filter((option) => !isOther(option, input)) ?? [];
  if (node.options) return options.map((option) => nodeAt(option, [key, ...rest], input)).find(Boolean) ?? node;
  const next = node.entries?.[key] ?? node.item ?? node.value;
  return next && nodeAt(next, rest, valueAt(input, [key]));
}

/** By input, for all its faults: of thousands, each would read the whole input again. */
const others = new WeakMap<object, Map<Node, boolean>>();

/** Whether a member which only takes one word has another: this variant is not meant. */
function isOther(option: Node, input: unknown): boolean {
  const key = Object(input);
  const known = others.get(key) ?? new Map<Node, boolean>();
  others.set(key, known);
  const is = known.get(option) ?? v.safeParse(option, input).issues?.some(({ type }) => type === 'literal') ?? false;
  known.set(option, is);
  return is;
}

function valueAt(input: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return input;
  const given: Record<string, unknown> = Object(input);
  return valueAt(given[key], rest);
}
